"""The name a person goes by at one site."""

from __future__ import annotations

from idp.domain.words import mark as _
from idp.oidc.claims.claim import Claim, Facts


def code_name(facts: Facts) -> str | None:
    """Return the code name chosen for the site (OIDC Core §5.1)."""
    return facts.code_name


NICKNAME = Claim("nickname", "profile", _("Your code name at this site"), code_name)
PREFERRED_USERNAME = Claim("preferred_username", "profile", _("Your code name at this site"), code_name)
