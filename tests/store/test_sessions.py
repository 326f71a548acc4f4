"""Sessions are found with their person's predicates in one statement, and end for whom they belong to only."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import event

from idp.store import people, sessions
from tests.store.people_samples import LIFETIME, Account, account

if TYPE_CHECKING:
    from datetime import datetime

    from idp.store.database import Database


def found(database: Database, made: Account, *, now: datetime) -> sessions.Found | None:
    with database.read() as connection:
        return sessions.find(connection, id_hash=made.session, now=now)


def test_a_session_tells_what_its_person_amounts_to_in_one_statement(database: Database, now: datetime) -> None:
    made = account(database, verified=True)
    statements: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    session = found(database, made, now=now)
    assert session is not None
    assert (session.person_id, session.level, session.verified_on) == (made.person_id, "registry", now.date())
    assert len(statements) == 1


def test_a_session_is_gone_after_its_last_hour(database: Database, now: datetime) -> None:
    made = account(database)
    assert found(database, made, now=now + LIFETIME) is not None, "the precise end is sealed, for the service to see"
    assert found(database, made, now=now + LIFETIME + timedelta(hours=1)) is None


def test_whoever_erased_the_account_is_signed_in_nowhere(database: Database, now: datetime) -> None:
    made = account(database)
    with database.write() as connection:
        people.erase(connection, person_id=made.person_id, now=now)
    assert found(database, made, now=now) is None


def test_nobody_ends_somebody_elses_session(database: Database, now: datetime) -> None:
    thief, victim = account(database), account(database)
    with database.write() as connection:
        assert not sessions.remove_one(connection, person_id=thief.person_id, id_hash=victim.session)
        sessions.remove_all(connection, person_id=thief.person_id, now=now)
    assert found(database, victim, now=now) is not None
    assert found(database, thief, now=now) is None


def test_all_but_one_can_end(database: Database, now: datetime) -> None:
    made = account(database)
    with database.write() as connection:
        for number in range(3):
            sessions.add(
                connection,
                id_hash=bytes([number]) * 32,
                person_id=made.person_id,
                sealed=b"sealed",
                sid_seed=bytes(16),
                device="Firefox · Linux",
                until=now + LIFETIME,
                now=now,
            )
        assert sessions.remove_all(connection, person_id=made.person_id, keep=made.session, now=now) == 3
        listed = sessions.listed(connection, person_id=made.person_id, now=now)
    assert [each.id_hash for each in listed] == [made.session]


def test_the_list_shows_whole_hours_only(database: Database, now: datetime) -> None:
    made = account(database)
    with database.read() as connection:
        (listed,) = sessions.listed(connection, person_id=made.person_id, now=now)
    assert listed.since == now.replace(minute=0, second=0, microsecond=0)


def test_sessions_that_ended_by_themselves_are_purged(database: Database, now: datetime) -> None:
    account(database)
    with database.write() as connection:
        assert sessions.purge(connection, now=now + LIFETIME) == 0
        assert sessions.purge(connection, now=now + LIFETIME + timedelta(hours=1)) == 1
