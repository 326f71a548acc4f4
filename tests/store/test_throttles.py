"""Attempts are counted one by one, by however many processes, and forgotten with their window."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from idp.store import throttles
from idp.store.database import Database
from tests.conftest import NOW
from tests.store.test_single_use import PROCESSES, raced

if TYPE_CHECKING:
    from datetime import datetime

HITS = 100
MINUTE = timedelta(minutes=1)


def hit(database: Database, *, key: str = "key", now: datetime = NOW) -> int:
    with database.write() as connection:
        return throttles.hit(connection, key=key, window=MINUTE, now=now)[0]


def race_hits(url: str, count: int, start: object, results: object) -> None:
    """Hit the same key as fast as this process can; report every count that was returned."""
    database = Database.open(url, pool_size=1)
    counted, unclean = [], []
    start.wait()  # type: ignore[attr-defined] # a barrier of multiprocessing, which has no public type
    for _ in range(count):
        try:
            counted.append(hit(database))
        except Exception as error:  # noqa: BLE001 — any error at all is the finding
            unclean.append(repr(error))
    database.close()
    results.put((counted, unclean))  # type: ignore[attr-defined] # likewise


def test_no_two_attempts_are_counted_as_the_same(database: Database, database_url: str) -> None:
    counted, unclean = raced(race_hits, database_url, HITS)
    assert not unclean
    assert sorted(counted) == list(range(1, PROCESSES * HITS + 1))
    assert hit(database) == PROCESSES * HITS + 1


def test_a_window_begins_with_its_first_attempt_and_then_anew(database: Database) -> None:
    assert [hit(database, now=NOW + timedelta(seconds=at)) for at in (0, 30, 59, 60, 61)] == [1, 2, 3, 1, 2]


def test_the_end_of_the_window_is_told(database: Database) -> None:
    ends = []
    for at in (0, 59, 60):
        with database.write() as connection:
            moment = NOW + timedelta(seconds=at)
            ends.append(throttles.hit(connection, key="key", window=MINUTE, now=moment)[1])
    start = int(NOW.timestamp())
    assert ends == [start + 60, start + 60, start + 120]


def test_keys_do_not_count_for_each_other(database: Database) -> None:
    assert [hit(database, key=key) for key in "aabab"] == [1, 2, 1, 3, 2]


def test_what_is_over_is_purged(database: Database) -> None:
    hit(database, key="old")
    hit(database, key="young", now=NOW + timedelta(seconds=30))
    with database.write() as connection:
        assert throttles.purge(connection, now=NOW + timedelta(seconds=60)) == 1
    assert hit(database, key="young", now=NOW + timedelta(seconds=61)) == 2
