"""The outbox: what has to reach another host, written with what it tells of and tried until it arrives.

A message says in clear only of what kind it is and how far it has come; to whom and what is sealed, as the messages of
one sign-out would otherwise lie side by side and tell which sites' pseudonyms belong together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, bindparam, delete, func, insert, select, update

from idp.store.models import OutboxMessage, table_of
from idp.store.row_keys import random_key
from idp.store.times import seconds

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, timedelta

    from sqlalchemy import Connection

OUTBOX = table_of(OutboxMessage)
WAITING, DELIVERED, DEAD = "waiting", "delivered", "dead"

_IS_DUE = and_(OUTBOX.c.state == WAITING, OUTBOX.c.due_at <= bindparam("b_now"))
CLAIM = (
    update(OUTBOX)
    .where(
        OUTBOX.c.message_id.in_(
            select(OUTBOX.c.message_id).where(_IS_DUE).order_by(OUTBOX.c.due_at).limit(bindparam("b_most"))
        ),
        _IS_DUE,  # again, for whoever waited here while another worker took the row
    )
    .values(attempts=OUTBOX.c.attempts + 1, due_at=bindparam("b_lease"))
    .returning(OUTBOX.c.message_id, OUTBOX.c.kind, OUTBOX.c.sealed, OUTBOX.c.attempts, OUTBOX.c.until_at)
)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that this worker alone may deliver until its lease ends; ``attempts`` counts the one at hand."""

    message_id: str
    kind: str
    sealed: bytes
    attempts: int
    until_at: int


@dataclass(frozen=True, slots=True)
class Listed:
    """A message as an operator looks at it."""

    message_id: str
    kind: str
    sealed: bytes
    state: str
    attempts: int
    outcome: str | None
    due_at: int


def put(connection: Connection, *, kind: str, seal: Callable[[str], bytes], due: datetime, until: datetime) -> None:
    """Write a message; ``seal`` seals its content to the row of the id it is given."""
    message_id = random_key()
    row = {"message_id": message_id, "kind": kind, "sealed": seal(message_id), "state": WAITING, "attempts": 0}
    connection.execute(insert(OUTBOX), row | {"due_at": seconds(due), "until_at": seconds(until)})


def claim(connection: Connection, *, most: int, lease: timedelta, now: datetime) -> list[Claimed]:
    """Take up to ``most`` messages that are due.

    A worker that dies loses them when the lease ends: a message may be sent twice, and is never lost.
    """
    parameters = {"b_now": seconds(now), "b_most": most, "b_lease": seconds(now + lease)}
    return [Claimed(*row) for row in connection.execute(CLAIM, parameters)]


def settle(connection: Connection, message_id: str, *, state: str, outcome: str, due: datetime) -> None:
    """Note how an attempt ended; ``due`` is when the next one may be, where there is one."""
    here = OUTBOX.c.message_id == message_id
    connection.execute(update(OUTBOX).where(here).values(state=state, outcome=outcome, due_at=seconds(due)))


def listed(connection: Connection, *, state: str | None, limit: int, offset: int) -> tuple[list[Listed], int]:
    """Return one page of messages, those due first coming first, and how many there are in all."""
    wanted = OUTBOX.c.state == state if state else OUTBOX.c.state.is_not(None)
    total = connection.execute(select(func.count()).select_from(OUTBOX).where(wanted)).scalar_one()
    names = ("message_id", "kind", "sealed", "state", "attempts", "outcome", "due_at")
    page = select(*(OUTBOX.c[name] for name in names)).where(wanted)
    rows = connection.execute(page.order_by(OUTBOX.c.due_at, OUTBOX.c.message_id).limit(limit).offset(offset))
    return [Listed(*row) for row in rows], total


def retry(connection: Connection, message_id: str, *, until: datetime, now: datetime) -> bool:
    """Let a message that was given up be tried again, at once; False when there is none such."""
    here = and_(OUTBOX.c.message_id == message_id, OUTBOX.c.state == DEAD)
    again = {"state": WAITING, "attempts": 0, "due_at": seconds(now), "until_at": seconds(until)}
    return connection.execute(update(OUTBOX).where(here).values(again)).rowcount == 1


def purge(connection: Connection, *, now: datetime) -> int:
    """Delete what was delivered an hour ago or given up for good; returns how many rows went."""
    moment = seconds(now)
    done = and_(OUTBOX.c.state == DELIVERED, OUTBOX.c.due_at < moment - 3600)
    past = and_(OUTBOX.c.state == DEAD, OUTBOX.c.until_at < moment - 7 * 86400)
    return connection.execute(delete(OUTBOX).where(done | past)).rowcount
