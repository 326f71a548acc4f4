"""What a request to a direct endpoint brings to prove who sends it, before anything of it is believed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idp.value import Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from clients.certificate import Certificate
    from idp.oidc.dpop import Request


class Presented(Value, frozen=True):
    """The ``Authorization`` header and the DPoP proof; ``certificate`` reads what the connection was made with.

    Only where a client has to show one is it asked for: whatever others' connections come with is no matter of theirs.
    It raises OAuthError.
    """

    authorization: str | None
    proof: Request
    certificate: Callable[[], Certificate | None]
