"""What every verification method owes the service, whoever wrote it. A new one adds its answers to ``ANSWERS``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from idp.authentication.throttling import BY_NAME
from idp.domain import bank_account, names, resident_id, sandbox
from idp.domain.evidence import EvidenceKind
from idp.domain.evidence import Method as Name
from idp.proofing.method import Passed, Reason, Refused, Unanswered, Waiting
from idp.proofing.methods import METHODS
from idp.proofing.methods.micro_deposit import Account
from idp.proofing.methods.registry_query import Person
from idp.web.locale.update import read
from tests.rules.proofing.conftest import WANG, desk_over

if TYPE_CHECKING:
    from datetime import datetime

    from idp.domain.ids import PersonId
    from idp.proofing.method import Method
    from idp.store.database import Database
    from keys import Keyring
    from tests.rules.proofing.conftest import Desk

TODAY = date(2026, 11, 24)


@dataclass(frozen=True)
class Answers:
    """Answers to a method's first form that its simulator accepts, and the like about somebody real."""

    good: Any
    real: Any


def person(number: str) -> Person:
    return Person(names.parse(WANG.name), resident_id.parse(number, on=TODAY))


def account(card: str) -> Account:
    return Account(names.parse(WANG.name), bank_account.parse(card))


ANSWERS = {
    Name.REGISTRY_QUERY: Answers(person(WANG.number), person("11010519491231002X")),
    Name.MICRO_DEPOSIT: Answers(account(WANG.card), account("622202000000000000" + "0")),
}


@pytest.fixture
def desk(sqlite_database: Database, keyring: Keyring, now: datetime) -> Desk:
    return desk_over(sqlite_database, keyring, now)


@pytest.fixture(params=METHODS, ids=lambda method: method.name)
def method(request: pytest.FixtureRequest) -> Method:
    given: Method = request.param
    return given


def ready(desk: Desk, method: Method) -> PersonId:
    """Somebody who holds what the method requires."""
    somebody = desk.newcomer()
    if EvidenceKind.REGISTRY_MATCH in method.requires:
        desk.query(somebody)
    return somebody


def test_names_are_unique_and_every_method_has_answers_to_be_tested_with() -> None:
    assert len({method.name for method in METHODS}) == len(METHODS)
    assert set(ANSWERS) == {method.name for method in METHODS}


def test_its_label_is_translated(method: Method) -> None:
    message = read().get(method.label)
    assert message is not None
    assert message.string


def test_its_limits_are_limits_that_are_counted(desk: Desk, method: Method) -> None:
    named = method.named(ANSWERS[method.name].good, person_id="p" * 22, tools=desk.proofing.tools)
    assert named.limits
    assert {limit[0] for limit in named.limits} <= BY_NAME.keys()
    assert named.limits[0][1:] == ("p" * 22,)  # one's own limit is used up before anybody else's


def test_what_it_names_shows_nothing_of_the_answers(desk: Desk, method: Method) -> None:
    named = method.named(ANSWERS[method.name].good, person_id="p" * 22, tools=desk.proofing.tools)
    for secret in (WANG.number, WANG.name, WANG.card):
        assert secret not in repr(named)


def test_answers_about_somebody_real_are_refused_in_a_sandbox_without_asking(desk: Desk, method: Method) -> None:
    somebody = ready(desk, method)
    asked = len(desk.asked.queries)
    decision = desk.proofing.open(somebody, method.name, ANSWERS[method.name].real, now=desk.now)
    assert isinstance(decision, Refused)
    assert decision.reason is Reason.SANDBOX
    assert len(desk.asked.queries) == asked
    assert not desk.asked.orders


def test_answers_about_somebody_invented_are_refused_in_production_without_asking(desk: Desk, method: Method) -> None:
    somebody = ready(desk, method)
    asked = len(desk.asked.queries)
    desk.proofing = replace(desk.proofing, tools=replace(desk.proofing.tools, sandbox=False))
    decision = desk.proofing.open(somebody, method.name, ANSWERS[method.name].good, now=desk.now)
    assert isinstance(decision, Refused)
    assert decision.reason is Reason.SANDBOX
    assert len(desk.asked.queries) == asked
    assert not desk.asked.orders


def test_without_what_it_requires_nobody_is_asked(desk: Desk, method: Method) -> None:
    if not method.requires:
        return
    decision = desk.proofing.open(desk.newcomer(), method.name, ANSWERS[method.name].good, now=desk.now)
    assert isinstance(decision, Refused)
    assert decision.reason is Reason.NEEDS_MATCH
    assert not desk.asked.orders


def test_good_answers_pass_or_wait_and_the_same_again_asks_nobody(desk: Desk, method: Method) -> None:
    somebody = ready(desk, method)
    first = desk.proofing.open(somebody, method.name, ANSWERS[method.name].good, now=desk.now)
    assert isinstance(first, Passed | Waiting)
    asked = len(desk.asked.queries), len(desk.asked.orders)
    again = desk.proofing.open(somebody, method.name, ANSWERS[method.name].good, now=desk.now)
    assert type(again) is type(first)
    assert (len(desk.asked.queries), len(desk.asked.orders)) == asked


def test_a_gateway_that_fails_leaves_nothing_but_an_open_case(desk: Desk, method: Method) -> None:
    somebody = ready(desk, method)
    before = desk.level(somebody)
    desk.break_wires()
    decision = desk.proofing.open(somebody, method.name, ANSWERS[method.name].good, now=desk.now)
    assert isinstance(decision, Unanswered)
    assert desk.level(somebody) == before
    desk.mend_wires()
    decision = desk.proofing.open(somebody, method.name, ANSWERS[method.name].good, now=desk.now)
    assert isinstance(decision, Passed | Waiting)


def test_submitting_to_a_case_that_does_not_wait_is_refused(desk: Desk, method: Method) -> None:
    decision = desk.proofing.submit(ready(desk, method), method.name, sandbox.DEPOSITS, now=desk.now)
    assert isinstance(decision, Refused)
    assert decision.reason is Reason.NOTHING_OPEN


def test_it_keeps_nothing_of_its_own_between_two_people(method: Method) -> None:
    assert not [name for name in vars(method) if not name.startswith("__")]
