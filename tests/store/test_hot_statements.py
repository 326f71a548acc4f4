"""Statements run on the driver's own cursor behave like all others: in errors, in types, to whoever listens."""

from __future__ import annotations

import sqlite3
import threading
from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import bindparam, column, insert, select, table, text, update

from idp.store.database import DatabaseError
from idp.store.hot import Hot
from idp.store.models import Person, table_of
from tests.security.recorder import statements, transactions

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from idp.store.database import Database

PEOPLE = table_of(Person)
NAMES = ("person_id", "status", "level", "policy", "verified_on")
ADD = Hot(insert(PEOPLE).values({**{name: bindparam(name) for name in NAMES}, "created_on": date(2026, 11, 24)}))
FIND = Hot(select(PEOPLE.c.person_id, PEOPLE.c.verified_on).where(PEOPLE.c.person_id == bindparam("person_id")))
RISE = Hot(
    update(PEOPLE)
    .where(PEOPLE.c.person_id == bindparam("b_id"))
    .values(level=bindparam("b_level"))
    .returning(PEOPLE.c.verified_on, PEOPLE.c.level)
)
ABSENT = Hot(select(column("x")).select_from(table("no_such_table")))
SOMEBODY = {"status": "active", "level": "none", "policy": "2026-1", "verified_on": date(2026, 5, 17)}


def added(database: Database, person_id: str) -> None:
    assert database.once(lambda connection: ADD.run(connection, {"person_id": person_id, **SOMEBODY})) == 1


def test_values_go_in_and_come_out_as_the_types_of_their_columns(database: Database) -> None:
    added(database, "a")
    with database.read() as connection:
        assert FIND.first(connection, {"person_id": "a"}) == ("a", date(2026, 5, 17))
        assert FIND.first(connection, {"person_id": "b"}) is None
    risen = database.once(lambda connection: RISE.first(connection, {"b_id": "a", "b_level": "registry"}))
    assert risen == (date(2026, 5, 17), "registry")


def test_a_single_statement_is_committed_when_its_rows_are_read(database: Database, database_url: str) -> None:
    added(database, "a")
    other = type(database).open(database_url)
    with other.read() as connection:
        assert FIND.first(connection, {"person_id": "a"}) is not None
    other.close()


def test_inside_a_transaction_it_is_part_of_it(database: Database) -> None:
    def half_done() -> None:
        with database.write() as connection:
            ADD.run(connection, {"person_id": "a", **SOMEBODY})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half_done()
    with database.read() as connection:
        assert FIND.first(connection, {"person_id": "a"}) is None


def test_a_drivers_error_is_a_database_error_like_any_other(database: Database) -> None:
    with pytest.raises(DatabaseError), database.read() as connection:
        ABSENT.first(connection, {})
    added(database, "a")
    with pytest.raises(DatabaseError) as refused:
        added(database, "a")
    assert "2026-05-17" not in str(refused.value)


def test_whoever_listens_to_the_engine_hears_of_it(database: Database) -> None:
    with statements(database.engine) as seen:
        added(database, "a")
    assert [each.split()[0] for each in seen] == ["INSERT"]


def together(database: Database, works: dict[str, Callable[[Connection], int]]) -> dict[str, str]:
    """Have all of them wait for one turn, and return what came of each."""
    outcomes: dict[str, str] = {}

    def run(name: str, work: Callable[[Connection], int]) -> None:
        try:
            database.once(work)
            outcomes[name] = "done"
        except (DatabaseError, sqlite3.Error):
            outcomes[name] = "refused"

    threads = [threading.Thread(target=run, args=each) for each in works.items()]
    with database.write():  # nobody gets a turn before all of them wait
        for thread in threads:
            thread.start()
        queue = database._turns._waiting  # type: ignore[union-attr]
        while len(queue) < len(works):
            threads[0].join(0.001)
    for thread in threads:
        thread.join()
    return outcomes


def adding(person_id: str) -> Callable[[Connection], int]:
    return lambda connection: ADD.run(connection, {"person_id": person_id, **SOMEBODY})


def test_those_who_wait_share_a_commit_and_each_gets_its_own_rows_or_error(sqlite_database: Database) -> None:
    added(sqlite_database, "taken")
    with transactions(sqlite_database.engine) as committed:
        outcomes = together(sqlite_database, {name: adding(name) for name in ("a", "b", "taken", "c")})
    assert outcomes == {"a": "done", "b": "done", "taken": "refused", "c": "done"}
    assert committed == [set(), {"people"}]
    with sqlite_database.read() as connection:
        assert all(FIND.first(connection, {"person_id": name}) for name in outcomes)


def test_when_the_transaction_is_lost_nobody_is_told_that_it_was_done(sqlite_database: Database) -> None:
    def lose(connection: Connection) -> int:
        connection.connection.cursor().execute("ROLLBACK")  # as SQLite does by itself when the disk is full
        raise sqlite3.OperationalError("the disk is full")

    outcomes = together(sqlite_database, {"a": adding("a"), "lost": lose, "b": adding("b")})
    assert set(outcomes.values()) == {"refused"}
    with sqlite_database.read() as connection:
        assert not any(FIND.first(connection, {"person_id": name}) for name in outcomes)
    added(sqlite_database, "a")


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_a_connection_that_was_cut_is_replaced(database: Database) -> None:
    added(database, "a")
    with database.read() as connection:
        mine = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    with database.write() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": mine})
    with pytest.raises(DatabaseError), database.read() as connection:
        FIND.first(connection, {"person_id": "a"})
    with database.read() as connection:
        assert FIND.first(connection, {"person_id": "a"}) is not None
