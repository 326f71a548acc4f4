"""Watches every transaction: which tables it writes, and so which halves."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import event

from idp.store.models import Base

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

WRITES = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", re.IGNORECASE)


@contextmanager
def transactions(engine: Engine) -> Iterator[list[set[str]]]:
    """Collect, for each committed transaction, the tables it wrote."""
    done: list[set[str]] = []
    open_now: dict[int, set[str]] = {}

    def statement(connection: Connection, _cursor: Any, text: str, *_rest: Any) -> None:
        written = WRITES.match(text)
        if written:
            open_now.setdefault(id(connection.connection.dbapi_connection), set()).add(written.group(1))

    def commit(connection: Connection) -> None:
        done.append(open_now.pop(id(connection.connection.dbapi_connection), set()))

    def rollback(connection: Connection) -> None:
        open_now.pop(id(connection.connection.dbapi_connection), None)

    listeners = (("before_cursor_execute", statement), ("commit", commit), ("rollback", rollback))
    for name, listener in listeners:
        event.listen(engine, name, listener)
    try:
        yield done
    finally:
        for name, listener in listeners:
            event.remove(engine, name, listener)


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """Collect every statement that runs."""
    seen: list[str] = []

    def statement(_connection: Connection, _cursor: Any, text: str, *_rest: Any) -> None:
        if not text.startswith(("BEGIN", "SAVEPOINT", "RELEASE")):
            seen.append(text)

    event.listen(engine, "before_cursor_execute", statement)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", statement)


def halves(tables: set[str]) -> set[str]:
    """Return the halves that tables belong to, those that belong to neither left out."""
    return {str(Base.metadata.tables[name].info["half"]) for name in tables} - {"neither"}
