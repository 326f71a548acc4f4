"""Two sites ask for all the verified claims there are, put them together, and share nothing beyond the day."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from idp.domain.assurance import Assessment, Level
from idp.oidc.verified_claims.held import KINDS, Scribe
from tests.house import ISSUER
from tests.specs.ida_verified_claims.samples import DAY as ON
from tests.specs.ida_verified_claims.samples import evidence, held
from tests.specs.ida_verified_claims.test_modules import EVERYTHING
from tests.specs.ida_verified_claims.wire import asking, assured, delivered

if TYPE_CHECKING:
    from tests.house import House

DAY = re.compile(r"\d{4}-\d{2}-\d{2}(T00:00:00Z)?")


def values(found: Any) -> set[str]:
    """Return every value in some JSON, as text."""
    if isinstance(found, dict | list):
        return {each for part in (found.values() if isinstance(found, dict) else found) for each in values(part)}
    return {str(found)}


def test_what_two_sites_share_about_a_person_they_share_about_everybody(house: House) -> None:
    shop = house.site("shop")
    forum = house.site("forum", redirect_uris=["https://forum.example/cb"])
    claims = asking(EVERYTHING, EVERYTHING)
    wang, li = assured(house), assured(house)
    seen = {
        (name, site.client.client_id): values(list(delivered(site, person, claims=claims)))
        for name, person in (("wang", wang), ("li", li))
        for site in (shop, forum)
    }
    about_wang = seen["wang", "shop"] & seen["wang", "forum"]
    assert any(DAY.fullmatch(value) for value in about_wang), "nothing was compared"
    assert about_wang <= seen["li", "shop"] | seen["li", "forum"]


def test_evidence_of_every_kind_is_told_without_anything_that_ties() -> None:
    at_shop, at_forum = (values(_whole(sector)) for sector in ("shop.example", "forum.example"))
    shared = {value for value in at_shop & at_forum if not DAY.fullmatch(value)}
    somebody_else = values(_whole("shop.example", person="another"))
    assert shared <= somebody_else


def test_a_check_is_called_the_same_at_every_visit_to_one_site() -> None:
    assert held(*KINDS) == held(*KINDS)
    assert held(*KINDS) != held(*KINDS, sector="forum.example")


def test_no_id_of_the_person_half_is_told(house: House) -> None:
    person = assured(house)
    found = json.dumps(delivered(house.site(), person, claims=asking(EVERYTHING)))
    assert person.person_id[:18] not in found  # what the evidence of these tests is called by, too


def _whole(sector: str, person: str = "somebody") -> dict[str, Any]:
    named = [replace(one, evidence_id=f"{person}-{one.kind}") for one in evidence(*KINDS)]
    scribe = Scribe(ISSUER, sector, bytes(32))
    known = scribe.real_name(named, Assessment(Level.REGISTRY, ON, None), policy="2026-1", adult_from=ON, on=ON)
    return {"verification": known.verification, "claims": known.claims}
