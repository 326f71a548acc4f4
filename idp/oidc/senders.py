"""Which key a request proved, and whether the client has to prove one: what tokens are bound to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from idp.oidc.errors import Code, OAuthError

if TYPE_CHECKING:
    from datetime import datetime

    from clients.client import Client
    from idp.oidc.dpop import Dpop, Request


@dataclass(frozen=True, slots=True)
class Senders:
    """Finds the confirmation that a request brings: ``jkt:`` and the thumbprint of a DPoP key, or None."""

    dpop: Dpop

    def confirmation(self, client: Client, request: Request, *, now: datetime) -> str | None:
        """Return the key that a request for tokens proved. Raises OAuthError where the client had to prove one."""
        found = self.dpop.confirmation(request, now=now, with_nonce=client.is_fapi)
        if found is None and client.sender_constrained:
            raise OAuthError(Code.INVALID_DPOP_PROOF, "this client has to prove a key")
        return found

    def at_resource(self, client: Client, request: Request, *, bound_to: str | None, now: datetime) -> bool:
        """Tell whether a request to a resource proves the key that its token is bound to (RFC 9449 §7.1)."""
        if bound_to is None and request.header is None:
            return True
        return bound_to == self.dpop.confirmation(request, now=now, with_nonce=client.is_fapi)
