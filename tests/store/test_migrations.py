"""The migrations lead to exactly the models, on both databases, and running them again changes nothing."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert, inspect

from idp.readiness import check_values
from idp.store import key_checks, migrate
from idp.store.database import Database
from idp.store.models import ClientRow, Grant, Person, SubjectRow, table_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idp.store.models import Base
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


def test_a_grant_of_the_release_before_goes_on_without_its_access_tokens(empty: Database) -> None:
    migrate.upgrade(empty, to="0002")
    with empty.write() as connection:
        connection.execute(insert(table_of(ClientRow)).values(SHOP | {"status": "active", "created_on": DAY}))
        row = {"grant_id": b"g" * 16, "client_id": "shop", "scope": "openid", "sealed": b"", "until_at": 9}
        connection.execute(insert(table_of(Grant)).values(row | {"refresh_generation": 3}))
    migrate.upgrade(empty)
    with empty.read() as connection:
        rows = connection.exec_driver_sql("SELECT refresh_generation, until_at, ended FROM grants").all()
        indexes = {index["name"]: index for index in inspect(connection).get_indexes("grants")}
    assert [tuple(row) for row in rows] == [(3, 9, None)]
    assert any(name.endswith("_where") for name in indexes["ix_grants_sid"]["dialect_options"]), "still a partial one"


DAY = date(2026, 1, 1)
SHOP = {"client_id": "shop", "sector": "shop.example", "name": "Shop", "document": "{}", "wants_sid": False}
ROWS: dict[str, list[tuple[type[Base], dict[str, object]]]] = {
    "people": [
        (Person, {"person_id": "p" * 22, "status": "erased", "level": "none", "policy": "1", "created_on": DAY})
    ],
    "subjects": [(SubjectRow, {"sector": "shop.example", "sub": "s" * 43, "status": "active"})],
    "grants": [
        (ClientRow, SHOP | {"status": "active", "created_on": DAY}),
        (Grant, {"grant_id": b"g" * 16, "client_id": "shop", "scope": "openid", "sealed": b"", "until_at": 0}),
    ],
}
"""What each kind of use leaves behind."""


@pytest.mark.parametrize("lost", ["bridge", "root", "both"])
@pytest.mark.parametrize("held", sorted(ROWS))
def test_a_database_in_use_that_forgot_a_key_is_bound_to_none(
    empty: Database, keyring: Keyring, held: str, lost: str
) -> None:
    migrate.upgrade(empty)
    right = dict(check_values(keyring))
    kept = {name: value for name, value in right.items() if lost not in {name, "both"}}
    with empty.write() as connection:
        key_checks.claim(connection, kept)
        for model, row in ROWS[held]:
            connection.execute(insert(table_of(model)).values(row))
    with pytest.raises(key_checks.KeysForgotten), empty.write() as connection:
        key_checks.claim(connection, right)
    with empty.write() as connection:
        key_checks.claim(connection, kept)
