"""Devices that wait for a person (RFC 8628): each step a conditional update, so that only one tab or poll takes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, select, update

from idp.store.hot import Hot
from idp.store.models import DeviceCode, table_of
from idp.store.times import seconds
from idp.store.upsert import dialect_insert

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

DEVICES = table_of(DeviceCode)
PENDING, ALLOWED, DENIED, SPENT = "pending", "allowed", "denied", "spent"

WAITING = select(DEVICES.c.device_hash, DEVICES.c.client_id, DEVICES.c.sealed).where(
    DEVICES.c.user_code_key == bindparam("user_code_key"),
    DEVICES.c.state == PENDING,
    DEVICES.c.until_at > bindparam("now"),
)
STANDING = select(DEVICES.c.state, DEVICES.c.until_at).where(DEVICES.c.device_hash == bindparam("device_hash"))
POLLED = Hot(
    select(DEVICES.c.state, DEVICES.c.sealed, DEVICES.c.interval_s, DEVICES.c.polled_at, DEVICES.c.until_at).where(
        DEVICES.c.device_hash == bindparam("device_hash"), DEVICES.c.client_id == bindparam("client_id")
    )
)
NOTE_POLL = Hot(
    update(DEVICES)
    .where(
        DEVICES.c.device_hash == bindparam("b_device_hash"),
        DEVICES.c.polled_at.is_not_distinct_from(bindparam("b_seen")),
    )
    .values(polled_at=bindparam("b_now"), interval_s=bindparam("b_interval"))
)
DECIDE = (
    update(DEVICES)
    .where(
        DEVICES.c.device_hash == bindparam("b_device_hash"),
        DEVICES.c.state == PENDING,
        DEVICES.c.until_at > bindparam("b_now"),
    )
    .values(state=bindparam("b_state"))
)
ALLOW = DECIDE.values(sealed=bindparam("b_sealed"))
SPEND = (
    update(DEVICES)
    .where(
        DEVICES.c.device_hash == bindparam("b_device_hash"),
        DEVICES.c.state == ALLOWED,
        DEVICES.c.until_at > bindparam("b_now"),
    )
    .values(state=SPENT)
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A device that nobody has answered yet."""

    device_hash: bytes
    client_id: str
    sealed: bytes


@dataclass(frozen=True, slots=True)
class Polled:
    """What a device finds that asks for its tokens; times in unix seconds."""

    state: str
    sealed: bytes
    interval: int
    polled_at: int | None
    until_at: int

    def too_soon(self, now: datetime) -> bool:
        """Tell whether it was asked less than its interval ago."""
        return self.polled_at is not None and seconds(now) < self.polled_at + self.interval


def add(connection: Connection, waiting: Waiting, *, user_code_key: str, interval: int, until: datetime) -> bool:
    """Write a device that waits; False where another has the same user code."""
    row = {
        "device_hash": waiting.device_hash,
        "user_code_key": user_code_key,
        "client_id": waiting.client_id,
        "state": PENDING,
        "sealed": waiting.sealed,
        "interval_s": interval,
        "polled_at": None,
        "until_at": seconds(until),
    }
    insert = dialect_insert(connection, DEVICES).values(row)
    written = insert.on_conflict_do_nothing(index_elements=[DEVICES.c.user_code_key]).returning(DEVICES.c.device_hash)
    return connection.execute(written).first() is not None


def waiting(connection: Connection, *, user_code_key: str, now: datetime) -> Waiting | None:
    """Return the device that waits under a user code."""
    row = connection.execute(WAITING, {"user_code_key": user_code_key, "now": seconds(now)}).first()
    return Waiting(*row) if row is not None else None


def standing(connection: Connection, *, device_hash: bytes) -> tuple[str, int] | None:
    """Return the state of a device and when its time ends."""
    row = connection.execute(STANDING, {"device_hash": device_hash}).first()
    return (row.state, row.until_at) if row is not None else None


def deny(connection: Connection, *, device_hash: bytes, now: datetime) -> bool:
    """Answer a device with no; False where it does not wait any more."""
    parameters = {"b_device_hash": device_hash, "b_state": DENIED, "b_now": seconds(now)}
    return connection.execute(DECIDE, parameters).rowcount == 1


def allow(connection: Connection, *, device_hash: bytes, sealed: bytes, now: datetime) -> bool:
    """Answer a device with what is sealed for it; False where it does not wait any more."""
    parameters = {"b_device_hash": device_hash, "b_state": ALLOWED, "b_sealed": sealed, "b_now": seconds(now)}
    return connection.execute(ALLOW, parameters).rowcount == 1


def polled(connection: Connection, *, device_hash: bytes, client_id: str) -> Polled | None:
    """Return what a client's own device finds."""
    row = POLLED.first(connection, {"device_hash": device_hash, "client_id": client_id})
    return Polled(*row) if row is not None else None


def note_poll(connection: Connection, seen: Polled, *, device_hash: bytes, interval: int, now: datetime) -> bool:
    """Remember a poll; False where another came in between."""
    parameters = {
        "b_device_hash": device_hash,
        "b_seen": seen.polled_at,
        "b_now": seconds(now),
        "b_interval": interval,
    }
    return NOTE_POLL.run(connection, parameters) == 1


def spend(connection: Connection, *, device_hash: bytes, now: datetime) -> bool:
    """Use an allowed device code up; False where that was done before. The update is the gate."""
    return connection.execute(SPEND, {"b_device_hash": device_hash, "b_now": seconds(now)}).rowcount == 1


def purge(connection: Connection, *, now: datetime) -> int:
    """Delete devices an hour after their time, so that a late one is still told that it is late; returns how many."""
    return connection.execute(delete(DEVICES).where(DEVICES.c.until_at < seconds(now) - 3600)).rowcount
