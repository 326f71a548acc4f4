"""Which key a request proved, and whether the client has to prove one: what tokens are bound to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from idp.oidc.errors import Code, OAuthError
from idp.oidc.token_response import JKT, X5T

if TYPE_CHECKING:
    from datetime import datetime

    from clients.client import Client
    from idp.oidc.dpop import Dpop
    from idp.oidc.presented import Presented


@dataclass(frozen=True, slots=True)
class Senders:
    """Finds the confirmation that a request brings: a DPoP key or a certificate by its thumbprint, or None."""

    dpop: Dpop

    def confirmation(self, client: Client, presented: Presented, *, now: datetime) -> str | None:
        """Return the key that a request for tokens proved. Raises OAuthError where the client had to prove one."""
        if client.tls_client_certificate_bound_access_tokens:
            return _by_certificate(presented)
        found = self.dpop.confirmation(presented.proof, now=now, with_nonce=client.is_fapi)
        if found is None and client.sender_constrained:
            raise OAuthError(Code.INVALID_DPOP_PROOF, "this client has to prove a key")
        return found

    def named_ahead(self, client: Client, presented: Presented, *, now: datetime) -> str | None:
        """Return the thumbprint of the DPoP key that a pushed request proves, if it does (RFC 9449 §10.1)."""
        proof = presented.proof
        if proof.header is None:
            return None
        if client.tls_client_certificate_bound_access_tokens:
            raise _of_another_kind()
        found = self.dpop.confirmation(proof, now=now, with_nonce=client.is_fapi)
        return found.removeprefix(JKT) if found is not None else None

    def at_resource(self, client: Client, presented: Presented, *, bound_to: str | None, now: datetime) -> bool:
        """Tell whether a request to a resource proves the key of its token (RFC 9449 §7.1, RFC 8705 §3)."""
        if bound_to is not None and bound_to.startswith(X5T):
            shown = presented.certificate()
            return presented.proof.header is None and shown is not None and bound_to == X5T + shown.thumbprint
        if bound_to is None and presented.proof.header is None:
            return True
        return bound_to == self.dpop.confirmation(presented.proof, now=now, with_nonce=client.is_fapi)


def _by_certificate(presented: Presented) -> str:
    """Whoever issued it: that its holder comes again is all that the binding says (RFC 8705 §3)."""
    if presented.proof.header is not None:
        raise _of_another_kind()
    shown = presented.certificate()
    if shown is None:
        says = "tokens of this client are bound to its certificate, and none was shown (see mtls_endpoint_aliases)"
        raise OAuthError(Code.INVALID_REQUEST, says)
    return X5T + shown.thumbprint


def _of_another_kind() -> OAuthError:
    return OAuthError(Code.INVALID_REQUEST, "tokens of this client are bound to its certificate, not by DPoP")
