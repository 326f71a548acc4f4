"""What a site asks for about a person: scopes, and single claims by name (OIDC Core §5.4, §5.5).

A consent keeps it as words: a scope is its own word, a claim asked for by name is ``claim:`` and its name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from idp.oidc.claims import CLAIMS, OFFLINE_ACCESS, SCOPES, Claim
from idp.value import Value

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

    from idp.oidc.authorization_request import AuthorizationRequest
    from idp.oidc.claims_request import ClaimRequest

CLAIM = "claim:"


class Asked(Value, frozen=True):
    """Scopes and claims that we know and the client is registered for; all others are ignored."""

    scopes: frozenset[str]
    singly: tuple[Claim, ...]
    """Claims asked for by name that no scope in the request brings already."""
    id_token: Mapping[str, ClaimRequest]
    userinfo: Mapping[str, ClaimRequest]

    @property
    def scope(self) -> str:
        """The scopes as the site is told what it was granted."""
        return " ".join(sorted(self.scopes))

    @property
    def words(self) -> frozenset[str]:
        """What a consent to all of it holds."""
        return self.scopes | {CLAIM + claim.name for claim in self.singly}

    def covered_by(self, consented: AbstractSet[str]) -> bool:
        """Tell whether a person has agreed to all of it; who agreed to a scope agreed to each claim of it."""
        return self.scopes <= consented and all(
            claim.scope in consented or CLAIM + claim.name in consented for claim in self.singly
        )

    def brings(self, claim: Claim) -> bool:
        """Tell whether a claim is asked for in either way."""
        return claim.scope in self.scopes or claim in self.singly


def asked_in(request: AuthorizationRequest) -> Asked:
    """Return what a request asks for, as far as its client may have it."""
    scopes, wanted = request.scopes & SCOPES.keys(), request.claims
    if not _may_go_on_alone(request):
        scopes -= {OFFLINE_ACCESS}
    by_name = wanted.id_token.claims.keys() | wanted.userinfo.claims.keys()
    singly = tuple(
        claim
        for claim in (CLAIMS if by_name else ())
        if claim.name in by_name and claim.scope not in scopes and claim.scope in request.client.scopes
    )
    return Asked(scopes, singly, wanted.id_token.claims, wanted.userinfo.claims)


def described(words: AbstractSet[str]) -> tuple[str, ...]:
    """Return the labels of the claims that the words of a consent stand for."""
    return tuple(claim.label for claim in CLAIMS if claim.scope in words or CLAIM + claim.name in words)


def _may_go_on_alone(request: AuthorizationRequest) -> bool:
    """Tell whether a refresh token can come of a request; else ``offline_access`` is ignored (OIDC Core §11)."""
    kind = request.response_type
    return kind is not None and kind.code and "refresh_token" in request.client.grant_types
