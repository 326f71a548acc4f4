"""What of what we hold answers a request (OIDC4IDA §5.7): the rules one by one, then as properties."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idp.oidc.verified_claims.evaluate import Held, answer
from idp.oidc.verified_claims.request import parse
from tests.house import ISSUER
from tests.specs.ida_verified_claims import schema
from tests.specs.ida_verified_claims.samples import ALL, METADATA, REGISTERED, held, request

NOW = datetime(2026, 11, 24, 8, 30, 15, tzinfo=UTC)
FRAMEWORK = f"{ISSUER}/tf/realname"


def ask(raw: Any, *known: Held) -> Any:
    return answer(parse(raw), known or (held(*REGISTERED),), now=NOW)


def record(kind: str, **more: Any) -> dict[str, Any]:
    return {"type": {"value": "electronic_record"}, "record": {"type": {"value": kind}}, **more}


@pytest.mark.parametrize("how", [None, {}, {"essential": False}, {"essential": True}, {"purpose": "none of ours"}])
def test_null_and_empty_and_essential_want_the_same(how: Any) -> None:
    expected = {"verification": {"trust_framework": FRAMEWORK}, "claims": {"::real_person": True}}
    assert ask(request(__real_person=how)) == expected


def test_what_is_absent_from_the_request_is_absent_from_the_answer() -> None:
    assert ask(request({"time": None}))["verification"] == {
        "trust_framework": FRAMEWORK, "time": "2026-05-17T00:00:00Z",
    }  # fmt: skip


def test_the_trust_framework_is_in_every_answer() -> None:
    raw = {"verification": {"time": None}, "claims": {"::real_person": None}}
    assert ask(raw)["verification"]["trust_framework"] == FRAMEWORK


@pytest.mark.parametrize("wanted", [{"value": FRAMEWORK}, {"values": ["eidas", FRAMEWORK]}])
def test_a_restriction_that_is_met_restricts_nothing_else(wanted: dict[str, Any]) -> None:
    assert ask(request({"trust_framework": wanted}))


@pytest.mark.parametrize(
    "verification",
    [
        {"trust_framework": {"value": "de_aml"}},
        {"trust_framework": {"values": ["eidas", "de_aml"]}},
        {"assurance_level": {"value": f"{ISSUER}/al/high"}},
        {"time": {"max_age": 3600}},
        {"assurance_process": {"policy": {"value": "another"}}},
        {"evidence": [{"type": {"value": "document"}}]},
        {"evidence": [record("tax")]},
        {"evidence": [record("bank_account", check_details=[{"check_method": {"value": "kbv"}}])]},
        {"verification_process": {"value": "vp_1"}},
        {"something_new": {"value": 1}},
    ],
)
def test_a_restriction_that_fails_inside_verification_omits_the_whole(verification: dict[str, Any]) -> None:
    assert ask(request(verification)) is None


def test_a_restriction_that_fails_inside_claims_omits_the_claim() -> None:
    raw = request(__real_person=None, __age_18_or_over={"value": False})
    assert ask(raw)["claims"] == {"::real_person": True}


def test_nothing_is_answered_where_no_claim_is_left() -> None:
    assert ask(request(__age_18_or_over={"value": "5b7c", "essential": True})) is None


@pytest.mark.parametrize("value", [1, "true", [True], 1.0])
def test_true_is_not_one(value: object) -> None:
    assert ask(request(__real_person={"value": value})) is None


def test_an_unknown_element_without_a_restriction_is_left_out() -> None:
    raw = request({"verification_process": None, "txn": None, "evidence": [record("bank_account", nothing=None)]})
    found = ask(raw)["verification"]
    assert set(found) == {"trust_framework", "evidence"}
    assert found["evidence"] == [{"type": "electronic_record", "record": {"type": "bank_account"}}]


def test_entries_of_evidence_are_alternatives_and_templates() -> None:
    raw = request({"evidence": [record("bank_account"), {"type": {"value": "document"}}]})
    assert ask(raw)["verification"]["evidence"] == [
        {"type": "electronic_record", "record": {"type": "bank_account"}},
    ]  # fmt: skip


def test_entries_of_check_details_are_alternatives() -> None:
    micro = f"{ISSUER}/check/micro_deposit"
    raw = request({"evidence": [record("bank_account", check_details=[{"check_method": {"value": micro}}])]})
    assert ask(raw)["verification"]["evidence"][0]["check_details"] == [{"check_method": micro}]


def test_what_cannot_be_without_something_unasked_goes_with_it() -> None:
    """A check without its method and a record without its type are no valid elements."""
    raw = request({"evidence": [{"type": {"value": "electronic_record"}, "check_details": [{"time": None}],
                                 "record": {"source": None}}]})  # fmt: skip
    assert ask(raw)["verification"]["evidence"] == [{"type": "electronic_record"}] * 2


def test_assurance_details_come_whole_and_never_filter() -> None:
    details = [{"assurance_type": {"value": "counter_fraud"}}]
    raw = request({"assurance_process": {"assurance_details": details}})
    found = ask(raw)["verification"]["assurance_process"]
    assert [set(one) for one in found["assurance_details"]] == [{"assurance_type", "evidence_ref"}] * 2


def test_an_array_is_answered_element_by_element() -> None:
    high = request({"assurance_level": {"value": f"{ISSUER}/al/high"}})
    registry = request({"assurance_level": {"value": f"{ISSUER}/al/registry"}})
    found = ask([high, registry, registry])
    assert [one["verification"]["assurance_level"] for one in found] == [f"{ISSUER}/al/registry"] * 2
    assert ask([high, high]) is None
    assert isinstance(ask([registry]), list)


def test_an_element_is_answered_by_the_first_of_what_is_held_that_fits() -> None:
    school = Held({"trust_framework": "school"}, {"::real_person": True})
    raw = request({"trust_framework": {"value": "school"}})
    assert ask(raw, held(*REGISTERED), school)["verification"] == {"trust_framework": "school"}


@pytest.mark.parametrize(
    ("value", "old", "fits"),
    [
        ("2026-11-23", 30616, True),  # 23:59:59 to 08:30:15 is 30616 seconds
        ("2026-11-23", 30615, False),
        ("2026-11-24", 0, True),  # its last second is to come
        ("2026-11-24T08:30:14Z", 1, True),
        ("2026-11-24T08:30:14Z", 0.5, False),
        ("yesterday", 10**9, False),
        (True, 10**9, False),
        ("2026-11-24T08:30:14", 10**9, False),  # nobody knows where
    ],
)
def test_the_age_of_a_date_counts_from_its_last_second(value: object, old: float, fits: bool) -> None:
    known = Held({"trust_framework": "t", "time": value}, {"c": 1})
    raw = {"verification": {"time": {"max_age": old}}, "claims": {"c": None}}
    assert (ask(raw, known) is not None) is fits


def test_a_time_counts_from_the_very_moment_that_the_site_is_told() -> None:
    since = NOW - datetime(2026, 5, 17, tzinfo=UTC)
    for margin, answered in ((0, True), (-1, False)):
        old = int((since + timedelta(seconds=margin)).total_seconds())
        assert (ask(request({"time": {"max_age": old}})) is not None) is answered


# ── as properties ────────────────────────────────────────────────────────────────────────────────────────────────────

VALUES = st.sampled_from(
    [
        FRAMEWORK, f"{ISSUER}/al/registry", "2026-05-17T00:00:00Z", "electronic_record", "document", "vouch", "data",
        "population_register", "bank_account", "idcard", f"{ISSUER}/check/micro_deposit", "auth", True, False, 1, "x",
    ]
)  # fmt: skip
LEAF = st.one_of(
    st.none(),
    st.just({}),
    st.builds(lambda essential: {"essential": essential}, st.booleans()),
    st.builds(lambda value: {"value": value}, VALUES),
    st.builds(lambda values: {"values": values}, st.lists(VALUES, min_size=1, max_size=4)),
    st.builds(lambda age: {"max_age": age}, st.sampled_from([0, 10**6, 10**8])),
)


def some_of(**members: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=members)


CHECKS = st.one_of(
    LEAF,
    st.lists(some_of(check_method=LEAF, check_id=LEAF, time=LEAF, organization=LEAF), min_size=1, max_size=2),
)
TYPE = st.sampled_from(["electronic_record", "document", "vouch"]).map(lambda kind: {"value": kind})
PART = st.one_of(LEAF, some_of(type=LEAF, source=LEAF, reference_number=LEAF, date_of_issuance=LEAF))
EVIDENCE = st.fixed_dictionaries(
    {"type": TYPE}, optional={"check_details": CHECKS, "record": PART, "document_details": PART, "attestation": PART}
)
DETAILS = st.one_of(LEAF, st.lists(some_of(assurance_type=LEAF, evidence_ref=LEAF), min_size=1, max_size=2))
VERIFICATION = some_of(
    trust_framework=LEAF,
    assurance_level=LEAF,
    assurance_process=st.one_of(LEAF, some_of(policy=LEAF, procedure=LEAF, assurance_details=DETAILS)),
    time=LEAF,
    verification_process=LEAF,
    evidence=st.lists(EVIDENCE, min_size=1, max_size=3),
    unknown=LEAF,
)
CLAIMS = st.dictionaries(
    st.sampled_from(["::real_person", "::age_18_or_over", "::age_14_or_over", "given_name", "%&/()"]), LEAF, min_size=1
)
ELEMENT = st.fixed_dictionaries({"verification": VERIFICATION, "claims": CLAIMS})
REQUEST = st.one_of(ELEMENT, st.lists(ELEMENT, min_size=1, max_size=3))
KNOWN = st.lists(st.sampled_from(ALL), min_size=1, unique=True).map(lambda kinds: held(*kinds))


@given(REQUEST, KNOWN)
def test_no_answer_holds_what_nothing_asked_for(raw: Any, known: Held) -> None:
    found = ask(raw, known)
    assert found is None or schema.unasked(found, raw) == []


@given(REQUEST, KNOWN)
def test_every_answer_fits_the_schema_and_the_metadata(raw: Any, known: Held) -> None:
    found = ask(raw, known)
    if found is not None:
        schema.check(found, METADATA)


@given(ELEMENT, KNOWN, st.data())
@settings(max_examples=200)
def test_asking_for_more_in_more_words_never_gets_more_of_the_rest(raw: Any, known: Held, data: st.DataObject) -> None:
    """Monotone: a restriction added anywhere, or a wish taken away, never makes an answer grow."""
    before = ask(raw, known)
    after = ask(_narrowed(raw, data), known)
    assert schema.leaves(after) <= schema.leaves(before)


@given(REQUEST, KNOWN)
def test_whatever_is_told_was_held(raw: Any, known: Held) -> None:
    found = ask(raw, known)
    for element in found if isinstance(found, list) else [found] if found else []:
        assert element["claims"].items() <= dict(known.claims).items()
        _within(element["verification"], dict(known.verification))


def _within(told: Any, known: Any) -> None:
    if isinstance(told, dict):
        for name, value in told.items():
            _within(value, known[name])
    elif isinstance(told, list):
        assert len(told) <= len(known)
        for item in told:
            assert any(_is_within(item, other) for other in known)
    else:
        assert told == known


def _is_within(told: Any, known: Any) -> bool:
    try:
        _within(told, known)
    except (AssertionError, KeyError):
        return False
    return True


def _narrowed(raw: dict[str, Any], data: st.DataObject) -> dict[str, Any]:
    """Take one wish away, or restrict one that was not restricted."""
    part = data.draw(st.sampled_from(["verification", "claims"]))
    members = dict(raw[part])
    if not members:
        return raw
    name = data.draw(st.sampled_from(sorted(members)))
    how = members.pop(name)
    if data.draw(st.booleans()) and name != "evidence":
        members[name] = {**(how if isinstance(how, dict) else {}), "value": "nobody holds this"}
        members[name].pop("values", None)
    elif name == "evidence" or (part == "claims" and not members) or _is_restricted(how):
        members[name] = how  # a restriction that is taken away widens; without claims there is no request
    return {**raw, part: members}


def _is_restricted(how: Any) -> bool:
    if isinstance(how, list):
        return any(map(_is_restricted, how))
    if not isinstance(how, dict):
        return False
    return bool(how.keys() & {"value", "values", "max_age"}) or any(map(_is_restricted, how.values()))
