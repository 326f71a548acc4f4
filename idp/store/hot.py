"""Statements of every sign-in: Core statements like all others, compiled once and run on the driver's own cursor.

Looking a compiled statement up, building its parameters and wrapping its rows costs SQLAlchemy about as much as SQLite
needs to answer. What a request runs every time goes this way; everything else asks the connection.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import Connection, Dialect
    from sqlalchemy.sql.dml import UpdateBase
    from sqlalchemy.sql.selectable import Select


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

    def __init__(self, statement: Select[Any] | UpdateBase) -> None:
        """Keep a statement; it is compiled at its first use."""
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def first(self, connection: Connection, parameters: dict[str, Any]) -> tuple[Any, ...] | None:
        """Run it and return its first row."""
        compiled = self._for(connection, parameters)
        row: tuple[Any, ...] | None = None
        cursor = self._run(connection, compiled, parameters)
        rows = cursor.fetchall()  # all of it: SQLite ends a statement, and commits it, when it has been read
        cursor.close()
        if not rows:
            return None
        row = rows[0]
        if not compiled.returned:
            return row
        values = list(row)
        for at, convert in compiled.returned:
            values[at] = convert(values[at])
        return tuple(values)

    def run(self, connection: Connection, parameters: dict[str, Any]) -> int:
        """Run it and return how many rows it touched."""
        cursor = self._run(connection, self._for(connection, parameters), parameters)
        count: int = cursor.rowcount
        cursor.close()
        return count

    def _for(self, connection: Connection, parameters: dict[str, Any]) -> _Compiled:
        dialect = connection.dialect
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = _compile(self._statement, dialect, tuple(parameters))
        return compiled

    @staticmethod
    def _run(connection: Connection, compiled: _Compiled, parameters: dict[str, Any]) -> Any:
        if compiled.constants:
            parameters = {**compiled.constants, **parameters}
        for name, convert in compiled.given:
            parameters[name] = convert(parameters[name])
        given: Any = parameters if compiled.order is None else [parameters[name] for name in compiled.order]
        cursor = connection.connection.cursor()
        # Whoever listens to the engine hears of these statements too.
        for listener in connection.dispatch.before_cursor_execute:
            listener(connection, cursor, compiled.sql, given, None, False)  # noqa: FBT003 — as the event is defined
        try:
            cursor.execute(compiled.sql, given)
        except connection.dialect.loaded_dbapi.Error as error:
            raise _wrapped(connection, compiled.sql, error) from error
        return cursor


def _wrapped(connection: Connection, sql: str, error: Exception) -> BaseException:
    """Return a driver's error as SQLAlchemy would raise it, and give a connection up that is gone."""
    dialect = connection.dialect
    gone = dialect.is_disconnect(error, connection.connection, None)  # type: ignore[arg-type]
    if gone:
        connection.invalidate(error)
    base = dialect.loaded_dbapi.Error
    return DBAPIError.instance(
        sql, None, error, base, hide_parameters=True, connection_invalidated=gone, dialect=dialect
    )


def _compile(statement: Select[Any] | UpdateBase, dialect: Dialect, names: tuple[str, ...]) -> _Compiled:
    compiled: Any = statement.compile(dialect=dialect, column_keys=names if statement.is_insert else None)
    order = tuple(compiled.positiontup) if compiled.positional else None
    binds = {name: bind.type.dialect_impl(dialect).bind_processor(dialect) for name, bind in compiled.binds.items()}
    columns: Any = statement.exported_columns
    results = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
    return _Compiled(
        str(compiled),
        order,
        tuple((name, convert) for name, convert in binds.items() if convert is not None),
        tuple((at, convert) for at, convert in enumerate(results) if convert is not None),
        {name: bind.value for name, bind in compiled.binds.items() if not bind.required},
    )
