"""That a real, verified person stands behind the pseudonym, how well that was established, and on which day."""

from __future__ import annotations

from idp.domain.words import mark as _
from idp.oidc.claims.claim import Claim, Facts


def verified_on(facts: Facts) -> str | None:
    """Return the day, as ``YYYY-MM-DD``; a time of day would let two sites join their records."""
    return facts.verified_on.isoformat() if facts.verified and facts.verified_on else None


VERIFIED = Claim(
    "verified", "verified", _("Whether you are a verified person"), lambda facts: facts.verified, in_id_token=True
)
ASSURANCE_LEVEL = Claim(
    "assurance_level", "verified", _("How well your identity was checked"), lambda facts: facts.level, in_id_token=True
)
VERIFIED_ON = Claim("verified_on", "verified", _("The day you were verified"), verified_on, in_id_token=True)
