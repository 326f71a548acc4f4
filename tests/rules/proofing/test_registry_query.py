"""Registry query: what each answer leads to, what is asked and what is not, and that a match reserves nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from idp.proofing.method import Passed, Reason, Refused, Unanswered, Waiting
from idp.store.models import Case, EvidenceRow, Identity, VaultRecord
from tests.rules.proofing.conftest import BY_NUMBER, LI, MINOR, WANG

if TYPE_CHECKING:
    from tests.rules.proofing.conftest import Desk


def test_a_match_gives_matched_and_nothing_more(desk: Desk) -> None:
    person = desk.newcomer()
    assert isinstance(desk.query(person), Passed)
    found = desk.person(person)
    assert (found.level, found.verified_on, found.adult_from, found.masked_name) == ("matched", None, None, None)
    assert desk.rows(Identity) == []
    assert desk.rows(VaultRecord) == []


def test_two_people_may_match_the_same_number(desk: Desk) -> None:
    first, second = desk.newcomer(), desk.newcomer()
    desk.query(first)
    desk.query(second)
    assert desk.level(first) == desk.level(second) == "matched"


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("990101199003070023", Reason.NO_MATCH),
        ("990101199003070031", Reason.NO_MATCH),
        ("990101193605120043", Reason.ASK_REGISTRAR),
        ("990101197808080078", Reason.ASK_REGISTRAR),
        ("990101198104150116", Reason.SUPERSEDED),
        ("990101199511110132", Reason.LOST_CARD),
        ("990101199202290109", Reason.NO_MATCH),
    ],
)
def test_an_answer_that_is_no_match_refuses_and_leaves_no_level(desk: Desk, number: str, reason: Reason) -> None:
    person = desk.newcomer()
    decision = desk.query(person, BY_NUMBER[number])
    assert isinstance(decision, Refused)
    assert decision.reason is reason
    assert desk.level(person) == "none"
    assert desk.rows(EvidenceRow) == []


def test_a_wrong_name_and_an_unknown_number_leave_the_same_case(desk: Desk) -> None:
    def kept(number: str) -> tuple[object, ...]:
        person = desk.newcomer()
        desk.query(person, BY_NUMBER[number])
        (case,) = (row for row in desk.rows(Case) if row.person_id == person)
        return case.state, case.reason, case.sealed, case.vault_record, case.tries_left, case.deadline_on

    assert kept("990101199003070023") == kept("990101199003070031")


def test_the_answer_itself_stands_in_the_audit_trail(desk: Desk) -> None:
    person = desk.newcomer()
    desk.query(person, BY_NUMBER["990101193605120043"])
    assert desk.audited("registry_queried") == [{"person": person, "outcome": "deceased"}]


def test_a_child_under_fourteen_is_refused_without_a_query(desk: Desk) -> None:
    decision = desk.query(desk.newcomer(), BY_NUMBER["990101201309010058"])
    assert isinstance(decision, Refused)
    assert decision.reason is Reason.TOO_YOUNG
    assert desk.asked.queries == []
    assert desk.counters.hits == []


def test_a_minor_of_sixteen_may_be_verified(desk: Desk) -> None:
    assert isinstance(desk.query(desk.newcomer(), MINOR), Passed)


@pytest.mark.parametrize("sandbox_mode", [True, False])
def test_numbers_of_the_other_world_are_refused_before_anybody_is_asked(desk: Desk, sandbox_mode: bool) -> None:
    desk.proofing = replace(desk.proofing, tools=replace(desk.proofing.tools, sandbox=sandbox_mode))
    foreign = replace(WANG, typed="11010519491231002X") if sandbox_mode else WANG
    decision = desk.query(desk.newcomer(), foreign)
    assert isinstance(decision, Refused)
    assert decision.reason is Reason.SANDBOX
    assert desk.asked.queries == []


def test_a_registry_that_is_down_leaves_the_case_open_and_the_next_try_asks_again(desk: Desk) -> None:
    person = desk.newcomer()
    flaky = BY_NUMBER["990101198501010096"]
    assert isinstance(desk.query(person, flaky), Unanswered)
    assert desk.level(person) == "none"
    assert isinstance(desk.query(person, flaky), Passed)
    assert len([row for row in desk.rows(Case) if row.person_id == person]) == 1
    assert [entry["outcome"] for entry in desk.audited("registry_queried")].count("unavailable") == 1


def test_the_same_form_sent_again_is_one_query(desk: Desk) -> None:
    person = desk.newcomer()
    assert isinstance(desk.query(person), Passed)
    assert isinstance(desk.query(person, name=" 测试一 "), Passed)
    assert len(desk.asked.queries) == 1
    assert len(desk.rows(EvidenceRow)) == 1


def test_the_same_wrong_form_sent_again_today_is_one_query_and_tomorrow_another(desk: Desk) -> None:
    person, wrong = desk.newcomer(), BY_NUMBER["990101199003070023"]
    first = desk.query(person, wrong)
    again = desk.query(person, wrong)
    assert isinstance(first, Refused)
    assert isinstance(again, Refused)
    assert again.reason is first.reason
    assert len(desk.asked.queries) == 1
    desk.now += timedelta(days=1)
    desk.query(person, wrong)
    assert len(desk.asked.queries) == 2


def test_a_form_sent_twice_at_once_is_one_query(desk: Desk) -> None:
    person = desk.newcomer()
    second: list[object] = []
    desk.asked.meanwhile = lambda: second.append(desk.query(person))
    assert isinstance(desk.query(person), Passed)
    assert isinstance(second[0], Waiting)
    assert len(desk.asked.queries) == 1


def test_a_question_that_nobody_came_back_from_may_be_asked_again_after_a_minute(desk: Desk) -> None:
    person = desk.newcomer()

    def crash() -> None:
        raise KeyboardInterrupt

    desk.asked.meanwhile = crash
    with pytest.raises(KeyboardInterrupt):
        desk.query(person)
    desk.asked.meanwhile = lambda: None
    assert isinstance(desk.query(person), Waiting)
    desk.now += timedelta(seconds=61)
    assert isinstance(desk.query(person), Passed)


def test_an_answer_that_comes_after_the_case_went_on_without_it_changes_nothing(desk: Desk) -> None:
    person, late = desk.newcomer(), list[object]()

    def overtaken() -> None:
        desk.asked.meanwhile = lambda: None
        desk.now += timedelta(seconds=61)
        late.append(desk.query(person, LI))

    desk.asked.meanwhile = overtaken
    first = desk.query(person)
    assert isinstance(late[0], Passed)
    assert isinstance(first, Waiting)
    assert len(desk.rows(EvidenceRow)) == 1


def test_another_match_takes_the_place_of_ones_own_earlier_one(desk: Desk) -> None:
    person = desk.newcomer()
    desk.query(person)
    desk.query(person, LI)
    assert desk.level(person) == "matched"
    withdrawn = [row.withdrawn_on for row in desk.rows(EvidenceRow)]
    assert sorted(withdrawn, key=str) == [desk.now.date(), None]
    assert sum(row.vault_record is not None for row in desk.rows(Case)) == 1


@pytest.mark.parametrize("limit", ["registry-query-person", "registry-query-number", "registry-query"])
def test_beyond_any_limit_nobody_is_asked(desk: Desk, limit: str) -> None:
    desk.counters.refusing = limit
    decision = desk.query(desk.newcomer())
    assert isinstance(decision, Refused)
    assert decision.reason is Reason.TOO_OFTEN
    assert decision.retry_after == 60
    assert desk.asked.queries == []
    assert desk.counters.hits[-1][0] == limit  # whoever is over their own limit uses up nobody else's


def test_the_limits_are_counted_under_a_keyed_mark_and_not_under_the_number(desk: Desk) -> None:
    person = desk.newcomer()
    desk.query(person)
    assert [name for name, *_ in desk.counters.hits] == [
        "registry-query-person",
        "registry-query-number",
        "registry-query",
    ]
    assert desk.counters.hits[0] == ("registry-query-person", person)
    assert WANG.number not in str(desk.counters.hits)


def test_after_a_refusal_by_a_limit_the_person_may_try_again(desk: Desk) -> None:
    person = desk.newcomer()
    desk.counters.refusing = "registry-query"
    desk.query(person)
    desk.counters.refusing = None
    assert isinstance(desk.query(person), Passed)


def test_an_erased_account_asks_nothing(desk: Desk) -> None:
    from idp.store import people

    person = desk.newcomer()
    with desk.database.write() as connection:
        people.erase(connection, person_id=person, now=desk.now)
    assert isinstance(desk.query(person), Refused)
    assert desk.asked.queries == []
