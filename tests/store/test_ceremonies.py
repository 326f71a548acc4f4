"""A challenge convinces once, however many processes answer it, and leaves no trace of when."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from idp.store import ceremonies
from idp.store.database import Database
from idp.store.models import Ceremony, table_of
from tests.conftest import NOW
from tests.store.test_single_use import raced

if TYPE_CHECKING:
    from datetime import datetime

CHALLENGES = 250
UNTIL = NOW + timedelta(minutes=5)


def hash_of(number: int) -> bytes:
    return hashlib.sha256(str(number).encode()).digest()


def stored(database: Database, count: int, *, purpose: str = "sign-in") -> None:
    with database.write() as connection:
        for number in range(count):
            ceremonies.add(connection, challenge_hash=hash_of(number), purpose=purpose, sealed=b"sealed", until=UNTIL)


def spend(database: Database, number: int, *, purpose: str = "sign-in", now: datetime = NOW) -> bytes | None:
    with database.write() as connection:
        return ceremonies.spend(connection, challenge_hash=hash_of(number), purpose=purpose, now=now)


def race_challenges(url: str, count: int, start: object, results: object) -> None:
    """Answer every challenge as fast as this process can."""
    database = Database.open(url, pool_size=1)
    won, unclean = [], []
    start.wait()  # type: ignore[attr-defined] # a barrier of multiprocessing, which has no public type
    for number in range(count):
        try:
            if spend(database, number):
                won.append(number)
        except Exception as error:  # noqa: BLE001 — any error at all is the finding
            unclean.append(repr(error))
    database.close()
    results.put((won, unclean))  # type: ignore[attr-defined] # likewise


def test_four_processes_spend_hundreds_of_challenges_exactly_once(database: Database, database_url: str) -> None:
    stored(database, CHALLENGES)
    won, unclean = raced(race_challenges, database_url, CHALLENGES)
    assert not unclean
    assert sorted(won) == list(range(CHALLENGES))


def test_a_challenge_made_for_one_purpose_is_not_there_for_another(database: Database) -> None:
    stored(database, 1, purpose="confirm:erase")
    assert spend(database, 0, purpose="sign-in") is None
    assert spend(database, 0, purpose="confirm:erase") == b"sealed"


def test_a_challenge_ends_on_the_second(database: Database) -> None:
    stored(database, 2)
    assert spend(database, 0, now=UNTIL - timedelta(seconds=1)) == b"sealed"
    assert spend(database, 1, now=UNTIL) is None


def test_challenges_whose_time_is_over_are_gone_and_others_are_not(database: Database) -> None:
    stored(database, 3)
    spend(database, 0)
    with database.write() as connection:
        assert ceremonies.purge(connection, now=UNTIL - timedelta(seconds=1)) == 0
        assert ceremonies.purge(connection, now=UNTIL) == 3
        assert connection.execute(select(table_of(Ceremony))).first() is None
