"""The claims a site can ask for. Discovery, the consent page and the tokens follow this tuple."""

from __future__ import annotations

from idp.oidc.claims.age import AGE_OVER_18
from idp.oidc.claims.claim import Claim, ClaimValue, Facts
from idp.oidc.claims.persona import NICKNAME, PREFERRED_USERNAME
from idp.oidc.claims.verified import ASSURANCE_LEVEL, VERIFIED, VERIFIED_ON

CLAIMS: tuple[Claim, ...] = (VERIFIED, ASSURANCE_LEVEL, VERIFIED_ON, AGE_OVER_18, NICKNAME, PREFERRED_USERNAME)

OFFLINE_ACCESS = "offline_access"
"""The scope that asks for no claim, but for a refresh token (OIDC Core §11)."""

SCOPES: dict[str, tuple[Claim, ...]] = {"openid": (), OFFLINE_ACCESS: ()} | {
    scope: tuple(claim for claim in CLAIMS if claim.scope == scope)
    for scope in dict.fromkeys(claim.scope for claim in CLAIMS)
}

__all__ = ["CLAIMS", "OFFLINE_ACCESS", "SCOPES", "Claim", "ClaimValue", "Facts"]
