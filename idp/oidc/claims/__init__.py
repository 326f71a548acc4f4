"""The claims a site can ask for. Discovery, the consent page and the tokens follow this tuple."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idp.oidc.claims.age import AGE_OVER_18
from idp.oidc.claims.claim import Claim, ClaimValue, Facts
from idp.oidc.claims.persona import NICKNAME, PREFERRED_USERNAME
from idp.oidc.claims.verified import ASSURANCE_LEVEL, VERIFIED, VERIFIED_ON

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

CLAIMS: tuple[Claim, ...] = (VERIFIED, ASSURANCE_LEVEL, VERIFIED_ON, AGE_OVER_18, NICKNAME, PREFERRED_USERNAME)

SCOPES: dict[str, tuple[Claim, ...]] = {"openid": ()} | {
    scope: tuple(claim for claim in CLAIMS if claim.scope == scope)
    for scope in dict.fromkeys(claim.scope for claim in CLAIMS)
}

ID_TOKEN_CLAIMS = frozenset(claim.name for claim in CLAIMS if claim.in_id_token)

__all__ = ["CLAIMS", "ID_TOKEN_CLAIMS", "SCOPES", "Claim", "ClaimValue", "Facts", "released"]


def released(facts: Facts, scopes: AbstractSet[str]) -> dict[str, ClaimValue]:
    """Return the claims that ``scopes`` release, without those that have no value (OIDC Core §5.3.2, §5.4)."""
    values = ((claim.name, claim.value(facts)) for claim in CLAIMS if claim.scope in scopes)
    return {name: value for name, value in values if value is not None and value != ""}
