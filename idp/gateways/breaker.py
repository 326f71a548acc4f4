"""A circuit breaker: after a row of failures, stop asking for a while; then let one question through to find out."""

from __future__ import annotations

import time
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Breaker:
    """Closed (asks), open (does not), half open (one asks). One per gateway and process; safe between threads.

    The clock is the monotonic one: a step of the wall clock must not reopen a registry that is down.
    """

    def __init__(self, *, failures: int = 5, rest: float = 60.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = failures
        self._rest = rest
        self._clock = clock
        self._lock = Lock()
        self._in_a_row = 0
        self._resting_until = 0.0

    def allows(self) -> bool:
        """Tell whether to ask now. A True while half open is the only one until that question is answered."""
        with self._lock:
            if self._in_a_row < self._limit:
                return True
            if self._clock() < self._resting_until:
                return False
            self._resting_until = self._clock() + self._rest
            return True

    def succeeded(self) -> None:
        """Close the circuit."""
        with self._lock:
            self._in_a_row = 0

    def failed(self, *, for_certain: bool = False) -> None:
        """Count one failure; ``for_certain`` opens the circuit at once (our credential was refused)."""
        with self._lock:
            self._in_a_row = self._limit if for_certain else self._in_a_row + 1
            self._resting_until = self._clock() + self._rest
