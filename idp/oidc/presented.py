"""What a request to a direct endpoint brings to prove who sends it, before anything of it is believed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clients.certificate import Certificate
    from idp.oidc.dpop import Request


@dataclass(frozen=True, slots=True)
class Presented:
    """The ``Authorization`` header, the DPoP proof, and the certificate that the connection was made with."""

    authorization: str | None
    proof: Request
    certificate: Certificate | None
