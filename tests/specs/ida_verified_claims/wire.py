"""A verified person with the evidence behind it, and a site that asks for ``verified_claims``."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

from idp.domain.evidence import Evidence, EvidenceKind
from idp.store import evidence
from tests.house import ISSUER, House, Person, Site, payload

if TYPE_CHECKING:
    from collections.abc import Iterable

BOTH = (EvidenceKind.REGISTRY_MATCH, EvidenceKind.BANK_CONTROL)
DAY = date(2026, 5, 17)


def assured(house: House, *, kinds: Iterable[EvidenceKind] = BOTH, adult: bool = True, on: date = DAY) -> Person:
    """Return a signed-in person whose level rests on evidence, as it does after a verification."""
    person = house.person(adult=adult)
    with house.services.database.write() as connection:
        for kind in kinds:
            one = Evidence(evidence_id=f"{person.person_id[:18]}{kind[:4]}", kind=kind, policy="2026-1", obtained_on=on)
            evidence.keep(connection, one, person_id=person.person_id)
    return person


def asking(id_token: Any = None, userinfo: Any = None) -> str:
    """Return a ``claims`` parameter that asks for ``verified_claims`` in these places."""
    places = {"id_token": id_token, "userinfo": userinfo}
    return json.dumps({name: {"verified_claims": raw} for name, raw in places.items() if raw is not None})


def simple(claim: str = "::real_person", how: Any = None) -> dict[str, Any]:
    """Return the request that most modules of the suite send."""
    return {"verification": {"trust_framework": None}, "claims": {claim: how}}


def delivered(site: Site, person: Person, *, claims: str, scope: str = "openid") -> tuple[Any, Any]:
    """Go through an authorization; return ``verified_claims`` of the ID token and of userinfo, None where absent."""
    code = person.code_for(site, scope=scope, claims=claims)
    answer = site.token(code=code).get_json()
    userinfo = site.userinfo(answer["access_token"]).get_json()
    return payload(answer["id_token"]).get("verified_claims"), userinfo.get("verified_claims")


def metadata(house: House) -> dict[str, Any]:
    """Return discovery's document."""
    found: dict[str, Any] = house.browser().get("/.well-known/openid-configuration", base_url=ISSUER).get_json()
    return found
