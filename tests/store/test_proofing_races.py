"""Two people proving the same number at once become one person; one form sent by many processes is one query."""

from __future__ import annotations

import multiprocessing
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

import keys
from idp.domain import bank_account, resident_id
from idp.domain.sandbox import SandboxIdentity
from idp.gateways.http import Reply
from idp.gateways.registry import RegistryGateway
from idp.proofing.decision import BoundTo, DuplicateOf
from idp.proofing.method import Passed, Reason, Refused, Waiting
from idp.store import people
from idp.store.database import Database
from idp.store.models import EvidenceRow, Identity, VaultRecord
from tests.rules.proofing.conftest import Desk, desk_over

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from idp.domain.ids import PersonId

NOW = datetime(2026, 11, 24, 8, 30, 15, tzinfo=UTC)
PROCESSES = 4
HUMANS = 8


class Agreeable:
    """A registry that knows everybody, so that a race needs no sandbox identity for each number."""

    def post(self, url: str, body: bytes, **_: object) -> Reply:  # noqa: ARG002 — the protocol's
        reference = msgspec.json.decode(body)["reference"]
        return Reply(200, {}, msgspec.json.encode({"reference": reference, "result": "match"}))


def desk_at(database_url: str, keys_url: str) -> Desk:
    """Open the desk of one process: the same database and keys as its neighbours', gateways of its own."""
    desk = desk_over(Database.open(database_url, pool_size=2), keys.open_keyring(keys_url), NOW)
    tools = desk.proofing.tools
    registry = RegistryGateway(replace(tools.registry.endpoint, transport=Agreeable()))
    desk.proofing = replace(desk.proofing, tools=replace(tools, registry=registry))
    return desk


@pytest.fixture
def keys_url(tmp_path: Path) -> str:
    """Keys in files, which several processes can open."""
    url = f"file:{tmp_path / 'keys'}"
    keys.create_keyring(url, now=NOW, offline=tmp_path / "offline", algorithms=("ES256",))
    return url


@pytest.fixture
def desk(database: Database, database_url: str, keys_url: str) -> Iterator[Desk]:
    """Open this process's own desk."""
    assert database
    desk = desk_at(database_url, keys_url)
    yield desk
    desk.database.close()


def human(at: int) -> SandboxIdentity:
    """Return the ``at``-th human: a number, a name and a card of their own."""
    seventeen = f"99010119800101{at:03}"
    return SandboxIdentity(seventeen + resident_id.check_character(seventeen), "测试", "in a race")


def run(move: Callable[[Desk, Any], object], work: list[Any], urls: tuple[str, str], start: Any, results: Any) -> None:
    """Make every move as fast as this process can, and report what became of it, errors included."""
    desk = desk_at(*urls)
    outcomes: list[object] = []
    start.wait()
    for item in work:
        try:
            outcomes.append(move(desk, item))
        except Exception as error:  # noqa: BLE001 — any error at all is the finding
            outcomes.append(repr(error))
    desk.database.close()
    results.put(outcomes)


def raced(move: Callable[[Desk, Any], object], work: list[list[Any]], urls: tuple[str, str]) -> list[list[Any]]:
    """Give each process its list of work; return, for each place in the lists, what the processes got there."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    start, results = context.Barrier(PROCESSES), context.Queue()
    racers = [context.Process(target=run, args=(move, mine, urls, start, results)) for mine in work]
    for racer in racers:
        racer.start()
    outcomes = [results.get(timeout=120) for _ in racers]
    for racer in racers:
        racer.join()
    return [list(each) for each in zip(*outcomes, strict=True)]


def tell(desk: Desk, person: PersonId) -> object:
    return desk.tell(person)


def guess(desk: Desk, person: PersonId) -> object:
    return desk.tell(person, 1, 1)


def query(desk: Desk, work: tuple[PersonId, int]) -> object:
    return desk.query(work[0], human(work[1]))


def deposited(desk: Desk, at: int) -> PersonId:
    """Somebody new whose deposits are on their way to a card of their own."""
    person, identity = desk.newcomer(), human(at)
    desk.query(person, identity)
    return person if isinstance(pay(desk, person, identity), Waiting) else pytest.fail("no deposits")


def pay(desk: Desk, person: PersonId, identity: SandboxIdentity) -> object:
    digits = f"0{abs(hash(person)) % 10**14:014}"
    return desk.deposit(person, card=digits + bank_account.check_digit(digits), holder=identity.name)


def reasons(outcomes: list[Any]) -> list[Reason]:
    return [outcome.reason for outcome in outcomes if isinstance(outcome, Refused)]


def test_of_people_who_prove_the_same_number_at_once_exactly_one_is_bound(
    desk: Desk, database_url: str, keys_url: str
) -> None:
    work = [[deposited(desk, at) for at in range(HUMANS)] for _ in range(PROCESSES)]
    results = raced(tell, work, (database_url, keys_url))
    for outcomes in results:
        bound = [outcome.person for outcome in outcomes if isinstance(outcome, BoundTo)]
        assert len(bound) == 1, outcomes
        others = [outcome for outcome in outcomes if not isinstance(outcome, BoundTo)]
        assert all(
            outcome == DuplicateOf(bound[0]) or reasons([outcome]) == [Reason.NOTHING_OPEN] for outcome in others
        ), outcomes
    assert len(desk.rows(Identity)) == len(desk.rows(VaultRecord)) == HUMANS
    levels = [desk.level(person) for mine in work for person in mine]
    assert levels.count("registry") == HUMANS


def test_of_accounts_that_prove_to_be_an_erased_human_at_once_exactly_one_becomes_that_person(
    desk: Desk, database_url: str, keys_url: str
) -> None:
    known = []
    for at in range(HUMANS // 2):
        person = deposited(desk, at)
        desk.tell(person)
        with desk.database.write() as connection:
            people.erase(connection, person_id=person, now=NOW)
        known.append(person)
    work = [[deposited(desk, at) for at in range(HUMANS // 2)] for _ in range(PROCESSES)]
    results = raced(tell, work, (database_url, keys_url))
    for person, outcomes in zip(known, results, strict=True):
        assert outcomes.count(BoundTo(person)) == 1, outcomes
        assert all(isinstance(outcome, BoundTo | DuplicateOf | Refused) for outcome in outcomes), outcomes
        assert desk.level(person) == "registry"


def test_a_form_sent_by_many_processes_at_once_is_one_query(desk: Desk, database_url: str, keys_url: str) -> None:
    applicants = [(desk.newcomer(), at) for at in range(HUMANS)]
    results = raced(query, [applicants] * PROCESSES, (database_url, keys_url))
    assert all(isinstance(outcome, Passed | Waiting) for outcomes in results for outcome in outcomes), results
    assert len(desk.audited("registry_queried")) == HUMANS
    assert len(desk.rows(EvidenceRow)) == HUMANS


def test_many_guesses_at_once_are_three_tries(desk: Desk, database_url: str, keys_url: str) -> None:
    applicants = [deposited(desk, at) for at in range(HUMANS)]
    results = raced(guess, [applicants] * PROCESSES, (database_url, keys_url))
    expected = [Reason.NO_TRIES_LEFT, Reason.NOTHING_OPEN, Reason.WRONG_AMOUNTS, Reason.WRONG_AMOUNTS]
    assert [sorted(reasons(outcomes)) for outcomes in results] == [expected] * HUMANS


def test_the_right_answer_sent_by_many_processes_at_once_binds_once(
    desk: Desk, database_url: str, keys_url: str
) -> None:
    applicants = [deposited(desk, at) for at in range(HUMANS)]
    results = raced(tell, [applicants] * PROCESSES, (database_url, keys_url))
    for person, outcomes in zip(applicants, results, strict=True):
        assert outcomes.count(BoundTo(person)) == 1, outcomes
        assert reasons(outcomes) == [Reason.NOTHING_OPEN] * (PROCESSES - 1)
    assert len(desk.audited("identity_bound")) == HUMANS
