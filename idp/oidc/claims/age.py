"""Whether the person is of age; never the birthday it follows from."""

from __future__ import annotations

from idp.domain.words import mark as _
from idp.oidc.claims.claim import Claim, Facts


def over_18(facts: Facts) -> bool | None:
    """Tell whether a verified person has turned 18; of anybody else we do not know."""
    if not facts.verified or facts.adult_from is None:
        return None
    return facts.adult_from <= facts.today


AGE_OVER_18 = Claim("age_over_18", "age", _("Whether you are 18 or older"), over_18, in_id_token=True)
