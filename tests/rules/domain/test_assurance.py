"""Assurance levels: which evidence gives which, what never stands for what, and the laws of the computation."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.domain.assurance import (
    CURRENT_POLICY,
    POLICIES,
    Assessment,
    AssurancePolicy,
    Level,
    Requirement,
    Rule,
    assess,
    satisfies,
    verified,
)
from idp.domain.evidence import DOCUMENTS, VOCABULARY, Evidence, EvidenceKind

TODAY = date(2026, 11, 23)
_serial = itertools.count()


def piece(
    kind: EvidenceKind, obtained_on: date = TODAY, *, expires: date | None = None, withdrawn: date | None = None
) -> Evidence:
    """Make one piece of evidence with an id of its own."""
    return Evidence(
        evidence_id=f"e{next(_serial)}",
        kind=kind,
        policy=CURRENT_POLICY.version,
        obtained_on=obtained_on,
        expires_on=expires,
        withdrawn_on=withdrawn,
    )


def level_of(*evidence: Evidence, on: date = TODAY) -> Level:
    """Return the level under the current policy."""
    return assess(evidence, on=on, policy=CURRENT_POLICY).level


NEARBY = st.dates(TODAY - timedelta(days=2000), TODAY + timedelta(days=2000))
PIECES = st.builds(
    piece, st.sampled_from(EvidenceKind), NEARBY, expires=st.none() | NEARBY, withdrawn=st.none() | NEARBY
)
EVIDENCE = st.lists(PIECES, max_size=9) | st.lists(
    st.builds(piece, st.sampled_from(EvidenceKind), st.dates(date(2026, 1, 1), TODAY)), min_size=4, max_size=14
)


@pytest.mark.parametrize(
    ("kinds", "level"),
    [
        ([], Level.NONE),
        ([EvidenceKind.BANK_CONTROL], Level.NONE),
        ([EvidenceKind.STATED_NUMBER], Level.NONE),
        ([EvidenceKind.REGISTRY_MATCH], Level.MATCHED),
        ([EvidenceKind.SCHOOL_RECORD], Level.PLAUSIBLE),
        ([EvidenceKind.SCHOOL_RECORD, EvidenceKind.REGISTRY_MATCH], Level.PLAUSIBLE),
        ([EvidenceKind.VOUCH] * 3, Level.NONE),
        ([EvidenceKind.STATED_NUMBER, *[EvidenceKind.VOUCH] * 2], Level.NONE),
        ([EvidenceKind.STATED_NUMBER, *[EvidenceKind.VOUCH] * 3], Level.VOUCHED),
        *[([document], Level.DOCUMENT) for document in DOCUMENTS],
        *[([document, EvidenceKind.REGISTRY_MATCH], Level.REGISTRY) for document in DOCUMENTS],
        ([EvidenceKind.REGISTRY_MATCH, EvidenceKind.BANK_CONTROL], Level.REGISTRY),
        ([EvidenceKind.REGISTRY_MATCH, EvidenceKind.BANK_CONTROL, EvidenceKind.IDCARD], Level.REGISTRY),
        (
            [
                EvidenceKind.REGISTRY_MATCH,
                EvidenceKind.BANK_CONTROL,
                EvidenceKind.IDCARD,
                EvidenceKind.SECOND_PASSKEY,
                EvidenceKind.SECOND_REVIEW,
            ],
            Level.HIGH,
        ),
    ],
)
def test_evidence_amounts_to_a_level(kinds: list[EvidenceKind], level: Level) -> None:
    assert level_of(*map(piece, kinds)) is level


def test_the_level_has_been_held_since_the_day_the_last_needed_piece_came() -> None:
    match = piece(EvidenceKind.REGISTRY_MATCH, date(2026, 3, 1))
    control = piece(EvidenceKind.BANK_CONTROL, date(2026, 3, 5))
    again = piece(EvidenceKind.BANK_CONTROL, date(2026, 10, 1))
    held = assess([again, match, control], on=TODAY, policy=CURRENT_POLICY)
    assert (held.level, held.since) == (Level.REGISTRY, date(2026, 3, 5))


def test_vouches_count_from_the_third() -> None:
    vouches = [piece(EvidenceKind.VOUCH, date(2026, 5, day)) for day in (9, 1, 4, 20)]
    held = assess([*vouches, piece(EvidenceKind.STATED_NUMBER, date(2026, 1, 1))], on=TODAY, policy=CURRENT_POLICY)
    assert (held.level, held.since) == (Level.VOUCHED, date(2026, 5, 9))


def test_the_same_vouch_told_twice_is_one_vouch() -> None:
    one, two = piece(EvidenceKind.VOUCH), piece(EvidenceKind.VOUCH)
    assert level_of(one, two, two, piece(EvidenceKind.STATED_NUMBER)) is Level.NONE


def test_a_document_counts_through_the_day_printed_on_it() -> None:
    card = piece(EvidenceKind.IDCARD, date(2026, 1, 1), expires=date(2027, 5, 5))
    assert assess([card], on=TODAY, policy=CURRENT_POLICY) == Assessment(
        Level.DOCUMENT, date(2026, 1, 1), date(2027, 5, 6)
    )
    assert level_of(card, on=date(2027, 5, 5)) is Level.DOCUMENT
    assert level_of(card, on=date(2027, 5, 6)) is Level.NONE


def test_withdrawn_evidence_counts_for_nothing_from_that_very_day() -> None:
    card = piece(EvidenceKind.IDCARD, date(2026, 1, 1), withdrawn=TODAY)
    assert level_of(card, on=TODAY) is Level.NONE
    assert level_of(card, on=TODAY - timedelta(days=1)) is Level.DOCUMENT


def test_high_grows_old_after_two_years_and_leaves_registry_behind_for_three_more() -> None:
    start = date(2026, 1, 1)
    kinds = CURRENT_POLICY.rules[0].needs
    evidence = [piece(EvidenceKind.IDCARD if len(n.any_of) > 1 else min(n.any_of), start) for n in kinds]
    high = assess(evidence, on=start, policy=CURRENT_POLICY)
    assert high == Assessment(Level.HIGH, start, date(2028, 1, 2))
    later = assess(evidence, on=date(2028, 1, 2), policy=CURRENT_POLICY)
    assert later == Assessment(Level.REGISTRY, start, date(2031, 1, 2))
    assert level_of(*evidence, on=date(2031, 1, 2)) is Level.DOCUMENT


def test_dates_at_the_end_of_the_calendar_do_no_harm() -> None:
    ends = piece(EvidenceKind.REGISTRY_MATCH, date.min, expires=date.max, withdrawn=date.max)
    control = piece(EvidenceKind.BANK_CONTROL, date.max - timedelta(days=3))
    assert level_of(ends, control, on=date.max - timedelta(days=1)) is Level.REGISTRY
    assert level_of(piece(EvidenceKind.IDCARD, date.min, withdrawn=date.min), on=date.max) is Level.NONE


@given(EVIDENCE, st.data(), NEARBY)
def test_removing_evidence_never_raises_the_level(evidence: list[Evidence], data: st.DataObject, on: date) -> None:
    fewer = [one for one in evidence if data.draw(st.booleans())]
    before, after = level_of(*evidence, on=on), level_of(*fewer, on=on)
    assert after is before or not satisfies(after, before)


@given(EVIDENCE, st.data(), NEARBY)
def test_the_order_of_evidence_makes_no_difference(evidence: list[Evidence], data: st.DataObject, on: date) -> None:
    shuffled = data.draw(st.permutations(evidence))
    assert assess(shuffled, on=on, policy=CURRENT_POLICY) == assess(evidence, on=on, policy=CURRENT_POLICY)


@given(EVIDENCE, PIECES, NEARBY)
def test_withdrawn_expired_or_future_evidence_counts_for_nothing(
    evidence: list[Evidence], extra: Evidence, on: date
) -> None:
    before = assess(evidence, on=on, policy=CURRENT_POLICY)
    early = replace(extra, obtained_on=on - timedelta(days=9))
    for void in (
        replace(early, withdrawn_on=on),
        replace(early, expires_on=on - timedelta(days=1)),
        replace(extra, obtained_on=on + timedelta(days=1)),
    ):
        assert assess([*evidence, void], on=on, policy=CURRENT_POLICY) == before


@given(EVIDENCE, NEARBY)
def test_the_answer_changes_on_the_review_day_and_not_before(evidence: list[Evidence], on: date) -> None:
    now = assess(evidence, on=on, policy=CURRENT_POLICY)
    known = [one for one in evidence if one.obtained_on <= on]
    last = now.review_on or date(2040, 1, 1)
    for day in {on, last - timedelta(days=1), on + (last - on) // 2, on + (last - on) // 3} - {last}:
        then = assess(known, on=day, policy=CURRENT_POLICY)
        assert (then.level, then.since, then.review_on) == (now.level, now.since, now.review_on)
    if now.review_on is not None:
        then = assess(known, on=now.review_on, policy=CURRENT_POLICY)
        assert (then.level, then.since) != (now.level, now.since)
        assert then.level is now.level or not satisfies(then.level, now.level)


@given(st.sampled_from(Level), st.sampled_from(Level), st.sampled_from(Level))
def test_levels_are_a_partial_order(one: Level, two: Level, three: Level) -> None:
    assert satisfies(one, one)
    assert satisfies(one, Level.NONE)
    if satisfies(one, two) and satisfies(two, one):
        assert one is two
    if satisfies(one, two) and satisfies(two, three):
        assert satisfies(one, three)


@pytest.mark.parametrize(
    ("held", "met"),
    [
        (Level.NONE, []),
        (Level.MATCHED, [Level.MATCHED]),
        (Level.PLAUSIBLE, [Level.PLAUSIBLE]),
        (Level.VOUCHED, [Level.VOUCHED]),
        (Level.DOCUMENT, [Level.VOUCHED, Level.DOCUMENT]),
        (Level.REGISTRY, [Level.MATCHED, Level.VOUCHED, Level.DOCUMENT, Level.REGISTRY]),
        (Level.HIGH, [Level.MATCHED, Level.VOUCHED, Level.DOCUMENT, Level.REGISTRY, Level.HIGH]),
    ],
)
def test_a_level_meets_the_demands_it_stands_for_and_no_others(held: Level, met: list[Level]) -> None:
    assert [level for level in Level if level is not Level.NONE and satisfies(held, level)] == met


def test_verified_is_a_matter_of_the_levels_the_deployment_names() -> None:
    default = ("document", "registry", "high")
    assert [level for level in Level if verified(level, default)] == [Level.DOCUMENT, Level.REGISTRY, Level.HIGH]
    assert not verified(Level.HIGH, ("registry",))


def test_a_rule_that_asks_for_nothing_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="everybody"):
        Rule(Level.HIGH, ())
    with pytest.raises(ValueError, match="asks for nothing"):
        Requirement(frozenset())
    with pytest.raises(ValueError, match="asks for nothing"):
        Requirement(DOCUMENTS, count=0)


def test_a_policy_cannot_hide_a_stronger_level_behind_a_weaker_one() -> None:
    need = (Requirement(DOCUMENTS),)
    with pytest.raises(ValueError, match="hides"):
        AssurancePolicy("x", (Rule(Level.DOCUMENT, need), Rule(Level.REGISTRY, need)))
    with pytest.raises(ValueError, match="hides"):
        AssurancePolicy("x", (Rule(Level.DOCUMENT, need), Rule(Level.DOCUMENT, need)))


def test_every_policy_is_found_by_its_version_and_has_a_rule_for_every_level() -> None:
    assert POLICIES[CURRENT_POLICY.version] is CURRENT_POLICY
    for policy in POLICIES.values():
        assert {rule.level for rule in policy.rules} == set(Level) - {Level.NONE}


def test_every_kind_counts_for_some_level_and_what_may_be_told_has_words_for_it() -> None:
    counted = {kind for rule in CURRENT_POLICY.rules for need in rule.needs for kind in need.any_of}
    assert counted == set(EvidenceKind)
    internal = {EvidenceKind.STATED_NUMBER, EvidenceKind.SECOND_PASSKEY, EvidenceKind.SECOND_REVIEW}
    assert set(VOCABULARY) == set(EvidenceKind) - internal
    assert {words.type for words in VOCABULARY.values()} <= {"document", "electronic_record", "vouch"}
