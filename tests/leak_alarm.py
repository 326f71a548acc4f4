"""The alarm: every test fails in which anything is logged that nobody may read there.

It listens to our events from `debug` on, and to every library's logger. What it looks for: anything with the shape of
a credential or of a resident number, the invented people's names, and whatever a test plants with
`leak_alarm.plant(…)`: an account's id, a pseudonym, a short-lived code. Lines of a server in another process are handed
over with `leak_alarm.read(text)`.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import msgspec
import pytest

from idp import log

if TYPE_CHECKING:
    from collections.abc import Iterator


class LeakAlarm(logging.Handler):
    """Remembers every leak in what is logged; planted values are looked for in lines already written, too."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.events: list[log.Line] = []
        """Our own events, for tests of what is told."""
        self._lines: list[str] = []
        self._planted: set[str] = set()

    def plant(self, *secrets: str) -> None:
        """Say what may not appear. Values shorter than four characters would be found anywhere, so they are refused."""
        assert all(len(secret) >= 4 for secret in secrets), "too short to be told from chance"
        self._planted.update(secrets)

    def read(self, text: str) -> None:
        """Look through lines that another process wrote."""
        self._lines += text.splitlines()

    def forget(self) -> None:
        """Let what has leaked so far be: for a test of the alarm itself."""
        self._lines.clear()

    def take(self, line: log.Line) -> None:
        """Remember an event as it would be written, before the last belt blots anything out."""
        self.events.append(line)
        self._lines.append(msgspec.json.encode(line).decode())

    def emit(self, record: logging.LogRecord) -> None:
        """Remember what a library says."""
        self._lines.append(msgspec.json.encode(log.library_line(record)).decode())

    @property
    def leaks(self) -> list[str]:
        """What has leaked so far, each with its line."""
        found = [f"{match.group()} in {line}" for line in self._lines for match in log.CREDENTIAL_SHAPES.finditer(line)]
        found += [f"{secret} in {line}" for line in self._lines for secret in self._planted if secret in line]
        found += [f"a field that is not on the list in {line}" for line in self._lines if '"refused":' in line]
        return found


@pytest.fixture(autouse=True)
def leak_alarm() -> Iterator[LeakAlarm]:
    """Armed in every test; the test fails at its end if something leaked."""
    alarm = LeakAlarm()
    listening, root = log.Outlet(logging.DEBUG, alarm.take), logging.getLogger()
    log.outlets.append(listening)
    root.addHandler(alarm)
    try:
        yield alarm
    finally:
        root.removeHandler(alarm)
        log.outlets.remove(listening)
    if alarm.leaks:
        pytest.fail("The log holds what it must not:\n" + "\n".join(alarm.leaks), pytrace=False)
