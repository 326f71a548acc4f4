"""Micro-deposit: who may ask for one, three tries in seven days, and one card to one person."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from idp.domain import bank_account
from idp.domain.evidence import Method
from idp.proofing.decision import BoundTo
from idp.proofing.method import Passed, Reason, Refused, Unanswered, Waiting
from idp.store.models import BankCard, Case, Identity
from tests.rules.proofing.conftest import LI, WANG

if TYPE_CHECKING:
    from idp.domain.ids import PersonId
    from idp.proofing.decision import Decision
    from tests.rules.proofing.conftest import Desk


def reason_of(decision: Decision) -> Reason:
    assert isinstance(decision, Refused)
    return decision.reason


@pytest.fixture
def matched(desk: Desk) -> PersonId:
    """Somebody whom the registry has matched."""
    person = desk.newcomer()
    desk.query(person)
    return person


def test_deposits_wait_for_seven_days_and_three_tries(desk: Desk, matched: PersonId) -> None:
    decision = desk.deposit(matched)
    assert isinstance(decision, Waiting)
    assert (decision.tries, decision.until) == (3, (desk.now + timedelta(days=7)).date())
    assert desk.level(matched) == "matched"


@pytest.mark.parametrize("told", [(12, 34), (34, 12)])
def test_the_right_amounts_prove_control_in_either_order(desk: Desk, matched: PersonId, told: tuple[int, int]) -> None:
    desk.deposit(matched)
    assert desk.tell(matched, *told) == BoundTo(matched)
    assert desk.level(matched) == "registry"


def test_without_a_match_no_bank_is_asked(desk: Desk) -> None:
    assert reason_of(desk.deposit(desk.newcomer())) is Reason.NEEDS_MATCH
    assert desk.asked.orders == []


def test_another_name_than_the_matched_one_never_reaches_the_bank(desk: Desk, matched: PersonId) -> None:
    assert reason_of(desk.deposit(matched, holder=LI.name)) is Reason.HOLDER_DIFFERS
    assert desk.asked.orders == []
    assert not [hit for hit in desk.counters.hits if hit[0].startswith("deposit")]


def test_the_matched_name_written_another_way_is_the_same_name(desk: Desk, matched: PersonId) -> None:
    assert isinstance(desk.deposit(matched, holder="测试一\u3000"), Waiting)


@pytest.mark.parametrize("card", ["0000000000000018", "0000000000000026", "0000000000000034"])
def test_the_bank_s_refusals_are_told_in_the_same_words(desk: Desk, matched: PersonId, card: str) -> None:
    assert reason_of(desk.deposit(matched, card=card)) is Reason.ACCOUNT_REFUSED
    assert isinstance(desk.deposit(matched), Waiting)  # another account may be tried at once


def test_a_bank_that_is_down_leaves_the_case_open(desk: Desk, matched: PersonId) -> None:
    assert isinstance(desk.deposit(matched, card="0000000000000042"), Unanswered)
    assert isinstance(desk.deposit(matched), Waiting)


@pytest.mark.parametrize("sandbox_mode", [True, False])
def test_cards_of_the_other_world_are_refused_before_the_bank_is_asked(
    desk: Desk, matched: PersonId, sandbox_mode: bool
) -> None:
    desk.proofing = replace(desk.proofing, tools=replace(desk.proofing.tools, sandbox=sandbox_mode))
    real = "622202000000000000" + bank_account.check_digit("622202000000000000")
    assert reason_of(desk.deposit(matched, card=real if sandbox_mode else WANG.card)) is Reason.SANDBOX
    assert desk.asked.orders == []


def test_the_form_sent_twice_pays_once(desk: Desk, matched: PersonId) -> None:
    second: list[object] = []
    desk.asked.meanwhile = lambda: second.append(desk.deposit(matched))
    assert isinstance(desk.deposit(matched), Waiting)
    desk.asked.meanwhile = lambda: None
    assert isinstance(desk.deposit(matched), Waiting)
    assert isinstance(second[0], Waiting)
    assert len(desk.asked.orders) == 1


@pytest.mark.parametrize("limit", ["deposit-person", "deposit-card", "deposit"])
def test_beyond_any_limit_the_bank_is_not_asked(desk: Desk, matched: PersonId, limit: str) -> None:
    desk.counters.refusing = limit
    assert reason_of(desk.deposit(matched)) is Reason.TOO_OFTEN
    assert desk.asked.orders == []


def test_three_wrong_answers_close_the_case_and_the_right_one_then_comes_too_late(
    desk: Desk, matched: PersonId
) -> None:
    desk.deposit(matched)
    reasons = [reason_of(desk.tell(matched, 1, guess)) for guess in (2, 3, 4)]
    assert reasons == [Reason.WRONG_AMOUNTS, Reason.WRONG_AMOUNTS, Reason.NO_TRIES_LEFT]
    assert reason_of(desk.tell(matched)) is Reason.NOTHING_OPEN
    assert desk.level(matched) == "matched"
    assert len(desk.audited("control_not_proven")) == 1


def test_a_new_start_after_three_wrong_answers_is_a_new_pair_of_deposits(desk: Desk, matched: PersonId) -> None:
    desk.deposit(matched)
    for guess in (2, 3, 4):
        desk.tell(matched, 1, guess)
    assert isinstance(desk.deposit(matched), Waiting)
    references = [order["reference"] for order in desk.asked.orders]
    assert len(set(references)) == 2
    assert desk.tell(matched) == BoundTo(matched)


def test_the_seventh_day_still_counts_and_the_eighth_does_not(desk: Desk, matched: PersonId) -> None:
    desk.deposit(matched)
    desk.now += timedelta(days=7)
    assert reason_of(desk.tell(matched, 1, 2)) is Reason.WRONG_AMOUNTS
    desk.now += timedelta(days=1)
    assert reason_of(desk.tell(matched)) is Reason.EXPIRED
    assert desk.level(matched) == "matched"


def test_giving_up_a_waiting_case_ends_it(desk: Desk, matched: PersonId) -> None:
    desk.deposit(matched)
    desk.proofing.start_over(matched, Method.MICRO_DEPOSIT)
    assert reason_of(desk.tell(matched)) is Reason.NOTHING_OPEN
    assert desk.level(matched) == "matched"


def test_amounts_are_good_for_the_claim_they_were_paid_for_only(desk: Desk, matched: PersonId) -> None:
    desk.deposit(matched)
    desk.query(matched, LI)
    assert reason_of(desk.tell(matched)) is Reason.NEEDS_MATCH
    assert desk.rows(Identity) == []


def test_a_card_proves_one_person_only(desk: Desk, matched: PersonId) -> None:
    desk.deposit(matched)
    desk.tell(matched)
    other = desk.newcomer()
    desk.query(other, LI)
    assert reason_of(desk.deposit(other, card=WANG.card, holder=LI.name)) is Reason.CARD_TAKEN
    assert len(desk.asked.orders) == 1


def test_a_card_that_is_taken_while_deposits_are_on_their_way_binds_nobody_else(desk: Desk, matched: PersonId) -> None:
    other = desk.newcomer()
    desk.query(other, LI)
    desk.deposit(other, card=WANG.card, holder=LI.name)
    desk.deposit(matched)
    assert desk.tell(matched) == BoundTo(matched)
    assert reason_of(desk.tell(other)) is Reason.CARD_TAKEN
    assert desk.level(other) == "matched"
    assert {row.person_id for row in desk.rows(BankCard)} == {matched}
    assert {row.person_id for row in desk.rows(Identity)} == {matched}


def test_amounts_are_nowhere_in_the_row_and_the_mark_of_one_case_is_not_that_of_another(
    desk: Desk, matched: PersonId
) -> None:
    from idp.proofing.methods.micro_deposit import Deposits
    from idp.store import cases

    other = desk.newcomer()
    desk.query(other, LI)
    desk.deposit(matched)
    desk.deposit(other, card=LI.card, holder=LI.name)
    with desk.database.read() as connection:
        waiting = [case for who in (matched, other) for case in cases.of_person(connection, person_id=who)]
    marks = [desk.proofing.tools.opened(case, Deposits).amounts for case in waiting if case.state == "waiting"]
    assert len(set(marks)) == 2
    assert all(len(mark) == 32 for mark in marks)


def test_a_passed_case_keeps_nothing_of_the_deposits(desk: Desk, matched: PersonId) -> None:
    desk.deposit(matched)
    desk.tell(matched)
    (case,) = (row for row in desk.rows(Case) if row.method == "micro_deposit")
    assert (case.state, case.sealed, case.deadline_on) == ("passed", None, None)


def test_telling_again_after_passing_changes_nothing(desk: Desk, matched: PersonId) -> None:
    desk.deposit(matched)
    assert isinstance(desk.tell(matched), BoundTo)
    assert reason_of(desk.tell(matched, 1, 1)) is Reason.NOTHING_OPEN
    assert desk.level(matched) == "registry"
    assert isinstance(desk.query(matched), Passed)
