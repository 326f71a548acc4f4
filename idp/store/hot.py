"""Statements of every sign-in: Core statements like all others, compiled once and run by the driver itself.

Looking a compiled statement up, building its parameters and wrapping its rows costs SQLAlchemy about as much as SQLite
needs to answer. What a request runs every time goes this way; everything else asks the connection.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import LargeBinary, TextClause
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.dml import Insert

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import Connection, Dialect
    from sqlalchemy.engine.interfaces import DBAPICursor
    from sqlalchemy.sql.dml import UpdateBase
    from sqlalchemy.sql.selectable import Select


DRIVER = "yufu.driver"


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A statement for one dialect, and the names of its parameters in their order."""

    sql: str
    order: tuple[str, ...]
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
        rows, _count = self._run(connection, compiled, parameters)
        if not rows or not compiled.returned:
            return rows[0] if rows else None
        values = list(rows[0])
        for at, convert in compiled.returned:
            values[at] = convert(values[at])
        return tuple(values)

    def run(self, connection: Connection, parameters: dict[str, Any]) -> int:
        """Run it and return how many rows it touched."""
        return self._run(connection, self._for(connection, parameters), parameters)[1]

    def _for(self, connection: Connection, parameters: dict[str, Any]) -> _Compiled:
        dialect = connection.dialect
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = _compile(self._statement, dialect, tuple(parameters))
        return compiled

    @staticmethod
    def _run(
        connection: Connection, compiled: _Compiled, parameters: dict[str, Any]
    ) -> tuple[list[tuple[Any, ...]], int]:
        for name, convert in compiled.given:
            parameters[name] = convert(parameters[name])
        values = {**compiled.constants, **parameters} if compiled.constants else parameters
        given = [values[name] for name in compiled.order]
        driver = _driver(connection)
        # Whoever listens to the engine hears of these statements too.
        for listener in connection.dispatch.before_cursor_execute:
            listener(connection, driver, compiled.sql, given, None, False)  # noqa: FBT003 — as the event is defined
        try:
            return driver.run(compiled.sql, given)
        except connection.dialect.loaded_dbapi.Error as error:
            raise _wrapped(connection, compiled.sql, error) from error


class Driver(Protocol):
    """What runs statements on a connection of one driver."""

    def run(self, sql: str, values: list[Any], /) -> tuple[list[tuple[Any, ...]], int]:
        """Return the rows of a statement, and how many it returned or touched."""


class _OnCursor:
    """One cursor for all statements of a SQLite connection."""

    __slots__ = ("_cursor",)

    def __init__(self, cursor: DBAPICursor) -> None:
        self._cursor = cursor

    def run(self, sql: str, values: list[Any], /) -> tuple[list[tuple[Any, ...]], int]:
        """Read all of the rows: SQLite ends a statement, and commits it, when they have been read."""
        self._cursor.execute(sql, values)
        return list(self._cursor.fetchall()), self._cursor.rowcount


def _driver(connection: Connection) -> Driver:
    """Return what hot statements are run by, kept with a connection of the driver for as long as it lasts."""
    kept = connection.info
    driver: Driver | None = kept.get(DRIVER)
    if driver is None:
        driver = kept[DRIVER] = _new_driver(connection)
    return driver


def _new_driver(connection: Connection) -> Driver:
    if connection.dialect.name == "sqlite":
        return _OnCursor(connection.connection.cursor())
    from idp.store.prepared import Prepared  # a deployment on SQLite needs no psycopg

    return Prepared(connection.connection.driver_connection)  # type: ignore[arg-type] # psycopg's, of which alone we know


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
    sql, order = _in_order(compiled)
    types = {name: bind.type.dialect_impl(dialect) for name, bind in compiled.binds.items() if _differs(bind.type)}
    convert = {name: kind.bind_processor(dialect) for name, kind in types.items()}
    given = {name: how for name, how in convert.items() if how is not None}
    constants = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
    columns: Any = () if isinstance(statement, TextClause) else statement.exported_columns
    results = [
        column.type.dialect_impl(dialect).result_processor(dialect, None) if _differs(column.type) else None
        for column in columns
    ]
    return _Compiled(
        sql,
        order,
        tuple((name, how) for name, how in given.items() if name in names),
        tuple((at, how) for at, how in enumerate(results) if how is not None),
        {name: given[name](value) if name in given else value for name, value in constants.items()},
    )


def _in_order(compiled: Any) -> tuple[str, tuple[str, ...]]:
    """Return a statement with its parameters by position: where the dialect has them by name, as ``$1``, ``$2``, …."""
    if compiled.positional:
        return str(compiled), tuple(compiled.positiontup)
    order = tuple(dict.fromkeys(compiled.bind_names.values()))
    return str(compiled) % {name: f"${at}" for at, name in enumerate(order, 1)}, order


def _differs(kind: Any) -> bool:
    """Tell whether a type may be another one to a driver; bytes are bytes to either."""
    return not isinstance(kind, LargeBinary)
