"""The migrations lead to exactly the models, on both databases, and running them again changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from idp.readiness import check_values
from idp.store import key_checks, migrate
from idp.store.database import Database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keys import Keyring


@pytest.fixture
def empty(bare_database_url: str) -> Iterator[Database]:
    """A database without a schema."""
    database = Database.open(bare_database_url)
    yield database
    database.close()


def test_the_migrations_lead_to_the_models(empty: Database) -> None:
    migrate.upgrade(empty)
    with empty.read() as connection:
        assert migrate.revision(connection) == migrate.head()
        assert migrate.differences(connection) == []


def test_the_migrations_leave_no_order_of_insertion(empty: Database) -> None:
    migrate.upgrade(empty)
    if empty.engine.dialect.name != "sqlite":
        return  # PostgreSQL has no such clause
    with empty.read() as connection:
        tables = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'table'").all()
    assert [name for name, sql in tables if "WITHOUT ROWID" not in sql] == ["alembic_version"]


def test_running_them_again_changes_nothing(empty: Database) -> None:
    migrate.upgrade(empty)
    migrate.upgrade(empty)
    with empty.read() as connection:
        assert migrate.differences(connection) == []


def test_a_database_remembers_the_keys_it_was_written_under(empty: Database, keyring: Keyring) -> None:
    migrate.upgrade(empty)
    right = dict(check_values(keyring))
    with empty.write() as connection:
        key_checks.claim(connection, right)
    with empty.write() as connection:
        key_checks.claim(connection, right)
    for name in right:
        wrong = right | {name: "0" * 16}
        with pytest.raises(key_checks.WrongKey, match=name), empty.write() as connection:
            key_checks.claim(connection, wrong)
        with pytest.raises(key_checks.WrongKey), empty.read() as connection:
            key_checks.check(connection, wrong)
