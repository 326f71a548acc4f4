"""The demands of the certification suite's plan for identity assurance, module by module, over the wire."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from idp.domain.evidence import Evidence, EvidenceKind
from idp.oidc.verified_claims.request import MOST_ELEMENTS
from idp.settings.shape import AssuranceSettings
from idp.store import evidence
from tests import house as building
from tests.house import ISSUER, House, answered, page_of, payload
from tests.security.recorder import statements
from tests.specs.ida_verified_claims import schema
from tests.specs.ida_verified_claims.wire import asking, assured, delivered, metadata, simple

if TYPE_CHECKING:
    from pathlib import Path

    from keys import Keyring

EVERYTHING = {
    "verification": {
        "trust_framework": None,
        "assurance_level": None,
        "assurance_process": None,
        "time": None,
        "evidence": [
            {
                "type": {"value": "electronic_record"},
                "check_details": [{"check_method": None, "check_id": None, "time": None}],
                "record": {"type": None},
            }
        ],
    },
    "claims": {"::real_person": None, "::age_18_or_over": None, "::age_14_or_over": None},
}


@pytest.mark.parametrize(
    "how",
    [
        pytest.param(None, id="ekyc-server-happypath"),
        pytest.param({}, id="ekyc-server-emptyobject"),
        pytest.param({"essential": False}, id="ekyc-server-essentialfalse"),
    ],
)
def test_the_first_announced_claim_is_delivered_where_it_is_asked_for(house: House, how: Any) -> None:
    announced = metadata(house)
    asked = simple(announced["claims_in_verified_claims_supported"][0], how)
    for found in delivered(house.site(), assured(house), claims=asking(asked, asked)):
        schema.check(found, announced)
        assert schema.unasked(found, asked) == []


def test_discovery_announces_what_can_be_returned_and_nothing_else(house: House) -> None:
    """ekyc-server-happypath, the metadata; ``verified_claims_supported`` is no registered member."""
    announced = metadata(house)
    assert announced["claims_parameter_supported"] is True
    assert announced["trust_frameworks_supported"] == [f"{ISSUER}/tf/realname"]
    assert announced["evidence_supported"] == ["electronic_record"]
    assert announced["electronic_records_supported"] == ["population_register", "bank_account"]
    assert announced["documents_check_methods_supported"] == ["data", f"{ISSUER}/check/micro_deposit"]
    assert "documents_supported" not in announced  # no method takes documents yet
    assert "verified_claims_supported" not in announced
    names = announced["claims_in_verified_claims_supported"]
    found, _ = delivered(house.site(), assured(house), claims=asking({**simple(), "claims": dict.fromkeys(names)}))
    assert list(found["claims"]) == names


def test_everything_at_once_fits_the_schema_and_the_announcement(house: House) -> None:
    found, _ = delivered(house.site(), assured(house), claims=asking(EVERYTHING))
    schema.check(found, metadata(house))
    assert schema.unasked(found, EVERYTHING) == []
    assert {one["record"]["type"] for one in found["verification"]["evidence"]} == {
        "population_register", "bank_account",
    }  # fmt: skip
    assert found["verification"]["assurance_level"] == f"{ISSUER}/al/registry"
    checks = {each["check_id"] for one in found["verification"]["evidence"] for each in one["check_details"]}
    details = found["verification"]["assurance_process"]["assurance_details"]
    assert {each["check_id"] for one in details for each in one["evidence_ref"]} == checks


@pytest.mark.parametrize(
    ("claim", "how"),
    [
        pytest.param("not_a_claim", None, id="ekyc-server-unknown-claim-omitted"),
        pytest.param("not_a_claim", {"essential": True}, id="ekyc-server-unknown-essential-claim-omitted"),
        pytest.param("!\"£$%^&*()_+{}:@~<>?'\\/ 名", None, id="ekyc-server-unknown-claim-specialchars-omitted"),
    ],
)
def test_an_unknown_claim_is_left_out(house: House, claim: str, how: Any) -> None:
    site, person = house.site(), assured(house)
    asked = simple(claim, how)
    assert delivered(site, person, claims=asking(asked, asked)) == (None, None)
    asked["claims"]["::real_person"] = None
    for found in delivered(site, person, claims=asking(asked, asked)):
        assert found["claims"] == {"::real_person": True}


def test_a_claim_with_a_value_nobody_has_is_left_out_with_everything(house: House) -> None:
    """ekyc-server-one-claim-with-random-value-omitted."""
    asked = simple(how={"value": "0b0a1f4e-6c57-4c43-a5a8-46a3b3a3b1a5"})
    assert delivered(house.site(), assured(house), claims=asking(asked, asked)) == (None, None)


def test_asked_for_in_the_id_token_it_is_only_there(house: House) -> None:
    """ekyc-server-request-only-in-idtoken."""
    in_token, in_userinfo = delivered(house.site(), assured(house), claims=asking(id_token=simple()))
    assert in_token is not None
    assert in_userinfo is None


def test_asked_for_from_userinfo_it_is_only_there(house: House) -> None:
    """ekyc-server-request-only-in-userinfo."""
    in_token, in_userinfo = delivered(house.site(), assured(house), claims=asking(userinfo=simple()))
    assert in_token is None
    assert in_userinfo is not None


def test_each_place_is_answered_as_it_asks(house: House) -> None:
    claims = asking(simple("::age_18_or_over"), [simple(), simple("nothing")])
    in_token, in_userinfo = delivered(house.site(), assured(house), claims=claims)
    assert in_token["claims"] == {"::age_18_or_over": True}
    assert [one["claims"] for one in in_userinfo] == [{"::real_person": True}]


def test_a_request_that_a_tester_brings_along_works(house: House) -> None:
    """ekyc-server-testuserprovidedrequest."""
    asked = [
        {**simple(), "verification": {"trust_framework": {"values": [f"{ISSUER}/tf/realname", "eidas"]},
                                      "time": {"max_age": 63113852}}},
        {**simple(), "verification": {"trust_framework": {"value": "de_aml"}}},
    ]  # fmt: skip
    found, _ = delivered(house.site(), assured(house), claims=asking(asked))
    assert len(found) == 1
    schema.check(found, metadata(house))


def test_what_was_told_once_is_told_again_where_it_is_asked_for_by_value(house: House) -> None:
    """ekyc-server-testbasedonuserinfo-defaults: a request made of what the test user is known by."""
    site, person = house.site(), assured(house)
    known, _ = delivered(site, person, claims=asking(EVERYTHING))
    verification = {name: {"value": known["verification"][name]} for name in ("trust_framework", "assurance_level")}
    records = [
        {"type": {"value": one["type"]}, "record": {"type": {"value": one["record"]["type"]}},
         "check_details": [{name: {"value": value} for name, value in each.items()} for each in one["check_details"]]}
        for one in known["verification"]["evidence"]
    ]  # fmt: skip
    claims = {name: {"value": value} for name, value in known["claims"].items()}
    asked = {"verification": {**verification, "evidence": records}, "claims": claims}
    for found in delivered(site, person, claims=asking(asked, asked)):
        schema.check(found, metadata(house))
        assert found["claims"] == known["claims"]
        assert found["verification"].items() <= known["verification"].items()


@pytest.mark.parametrize(
    "unknown",
    [
        {"verification": {"trust_framework": None, "time": {"value": "2020-01-01"}}},
        {"claims": {"::real_person": {"value": False}}},
    ],
)
def test_what_the_test_user_is_not_known_by_is_not_told(house: House, unknown: dict[str, Any]) -> None:
    """ekyc-server-test-userinfo-notfoundinop"""
    asked = simple() | unknown
    assert delivered(house.site(), assured(house), claims=asking(asked, asked)) == (None, None)


@pytest.mark.parametrize(
    "claims",
    [
        asking({"verification": {}, "claims": {}}),
        asking(userinfo=[]),
        asking(simple(how=True)),
        asking({"claims": {"given_name": None}}),
        '{"id_token":{"verified_claims":null}}',
        '{"userinfo":{"verified_claims":null}}',
    ],
)
def test_what_is_malformed_is_an_invalid_request_before_any_page(house: House, claims: str) -> None:
    response = house.stranger().visit(house.site().request(claims=claims))
    assert answered(response)["error"] == "invalid_request"


def test_of_a_person_who_is_not_verified_there_is_nothing_to_say(house: House) -> None:
    asked = asking(simple(), simple())
    for person in (house.person(level="none"), house.person(level="matched"), house.person()):
        assert delivered(house.site(f"shop-{person.person_id}"), person, claims=asked) == (None, None)


def test_evidence_that_was_withdrawn_is_told_of_no_more(house: House) -> None:
    person = assured(house, kinds=[EvidenceKind.REGISTRY_MATCH])  # a level that the evidence does not bear
    assert delivered(house.site(), person, claims=asking(simple())) == (None, None)


def test_a_school_record_says_nothing_of_legal_identity(tmp_path: Path, keyring: Keyring) -> None:
    """A deployment may take it for verified; under the framework of real names there is nothing to tell."""
    school = building.build(tmp_path, keyring, assurance=AssuranceSettings(verified_levels=("plausible",)))
    person = school.person(level="plausible")
    with school.services.database.write() as connection:
        for kind in (EvidenceKind.SCHOOL_RECORD, EvidenceKind.REGISTRY_MATCH):
            one = Evidence(evidence_id=kind.value, kind=kind, policy="2026-1", obtained_on=date(2026, 5, 17))
            evidence.keep(connection, one, person_id=person.person_id)
    assert delivered(school.site(), person, claims=asking(EVERYTHING, EVERYTHING)) == (None, None)
    school.services.database.close()


# ── consent ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_consent_page_says_in_plain_words_what_the_site_would_learn(house: House) -> None:
    person = assured(house)
    page = person.visit(
        person.visit(house.site().request(scope="openid", claims=asking(EVERYTHING))).headers["Location"]
    )
    assert page_of(page) == "consent"
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))
    assert "That your identity was checked against the population register 17 May 2026" in text
    assert "That you hold a bank account in your name 17 May 2026" in text
    assert "Whether you are 14 or older Yes" in text
    assert "How well your identity was checked Verified with the registry" in text


def test_a_consent_covers_what_was_shown_and_a_change_is_asked_anew(house: House) -> None:
    site, person = house.site(), assured(house)
    person.code_for(site, scope="openid", claims=asking(simple()))
    silent = site.request(scope="openid", claims=asking(simple()), prompt="none")
    assert "code" in answered(person.visit(silent))
    more = site.request(scope="openid", claims=asking(simple("::age_18_or_over")), prompt="none")
    assert answered(person.visit(more))["error"] == "consent_required"
    person.code_for(site, scope="openid", claims=asking(EVERYTHING))
    less = site.request(scope="openid", claims=asking(simple("::age_18_or_over")), prompt="none")
    assert "code" in answered(person.visit(less))


def test_without_a_consent_nothing_is_delivered(house: House) -> None:
    site, person = house.site(), assured(house)
    page = person.visit(person.visit(site.request(scope="openid", claims=asking(simple()))).headers["Location"])
    assert answered(person.submit(page, "deny"))["error"] == "access_denied"


def test_a_persons_own_page_lists_what_a_site_gets(house: House) -> None:
    person = assured(house)
    person.code_for(house.site(), scope="openid", claims=asking(EVERYTHING))
    text = person.visit("/account/sites").text
    assert "That records about you were checked" in text
    assert "By which procedure your identity was checked" in text


def test_whether_a_page_is_due_follows_from_the_request_alone(house: House) -> None:
    """Otherwise ``prompt=none`` would tell a minor from an adult before anybody agreed to it."""
    asked = asking(simple("::age_18_or_over", {"value": True}))
    for person in (assured(house), assured(house, adult=False), house.person(level="none")):
        silent = house.site(f"shop-{person.person_id}").request(scope="openid", claims=asked, prompt="none")
        assert answered(person.visit(silent))["error"] == "consent_required"


def test_who_has_nothing_to_tell_yet_is_shown_what_is_asked_for(house: House) -> None:
    person = house.person(level="none")
    address = house.site().request(scope="openid", claims=asking(EVERYTHING))
    page = person.visit(person.visit(address).headers["Location"])
    assert page.text.count("nothing, as it stands") == len(
        ["::real_person", "::age_18", "::age_14", "framework", "level", "time", "process", "records"]
    )


# ── cost ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_silent_authorization_with_verified_claims_takes_one_statement_more(house: House) -> None:
    site, person = house.site(), assured(house)
    address = site.request(scope="openid", claims=asking(simple()))
    person.arrive(address)
    house.wait(minutes=1)  # the directory has forgotten the client
    with statements(house.services.database.engine) as seen:
        assert "code" in answered(person.visit(address))
    assert len(seen) <= 5, seen
    assert sum("evidence" in each for each in seen) == 1


def test_a_site_that_asks_for_nothing_of_the_kind_costs_no_statement_more(house: House) -> None:
    site, person = house.site(), assured(house)
    person.arrive(site.request())
    with statements(house.services.database.engine) as seen:
        person.visit(site.request())
    assert not any("evidence" in each for each in seen)


def test_the_tokens_are_made_from_the_grant_alone(house: House) -> None:
    """What was allowed at that moment is delivered, even when the evidence is gone by the time of the exchange."""
    site, person = house.site(), assured(house)
    code = person.code_for(site, scope="openid", claims=asking(simple()))
    with statements(house.services.database.engine) as seen:
        answer = site.token(code=code).get_json()
    assert len(seen) == 1
    assert payload(answer["id_token"])["verified_claims"]["claims"] == {"::real_person": True}


def test_a_request_as_long_as_they_come_goes_through_every_page(house: House) -> None:
    one = {"verification": {"trust_framework": None, "evidence": None, "assurance_process": None},
           "claims": {"::real_person": None}}  # fmt: skip
    claims = asking([one] * MOST_ELEMENTS)
    found, _ = delivered(house.site(), assured(house), claims=claims)
    assert len(found) == MOST_ELEMENTS
    response = house.stranger().visit(house.site("forum").request(claims=asking([one] * (MOST_ELEMENTS + 1))))
    assert answered(response)["error"] == "invalid_request"
