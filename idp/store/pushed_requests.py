"""Authorization requests that clients sent ahead (RFC 9126): found as often as the browser asks, used up once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, insert, select, update

from idp.store.hot import Hot
from idp.store.models import PushedRequest, table_of
from idp.store.times import seconds

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

PUSHED = table_of(PushedRequest)
INSERT = Hot(insert(PUSHED))
FIND = Hot(
    select(PUSHED.c.sealed).where(
        PUSHED.c.request_hash == bindparam("request_hash"),
        PUSHED.c.client_id == bindparam("client_id"),
        PUSHED.c.used_at.is_(None),
        PUSHED.c.until_at > bindparam("now"),
    )
)
USE = Hot(
    update(PUSHED)
    .where(PUSHED.c.request_hash == bindparam("b_request_hash"), PUSHED.c.used_at.is_(None))
    .values(used_at=bindparam("b_now"))
)


def add(connection: Connection, *, request_hash: bytes, client_id: str, sealed: bytes, until: datetime) -> None:
    """Write a request that was pushed."""
    row = {"request_hash": request_hash, "client_id": client_id, "sealed": sealed, "until_at": seconds(until)}
    INSERT.run(connection, row)


def find(connection: Connection, *, request_hash: bytes, client_id: str, now: datetime) -> bytes | None:
    """Return the sealed parameters of a request that is this client's, still fresh, and not yet answered."""
    parameters = {"request_hash": request_hash, "client_id": client_id, "now": seconds(now)}
    row = FIND.first(connection, parameters)
    return row[0] if row is not None else None


def use(connection: Connection, *, request_hash: bytes, now: datetime) -> bool:
    """Use a request up; False when it was used before. The update is the gate.

    Its age does not count here: a person may take longer over the pages than a request may lie about.
    """
    return USE.run(connection, {"b_request_hash": request_hash, "b_now": seconds(now)}) == 1


def purge(connection: Connection, *, now: datetime) -> int:
    """Delete requests that no ticket can refer to any more: an hour after their end; returns how many went."""
    return connection.execute(delete(PUSHED).where(PUSHED.c.until_at < seconds(now) - 7200)).rowcount
