"""Cases, evidence and bindings on both databases: what one statement guarantees."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from idp.domain.evidence import Evidence, EvidenceKind, Method
from idp.domain.ids import PersonId, new_person_id
from idp.store import cases, evidence, identities, people, vault
from idp.store.models import VaultRecord, table_of

if TYPE_CHECKING:
    from idp.store.cases import Case
    from idp.store.database import Database

NUMBER, CARD = "n" * 43, "c" * 43


@pytest.fixture
def person(database: Database, now: datetime) -> PersonId:
    return newcomer(database, now)


def newcomer(database: Database, now: datetime) -> PersonId:
    person_id = new_person_id(secrets.token_bytes)
    with database.write() as connection:
        people.register(connection, person_id=person_id, now=now)
    return person_id


def begun(database: Database, person: PersonId, *, on: date, lease: bytes = b"lease") -> Case:
    with database.write() as connection:
        return cases.begin(
            connection,
            case_id=secrets.token_urlsafe(16),
            person_id=person,
            method=Method.MICRO_DEPOSIT,
            asked=cases.Asked(NUMBER, b"name", lease),
            on=on,
        )


def waiting(database: Database, person: PersonId, *, on: date) -> Case:
    case = begun(database, person, on=on)
    with database.write() as connection:
        until = on + timedelta(days=7)
        assert cases.settle(
            connection, case, state="waiting", sealed=b"state", tries_left=3, deadline_on=until, vault_record=b"record"
        )
    return case


def read(database: Database, person: PersonId) -> list[Case]:
    with database.read() as connection:
        return cases.of_person(connection, person_id=person)


def test_a_case_reads_as_it_was_begun(database: Database, person: PersonId, now: datetime) -> None:
    case = begun(database, person, on=now.date())
    assert read(database, person) == [case]
    assert "lease" not in repr(case)
    assert NUMBER not in repr(case)


def test_a_case_moves_on_once_from_the_state_it_was_read_in(
    database: Database, person: PersonId, now: datetime
) -> None:
    case = begun(database, person, on=now.date())
    with database.write() as connection:
        assert cases.settle(connection, case, state="passed")
    with database.write() as connection:
        assert not cases.settle(connection, case, state="refused")
    assert [each.state for each in read(database, person)] == ["passed"]


def test_an_answer_to_a_question_that_was_asked_again_comes_too_late(
    database: Database, person: PersonId, now: datetime
) -> None:
    case = begun(database, person, on=now.date())
    with database.write() as connection:
        again = cases.renew(connection, case, asked=cases.Asked("m" * 43, None, b"another lease"))
    with database.write() as connection:
        assert not cases.settle(connection, case, state="passed")
        assert cases.settle(connection, again, state="passed")


def test_there_are_three_tries_until_the_end_of_the_deadline(
    database: Database, person: PersonId, now: datetime
) -> None:
    case = waiting(database, person, on=now.date())
    days = [now.date(), now.date() + timedelta(days=8), now.date() + timedelta(days=7), now.date(), now.date()]
    left = []
    for day in days:
        with database.write() as connection:
            left.append(cases.spend_try(connection, case_id=case.case_id, on=day))
    assert left == [2, None, 1, 0, None]


def test_an_ended_case_keeps_nothing_and_says_why(database: Database, person: PersonId, now: datetime) -> None:
    waiting(database, person, on=now.date())
    with database.write() as connection:
        cases.end(connection, read(database, person)[0], state="refused", reason="claim_lost")
    (case,) = read(database, person)
    assert (case.state, case.reason, case.sealed, case.deadline_on) == ("refused", "claim_lost", None, None)
    with database.read() as connection:
        assert cases.vault_record(connection, case_id=case.case_id) is None


def test_only_passed_cases_claim_a_number(database: Database, person: PersonId, now: datetime) -> None:
    case = begun(database, person, on=now.date())
    with database.read() as connection:
        assert cases.claims_on(connection, identity_index=NUMBER) == []
    with database.write() as connection:
        cases.settle(connection, case, state="passed")
    with database.read() as connection:
        assert [each.case_id for each in cases.claims_on(connection, identity_index=NUMBER)] == [case.case_id]


def test_purging_takes_what_ended_without_passing_and_nothing_else(
    database: Database, person: PersonId, now: datetime
) -> None:
    for state in ("open", "passed", "refused", "closed"):
        with_state = begun(database, person, on=now.date())
        with database.write() as connection:
            cases.settle(connection, with_state, state=state)
    with database.write() as connection:
        assert cases.purge(connection, now=now + timedelta(days=30)) == 0
        assert cases.purge(connection, now=now + timedelta(days=31)) == 2
    assert sorted(case.state for case in read(database, person)) == ["open", "passed"]


def test_a_number_is_bound_once_and_leads_to_its_newest_record(
    database: Database, person: PersonId, now: datetime
) -> None:
    other, today = newcomer(database, now), now.date()
    with database.write() as connection:
        assert identities.bind(connection, blind_index=NUMBER, person_id=person, vault_ref="1" * 22, on=today) == person
        assert identities.bind(connection, blind_index=NUMBER, person_id=other, vault_ref="2" * 22, on=today) == person
        assert identities.holder(connection, blind_index=NUMBER) == person
        assert identities.of_person(connection, person_id=other) == frozenset()
        assert identities.of_person(connection, person_id=person) == {NUMBER}


def test_a_card_is_bound_once(database: Database, person: PersonId, now: datetime) -> None:
    other = newcomer(database, now)
    with database.write() as connection:
        assert identities.card_holder(connection, card_index=CARD) is None
        assert identities.bind_card(connection, card_index=CARD, person_id=person, on=now.date()) == person
        assert identities.bind_card(connection, card_index=CARD, person_id=other, on=now.date()) == person
        assert identities.card_holder(connection, card_index=CARD) == person


def test_evidence_is_kept_and_withdrawn_once(database: Database, person: PersonId, now: datetime) -> None:
    today = now.date()
    found = Evidence(evidence_id="e" * 22, kind=EvidenceKind.BANK_CONTROL, policy="2026-1", obtained_on=today)
    with database.write() as connection:
        evidence.keep(connection, found, person_id=person)
        assert evidence.of_person(connection, person_id=person) == [found]
        assert evidence.withdraw(connection, evidence_id="e" * 22, on=today)
        assert not evidence.withdraw(connection, evidence_id="e" * 22, on=today + timedelta(days=1))
        (kept,) = evidence.of_person(connection, person_id=person)
    assert kept.withdrawn_on == today


def test_a_vault_record_lies_under_its_reference(database: Database) -> None:
    with database.write() as connection:
        vault.put(connection, vault_ref="v" * 22, record=b"sealed")
    with database.read() as connection:
        assert [tuple(row) for row in connection.execute(select(table_of(VaultRecord)))] == [("v" * 22, b"sealed")]
