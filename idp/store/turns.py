"""Turns to write to a SQLite file, and one commit for all who waited for theirs.

SQLite has one writer at a time, and a synced commit is most of what a small statement costs. The threads of a process
take turns instead of sleeping on the file's lock, and whoever gets the turn also runs the statements of those who queue
behind: each gets its own rows or its own error, and nobody is answered before the commit that holds its row is on disk.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from types import TracebackType

    from sqlalchemy import Connection

    Open = Callable[[], AbstractContextManager[Connection]]

T = TypeVar("T")


class Turns:
    """A lock among threads, and the queue of single statements before it.

    ``alone`` opens a connection on which a statement is a transaction by itself, ``together`` one for many.
    """

    def __init__(self, *, alone: Open, together: Open) -> None:
        self._alone = alone
        self._together = together
        self._lock = threading.RLock()
        self._waiting: deque[_Job[Any]] = deque()

    def __enter__(self) -> None:
        """Wait for the turn."""
        self._lock.acquire()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Give it on."""
        self._lock.release()

    def once(self, work: Callable[[Connection], T]) -> T:
        """Have the single statement of ``work`` committed, alone or with others, and return what it returned."""
        job = _Job(work)
        self._waiting.append(job)
        with self._lock:
            if not job.settled:
                self._settle()
        return job.outcome()

    def _settle(self) -> None:
        """Run and commit everything that waits, this thread's own among it."""
        jobs: list[_Job[Any]] = []
        while self._waiting:
            jobs.append(self._waiting.popleft())
        try:
            with self._together() if len(jobs) > 1 else self._alone() as connection:
                for job in jobs:
                    job.run(connection)
        except BaseException as error:
            for job in jobs:
                job.fail(error)
            raise
        for job in jobs:
            job.settled = True


class _Job(Generic[T]):
    """One statement, and what came of it."""

    __slots__ = ("_error", "_result", "_work", "settled")

    def __init__(self, work: Callable[[Connection], T]) -> None:
        self._work = work
        self._result: T | None = None
        self._error: BaseException | None = None
        self.settled = False

    def run(self, connection: Connection) -> None:
        """Run it; its own error is its own, as long as the transaction stands."""
        try:
            self._result = self._work(connection)
        except Exception as error:
            if not connection.connection.dbapi_connection.in_transaction:  # type: ignore[union-attr] # sqlite3 has it
                raise  # it was alone, or the disk is full: nothing of this transaction is left
            self._error = error

    def fail(self, error: BaseException) -> None:
        """Let it end as the transaction did."""
        self._error = error
        self.settled = True

    def outcome(self) -> T:
        """Return what the statement gave, or raise what it raised."""
        if self._error is not None:
            raise self._error
        return self._result  # type: ignore[return-value] # it has run
