"""What a site would get, line by line, as the consent page shows it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from idp.oidc.claims import CLAIMS
from idp.web.i18n import gettext as _

if TYPE_CHECKING:
    from idp.oidc.offer import Offer
    from idp.oidc.verified_claims.told import Told


def lines(offer: Offer) -> list[dict[str, object]]:
    """Return a line for each claim, then one for each thing that verified claims say."""
    labels = {claim.name: claim.label for claim in CLAIMS}
    claims: list[dict[str, object]] = [
        {"name": name, "label": _(labels[name]), "value": value} for name, value in offer.claims.items()
    ]
    return claims + [_line(told) for told in offer.verified_claims.lines]


def _line(told: Told) -> dict[str, object]:
    day = told.value if isinstance(told.value, date) else None
    return {"name": told.name, "label": _(told.label), "value": told.value, "day": day}
