"""Statements of every sign-in: Core statements like all others, compiled once and run on the driver's own cursor.

Looking a compiled statement up, building its parameters and wrapping its rows costs SQLAlchemy about as much as SQLite
needs to answer. What a request runs every time goes this way; everything else asks the connection.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import TextClause
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.dml import Insert

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import Connection, Dialect
    from sqlalchemy.sql.dml import UpdateBase
    from sqlalchemy.sql.selectable import Select


CURSOR = "yufu.cursor"


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A statement for one dialect. ``order`` is None where the driver takes parameters by name."""

    sql: str
    order: tuple[str, ...] | None
    given: tuple[tuple[str, Callable[[Any], Any]], ...]
    """What has to be converted on its way in, by name."""
    returned: tuple[tuple[int, Callable[[Any], Any]], ...]
    """What has to be converted on its way out, by position."""
    constants: Mapping[str, Any]
    """The values that stand in the statement itself."""


class Hot:
    """One statement, every parameter of which is a named ``bindparam``; an INSERT always gets the same columns."""

    def __init__(self, statement: Select[Any] | UpdateBase | TextClause) -> None:
        """Keep a statement; it is compiled at its first use."""
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def first(self, connection: Connection, parameters: dict[str, Any]) -> tuple[Any, ...] | None:
        """Run it and return its first row."""
        compiled = self._for(connection, parameters)
        rows, _count = self._run(connection, compiled, parameters, returns=True)
        if not rows or not compiled.returned:
            return rows[0] if rows else None
        values = list(rows[0])
        for at, convert in compiled.returned:
            values[at] = convert(values[at])
        return tuple(values)

    def run(self, connection: Connection, parameters: dict[str, Any]) -> int:
        """Run it and return how many rows it touched."""
        compiled = self._for(connection, parameters)
        return self._run(connection, compiled, parameters, returns=False)[1]

    def _for(self, connection: Connection, parameters: dict[str, Any]) -> _Compiled:
        dialect = connection.dialect
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = _compile(self._statement, dialect, tuple(parameters))
        return compiled

    @staticmethod
    def _run(
        connection: Connection, compiled: _Compiled, parameters: dict[str, Any], *, returns: bool
    ) -> tuple[list[tuple[Any, ...]], int]:
        for name, convert in compiled.given:
            parameters[name] = convert(parameters[name])
        values = {**compiled.constants, **parameters} if compiled.constants else parameters
        given: Any = values if compiled.order is None else [values[name] for name in compiled.order]
        cursor = _cursor(connection)
        # Whoever listens to the engine hears of these statements too.
        for listener in connection.dispatch.before_cursor_execute:
            listener(connection, cursor, compiled.sql, given, None, False)  # noqa: FBT003 — as the event is defined
        try:
            cursor.execute(compiled.sql, given)
            # All of it: SQLite ends a statement, and commits it, when it has been read.
            return (list(cursor.fetchall()) if returns else []), cursor.rowcount
        except connection.dialect.loaded_dbapi.Error as error:
            raise _wrapped(connection, compiled.sql, error) from error


def _cursor(connection: Connection) -> Any:
    """Return the one cursor that hot statements use on a connection of the driver: PostgreSQL's are costly to make."""
    kept = connection.info
    cursor = kept.get(CURSOR)
    if cursor is None:
        cursor = kept[CURSOR] = connection.connection.cursor()
    return cursor


def _wrapped(connection: Connection, sql: str, error: Exception) -> BaseException:
    """Return a driver's error as SQLAlchemy would raise it, and give a connection up that is gone."""
    dialect = connection.dialect
    gone = dialect.is_disconnect(error, connection.connection, None)  # type: ignore[arg-type] # pool proxy
    if gone:
        connection.invalidate(error)
    base = dialect.loaded_dbapi.Error
    return DBAPIError.instance(
        sql, None, error, base, hide_parameters=True, connection_invalidated=gone, dialect=dialect
    )


def _compile(statement: Select[Any] | UpdateBase | TextClause, dialect: Dialect, names: tuple[str, ...]) -> _Compiled:
    compiled: Any = statement.compile(dialect=dialect, column_keys=names if isinstance(statement, Insert) else None)
    order = tuple(compiled.positiontup) if compiled.positional else None
    convert = {name: bind.type.dialect_impl(dialect).bind_processor(dialect) for name, bind in compiled.binds.items()}
    given = {name: how for name, how in convert.items() if how is not None}
    constants = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
    columns: Any = () if isinstance(statement, TextClause) else statement.exported_columns
    results = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
    return _Compiled(
        str(compiled),
        order,
        tuple((name, how) for name, how in given.items() if name in names),
        tuple((at, how) for at, how in enumerate(results) if how is not None),
        {name: given[name](value) if name in given else value for name, value in constants.items()},
    )
