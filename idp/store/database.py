"""The one way to a database connection: autocommit for single statements, and writing transactions.

SQLite runs in WAL mode with ``synchronous=FULL``: a token is never acknowledged before its row is on disk. Writing
transactions start with ``BEGIN IMMEDIATE``; a deferred one would let two redeemers read before either writes, and the
loser would end in "database is locked" instead of a clean answer.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import SQLAlchemyError as DatabaseError

from idp.store.hot import Hot
from idp.store.turns import Turns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from types import TracebackType

__all__ = ["Database", "DatabaseError", "engine_options", "make_room", "prepare", "shown"]

T = TypeVar("T")

IDLE_SECONDS = 20.0
"""After so long a database may have been restarted, or a firewall may have forgotten the connection."""

BEGIN_IMMEDIATE = Hot(text("BEGIN IMMEDIATE"))
SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=10000",
)


def engine_options(url: str, *, pool_size: int = 8) -> dict[str, Any]:
    """Options for ``create_engine`` (and for Flask-SQLAlchemy, which calls it) that fit the database of ``url``."""
    options: dict[str, Any] = {"pool_size": pool_size, "max_overflow": 2 * pool_size}
    if make_url(url).get_backend_name() == "postgresql":
        options["pool_pre_ping"] = True
    return options


def shown(url: str) -> str:
    """Return a database URL fit for messages: without its password."""
    return make_url(url).render_as_string(hide_password=True)


def is_absent(url: str) -> bool:
    """Tell whether a database is a SQLite file that nobody has made yet; opening it would make an empty one."""
    parts = make_url(url)
    return parts.get_backend_name() == "sqlite" and bool(parts.database) and not Path(parts.database or "").exists()


def make_room(url: str) -> None:
    """Make the folder of a SQLite file, readable for us alone."""
    parts = make_url(url)
    if parts.get_backend_name() == "sqlite" and parts.database:
        Path(parts.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)


def prepare(engine: Engine) -> Engine:
    """Attach what every connection of ours needs; returns the same engine."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_immediate)
    return engine


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver must not begin transactions of its own
    cursor = connection.cursor()
    for pragma in SQLITE_PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin_immediate(connection: Connection) -> None:
    if not connection.get_execution_options().get("reading"):
        BEGIN_IMMEDIATE.run(connection, {})


class Database:
    """Three doors: :meth:`read`, :meth:`write` for one transaction, :meth:`once` for one that is a single statement.

    Each thread keeps a connection for either, since taking one from the pool and giving it back costs more than most of
    our statements. A connection that fails is given back at once and replaced by the next use.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        # On SQLite a connection that began nothing is already in autocommit; asking for it by name costs 40 µs.
        sqlite = engine.dialect.name == "sqlite"
        options: dict[str, Any] = {"reading": True} if sqlite else {"isolation_level": "AUTOCOMMIT"}
        self._reading, self._writing = _Reading(engine.execution_options(**options)), _Held(engine)
        self._turns = Turns(alone=self.read, together=self._transaction) if sqlite else None

    @classmethod
    def open(cls, url: str, *, pool_size: int = 8) -> Database:
        """Open the database of a SQLAlchemy URL (``sqlite:///…`` or ``postgresql+psycopg://…``)."""
        return cls(prepare(create_engine(url, **engine_options(url, pool_size=pool_size))))

    def read(self) -> AbstractContextManager[Connection]:
        """Give a connection whose every statement sees what is committed; no transaction is held open."""
        return self._reading

    def once(self, work: Callable[[Connection], T]) -> T:
        """Run ``work``, a single writing statement that is a transaction by itself, and return what it returned.

        On PostgreSQL it takes one way to the database instead of three; on SQLite it may share a commit with others.
        """
        if self._turns is not None:
            return self._turns.once(work)
        with self.read() as connection:
            return work(connection)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Yield a connection inside one transaction: committed at the end, rolled back on any exception."""
        with self._turns or nullcontext(), self._transaction() as connection:
            yield connection

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        connection = self._writing.take()
        self._writing.connection = None  # a second transaction inside the first one gets a connection of its own
        try:
            with connection.begin():
                yield connection
        except DatabaseError:
            connection.close()
            raise
        finally:
            if not connection.closed:
                self._writing.connection = connection

    def close(self) -> None:
        """Give this thread's and every pooled connection back to the operating system."""
        for held in (self._reading, self._writing):
            held.let_go()
        self.engine.dispose()


class _Held(threading.local):
    """A connection of one thread, and when the thread last asked for it."""

    def __init__(self, engine: Engine) -> None:
        """Begin with nothing, in each thread."""
        self._engine = engine
        self._asked = 0.0
        self.connection: Connection | None = None

    def take(self) -> Connection:
        """Return it; one long unused goes back to the pool, which tries one before it gives it out."""
        before, self._asked = self._asked, time.monotonic()
        if self.connection is not None and self._asked - before > IDLE_SECONDS:
            self.let_go()
        if self.connection is None:
            self.connection = self._engine.connect()
        return self.connection

    def let_go(self) -> None:
        """Give it back."""
        connection, self.connection = self.connection, None
        if connection is not None:
            connection.close()


class _Reading(_Held):
    """One that is held for as long as nothing fails."""

    def __enter__(self) -> Connection:
        """Take it."""
        return self.take()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Keep it, or give it back: what failed may have left it unusable."""
        if kind is not None:
            self.let_go()
