"""What a session says, for how long, and what its row does not say."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from idp.authentication.sessions import Sessions, SignedIn
from idp.domain.ids import new_person_id
from idp.store import people
from idp.store.models import Session, table_of
from idp.store.times import from_milliseconds, milliseconds

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import keys
    from idp.store.database import Database

SESSIONS = table_of(Session)
LIFETIME = timedelta(hours=12)


@dataclass
class Announced:
    """Remembers which sessions' ends were announced."""

    seeds: list[bytes] = field(default_factory=list)

    def __call__(self, seeds: Sequence[bytes], *, now: datetime) -> None:
        assert now.tzinfo is not None
        self.seeds += seeds


@pytest.fixture
def sessions(sqlite_database: Database, keyring: keys.Keyring) -> Sessions:
    """The service under test."""
    return Sessions(sqlite_database, keyring.records, LIFETIME, Announced())


def sign_in(sessions: Sessions, *, now: datetime) -> SignedIn:
    person_id = new_person_id(secrets.token_bytes)
    with sessions.database.write() as connection:
        people.register(connection, person_id=person_id, now=now)
    return SignedIn(person_id, now + timedelta(milliseconds=123), "phr", ("mfa", "pop", "swk", "user"))


def opened(sessions: Sessions, signed_in: SignedIn, *, now: datetime, replacing: str | None = None) -> str:
    return sessions.open(signed_in, device="Chrome · Windows", replacing=replacing, now=now)


def test_a_session_tells_who_signed_in_when_and_how_to_the_millisecond(sessions: Sessions, now: datetime) -> None:
    who = sign_in(sessions, now=now)
    session = sessions.load(opened(sessions, who, now=now), now=now)
    assert session is not None
    assert (session.person_id, session.auth_time, session.acr, session.amr) == (
        who.person_id,
        who.auth_time,
        who.acr,
        who.amr,
    )


def test_the_row_holds_the_cookies_hash_and_whole_hours_only(sessions: Sessions, now: datetime) -> None:
    cookie = opened(sessions, sign_in(sessions, now=now), now=now)
    with sessions.database.read() as connection:
        row = connection.execute(select(SESSIONS)).one()
    assert row.id_hash == sha256(cookie.encode()).digest()
    assert row.created_hour % 3600 == row.until_hour % 3600 == 0
    assert cookie.encode() not in row.sealed


def test_a_session_ends_when_its_life_is_over_however_much_it_is_used(sessions: Sessions, now: datetime) -> None:
    who = sign_in(sessions, now=now)
    cookie = opened(sessions, who, now=now)
    for hours in range(12):
        assert sessions.load(cookie, now=now + timedelta(hours=hours)) is not None
    assert sessions.load(cookie, now=who.auth_time + LIFETIME - timedelta(milliseconds=1)) is not None
    assert sessions.load(cookie, now=who.auth_time + LIFETIME) is None


def test_a_shorter_life_in_the_settings_holds_for_sessions_that_exist(sessions: Sessions, now: datetime) -> None:
    cookie = opened(sessions, sign_in(sessions, now=now), now=now)
    stricter = Sessions(sessions.database, sessions.seal, timedelta(hours=1), sessions.announce)
    assert stricter.load(cookie, now=now + timedelta(hours=2)) is None


def test_signing_in_again_ends_the_session_before(sessions: Sessions, now: datetime) -> None:
    who = sign_in(sessions, now=now)
    first = opened(sessions, who, now=now)
    second = opened(sessions, who, now=now, replacing=first)
    assert first != second
    assert sessions.load(first, now=now) is None
    assert sessions.load(second, now=now) is not None


def test_to_sites_it_is_one_session_while_the_same_person_signs_in_anew(sessions: Sessions, now: datetime) -> None:
    who, other = sign_in(sessions, now=now), sign_in(sessions, now=now)
    first = opened(sessions, who, now=now)
    before = sessions.load(first, now=now)
    second = opened(sessions, who, now=now, replacing=first)
    after = sessions.load(second, now=now)
    assert before is not None
    assert after is not None
    assert before.sid_seed == after.sid_seed
    assert len(before.sid_seed) == 16
    assert isinstance(sessions.announce, Announced)
    assert not sessions.announce.seeds
    third = sessions.load(opened(sessions, other, now=now, replacing=second), now=now)
    assert third is not None
    assert third.sid_seed != before.sid_seed
    assert sessions.announce.seeds == [before.sid_seed]


def test_signing_out_ends_this_session_and_no_other(sessions: Sessions, now: datetime) -> None:
    who = sign_in(sessions, now=now)
    here, there = opened(sessions, who, now=now), opened(sessions, who, now=now)
    session = sessions.load(here, now=now)
    assert session is not None
    sessions.forget(session)
    assert sessions.load(here, now=now) is None
    assert sessions.load(there, now=now) is not None


def test_all_other_sessions_can_be_ended(sessions: Sessions, now: datetime) -> None:
    who = sign_in(sessions, now=now)
    cookies = [opened(sessions, who, now=now) for _ in range(3)]
    here = sessions.load(cookies[0], now=now)
    assert here is not None
    others = {found.sid_seed for each in cookies[1:] if (found := sessions.load(each, now=now))}
    assert sessions.end_others(here, now=now) == 2
    assert isinstance(sessions.announce, Announced)
    assert set(sessions.announce.seeds) == others
    assert [sessions.load(cookie, now=now) is not None for cookie in cookies] == [True, False, False]


@pytest.mark.parametrize("cookie", [None, "", "x" * 43, "x" * 42, "é" * 43, "x" * 42 + "\n", "x" * 100_000])
def test_a_cookie_that_is_not_ours_is_nobodys(sessions: Sessions, now: datetime, cookie: str | None) -> None:
    assert sessions.load(cookie, now=now) is None


def test_facts_moved_to_another_row_sign_nobody_in(sessions: Sessions, now: datetime) -> None:
    mine = opened(sessions, sign_in(sessions, now=now), now=now)
    other = opened(sessions, sign_in(sessions, now=now - timedelta(hours=5)), now=now)
    with sessions.database.write() as connection:
        sealed = connection.execute(
            select(SESSIONS.c.sealed).where(SESSIONS.c.id_hash == sha256(mine.encode()).digest())
        ).scalar_one()
        there = update(SESSIONS).where(SESSIONS.c.id_hash == sha256(other.encode()).digest())
        connection.execute(there.values(sealed=sealed))
    assert sessions.load(other, now=now) is None


@given(st.integers(0, 4_102_444_800_000))
def test_milliseconds_survive_the_way_there_and_back(value: int) -> None:
    assert milliseconds(from_milliseconds(value)) == value
