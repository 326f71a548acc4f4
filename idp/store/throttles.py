"""Counters behind the rate limits: one row a key, counted and begun anew by one atomic statement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import case, delete, select

from idp.store.models import Throttle, table_of
from idp.store.times import seconds
from idp.store.upsert import dialect_insert

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from sqlalchemy import Connection

THROTTLES = table_of(Throttle)


def hit(connection: Connection, *, key: str, window: timedelta, now: datetime) -> tuple[int, int]:
    """Count one attempt; returns how many the window holds by now, and the unix second at which it ends.

    A window begins with its first attempt. Counting and reading are one statement, so that two processes never see
    the same number.
    """
    moment = seconds(now)
    begin = dialect_insert(connection, THROTTLES).values(key=key, hits=1, until_at=moment + int(window.total_seconds()))
    over = THROTTLES.c.until_at <= moment
    counted = begin.on_conflict_do_update(
        index_elements=[THROTTLES.c.key],
        set_={
            "hits": case((over, 1), else_=THROTTLES.c.hits + 1),
            "until_at": case((over, begin.excluded.until_at), else_=THROTTLES.c.until_at),
        },
    ).returning(THROTTLES.c.hits, THROTTLES.c.until_at)
    hits, until_at = connection.execute(counted).one()
    return hits, until_at


def find(connection: Connection, *, key: str, now: datetime) -> tuple[int, int] | None:
    """Return how many attempts a window that is open holds, and when it ends; None where none is open."""
    window = select(THROTTLES.c.hits, THROTTLES.c.until_at)
    row = connection.execute(window.where(THROTTLES.c.key == key, THROTTLES.c.until_at > seconds(now))).first()
    return (row.hits, row.until_at) if row is not None else None


def purge(connection: Connection, *, now: datetime) -> int:
    """Delete counters whose window is over; returns how many."""
    return connection.execute(delete(THROTTLES).where(THROTTLES.c.until_at <= seconds(now))).rowcount
