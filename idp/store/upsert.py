"""``INSERT … ON CONFLICT DO UPDATE`` in the dialect of the connection; both databases have it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection, Table
    from sqlalchemy.sql.dml import Insert


DIALECTS: Mapping[str, Any] = {"postgresql": postgresql, "sqlite": sqlite}


def dialect_insert(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """Return an INSERT that knows ``on_conflict_do_update`` and ``on_conflict_do_nothing``."""
    made: postgresql.Insert | sqlite.Insert = DIALECTS[connection.dialect.name].insert(table)
    return made


def upsert(connection: Connection, table: Table, *, keys: Mapping[str, Any], values: Mapping[str, Any]) -> Insert:
    """Insert ``keys | values``; where a row with those primary keys stands, set its ``values`` instead."""
    statement = dialect_insert(connection, table).values({**keys, **values})
    return statement.on_conflict_do_update(index_elements=list(keys), set_=dict(values))
