"""What a site would get, line by line, as the consent page shows it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from idp.domain.words import mark as gettext_noop
from idp.oidc.claims import CLAIMS, OFFLINE_ACCESS
from idp.web.i18n import gettext as _
from idp.web.sites import site_view

GROUPS = {"name": "legal_name", "given_name": "legal_name", "family_name": "legal_name", "birthdate": "birth_date"}
NAME_LABELS = {"legal_name": gettext_noop("Your legal name"), "birth_date": gettext_noop("Your date of birth")}
ACT_THERE = gettext_noop("To act for you at another site")
STAY_CONNECTED = gettext_noop("To ask for this again while you are away")
OTHERS = ("other_sites", "activity")

if TYPE_CHECKING:
    from idp.oidc.offer import Offer
    from idp.oidc.verified_claims.told import Told


def lines(offer: Offer) -> list[dict[str, object]]:
    """Return a line for each claim, then one for each thing that verified claims say."""
    labels = {claim.name: claim.label for claim in CLAIMS}
    claims: list[dict[str, object]] = [
        {"name": name, "label": _(labels[name]), "value": value} for name, value in offer.claims.items()
    ]
    if OFFLINE_ACCESS in offer.asked.scopes:
        kept = _("until you take it back on your account page")
        claims.append({"name": OFFLINE_ACCESS, "label": _(STAY_CONNECTED), "value": kept})
    if offer.target is not None:
        there = site_view(offer.target.api)
        words = _("%(api)s (%(host)s). The two can then tell that you are the same person.")
        claims.append(
            {"name": "resource", "label": _(ACT_THERE), "value": words % {"api": there.name, "host": there.host}}
        )
    verified = [_line(told) for told in offer.verified_claims.lines]
    return claims + verified + [_name(group) for group in sorted(_groups(offer)) if _is_allowed(offer)]


def names_question(offer: Offer) -> dict[str, object] | None:
    """Return what the page asks apart: for which names, under which law; None where there is nothing left to ask."""
    names = offer.verified_claims.names
    if names is None or names.allowed:
        return None
    return {"basis": names.basis, **dict.fromkeys(_groups(offer), True)}


def withheld(offer: Offer) -> tuple[str, ...]:
    """Return what the site does not get, whatever the person decides."""
    asked = _groups(offer)
    return tuple(each for each in ("legal_name", "resident_id", "birth_date", *OTHERS) if each not in asked)


def _groups(offer: Offer) -> frozenset[str]:
    """Return what the names that a site asks for are about."""
    names = offer.verified_claims.names
    return frozenset(GROUPS[name] for name in names.claims) if names is not None else frozenset()


def _is_allowed(offer: Offer) -> bool:
    names = offer.verified_claims.names
    return names is not None and names.allowed


def _name(group: str) -> dict[str, object]:
    return {"name": group, "label": _(NAME_LABELS[group]), "value": _("as the evidence says; you allowed this apart")}


def _line(told: Told) -> dict[str, object]:
    day = told.value if isinstance(told.value, date) else None
    if told.value is None:
        return {"name": "", "label": _(told.label), "value": _("nothing, as it stands")}
    return {"name": told.name, "label": _(told.label), "value": told.value, "day": day}
