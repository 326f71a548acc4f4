"""Prepared statements of one PostgreSQL connection, run by libpq itself.

A cursor of psycopg parses the query, chooses types by the values at hand, and drives the socket by generators in
Python: all that costs more than twice what is left when a statement is prepared once and then only run. Values are
dumped and rows are loaded by psycopg's own adapters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psycopg import RawCursor
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus, Format

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg.pq.abc import PGresult

DONE = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)


class Prepared:
    """Runs statements whose parameters are ``$1``, ``$2``, … on a connection."""

    __slots__ = ("_adapters", "_connection", "_cursor", "_names")

    def __init__(self, connection: Connection[Any]) -> None:
        """Begin with nothing prepared."""
        self._connection = connection
        self._cursor = RawCursor(connection)
        self._adapters = Transformer(connection)
        self._names: dict[str, bytes] = {}

    def run(self, sql: str, values: list[Any]) -> tuple[list[tuple[Any, ...]], int]:
        """Return the rows of a statement and how many it returned or touched. Raises psycopg's errors."""
        if not self._connection.autocommit:  # only a cursor begins the transaction that a statement belongs to
            self._cursor.execute(sql, values)
            return (self._cursor.fetchall() if self._cursor.description else []), self._cursor.rowcount
        name = self._names.get(sql) or self._prepare(sql)
        # Bytes travel as they are; all else as text, which fits whatever type PostgreSQL has found for the parameter.
        formats = [_FORMATS.get(type(each), PyFormat.TEXT) for each in values]
        dumped: Any = self._adapters.dump_sequence(values, formats)
        result = self._connection.pgconn.exec_prepared(name, dumped, self._adapters.formats, Format.BINARY)
        _demand_success(result)
        if result.status != ExecStatus.TUPLES_OK:
            return [], result.command_tuples or 0
        self._adapters.set_pgresult(result)
        return self._adapters.load_rows(0, result.ntuples, tuple), result.ntuples

    def _prepare(self, sql: str) -> bytes:
        name = b"yufu_%d" % len(self._names)
        _demand_success(self._connection.pgconn.prepare(name, sql.encode()))
        self._names[sql] = name
        return name


_FORMATS = {bytes: PyFormat.BINARY}


def _demand_success(result: PGresult) -> None:
    if result.status not in DONE:
        raise error_from_result(result)
