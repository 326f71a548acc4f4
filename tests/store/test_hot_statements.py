"""Statements run on the driver's own cursor behave like all others: in errors, in types, to whoever listens."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import bindparam, column, insert, select, table, text, update

from idp.store.database import DatabaseError
from idp.store.hot import Hot
from idp.store.models import Person, table_of
from tests.security.recorder import statements

if TYPE_CHECKING:
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
    with database.once() as connection:
        assert ADD.run(connection, {"person_id": person_id, **SOMEBODY}) == 1


def test_values_go_in_and_come_out_as_the_types_of_their_columns(database: Database) -> None:
    added(database, "a")
    with database.read() as connection:
        assert FIND.first(connection, {"person_id": "a"}) == ("a", date(2026, 5, 17))
        assert FIND.first(connection, {"person_id": "b"}) is None
    with database.once() as connection:
        assert RISE.first(connection, {"b_id": "a", "b_level": "registry"}) == (date(2026, 5, 17), "registry")


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
