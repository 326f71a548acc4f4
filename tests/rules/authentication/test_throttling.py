"""Limits refuse what is beyond them, say when to come back, and keep nothing that could be recognised."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from idp.authentication.throttling import BY_NAME, LIMITS, Allowed, Refused, Throttles
from idp.settings import LimitSettings
from idp.store.models import Throttle, table_of

if TYPE_CHECKING:
    from datetime import datetime

    from idp.store.database import Database

KEY = b"k" * 32
THREE = LimitSettings(sign_ins_per_address_per_minute=3)


@pytest.fixture
def throttles(sqlite_database: Database) -> Throttles:
    """Three sign-ins a minute."""
    return Throttles(sqlite_database, KEY, THREE)


def test_as_many_as_the_settings_say_and_no_more(throttles: Throttles, now: datetime) -> None:
    outcomes = [throttles.hit("sign-in", "192.0.2.1", now=now) for _ in range(4)]
    assert outcomes == [Allowed(2), Allowed(1), Allowed(0), Refused(60)]


def test_the_refusal_says_when_to_come_back_and_that_is_true(throttles: Throttles, now: datetime) -> None:
    for _ in range(3):
        throttles.hit("sign-in", "192.0.2.1", now=now)
    refused = throttles.hit("sign-in", "192.0.2.1", now=now + timedelta(seconds=20))
    assert refused == Refused(40)
    assert isinstance(throttles.hit("sign-in", "192.0.2.1", now=now + timedelta(seconds=60)), Allowed)


def test_one_who_is_refused_does_not_use_up_anothers(throttles: Throttles, now: datetime) -> None:
    for _ in range(5):
        throttles.hit("sign-in", "192.0.2.1", now=now)
    assert throttles.hit("sign-in", "192.0.2.2", now=now) == Allowed(2)
    assert isinstance(throttles.hit("sign-up", "192.0.2.1", now=now), Allowed)


def test_parts_do_not_run_into_each_other(throttles: Throttles, now: datetime) -> None:
    assert throttles.hit("sign-in", "ab", "c", now=now) == throttles.hit("sign-in", "a", "bc", now=now) == Allowed(2)


def test_the_table_shows_nothing_that_was_limited(
    throttles: Throttles, sqlite_database: Database, now: datetime
) -> None:
    throttles.hit("registry-query-number", "11010519491231002X", now=now)
    other_key = Throttles(sqlite_database, b"o" * 32, THREE)
    other_key.hit("registry-query-number", "11010519491231002X", now=now)
    with sqlite_database.read() as connection:
        keys = list(connection.execute(select(table_of(Throttle).c.key)).scalars())
    assert len(set(keys)) == 2, "without the key nobody can try numbers against the table"
    assert all("1101" not in key and len(key) == 64 for key in keys)


def test_every_limit_of_the_settings_is_in_the_table() -> None:
    ones = LimitSettings(**{field.name: number for number, field in enumerate(fields(LimitSettings), start=1)})
    assert sorted(limit.attempts(ones) for limit in LIMITS) == list(range(1, len(fields(LimitSettings)) + 1))
    assert len(BY_NAME) == len(LIMITS)
