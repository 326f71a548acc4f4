"""Recoveries: a human who proved who they are asks for the account they already have, waits, and can be stopped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, insert, select, update

from idp.domain.events import RecoveryCancelled, RecoveryCompleted, RecoveryStarted
from idp.store import audit, notices, passkeys, people, sessions
from idp.store.models import Recovery, table_of
from idp.store.row_keys import random_key
from idp.store.times import HOUR, from_hour, hour

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from sqlalchemy import Connection

    from idp.domain.ids import PersonId

RECOVERIES = table_of(Recovery)

WAITING = select(
    RECOVERIES.c.recovery_id, RECOVERIES.c.person_id, RECOVERIES.c.claimant_id, RECOVERIES.c.ready_hour
).where(RECOVERIES.c.state == "waiting")
BY_CLAIMANT = WAITING.where(RECOVERIES.c.claimant_id == bindparam("claimant_id"))
AGAINST = WAITING.where(RECOVERIES.c.person_id == bindparam("person_id")).order_by(RECOVERIES.c.ready_hour)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A recovery under way: ``claimant_id`` gets the account of ``person_id`` from ``ready`` on, unless stopped."""

    recovery_id: str
    person_id: PersonId
    claimant_id: PersonId
    ready: datetime


def start(connection: Connection, *, claimant: PersonId, known: PersonId, wait: timedelta, now: datetime) -> Waiting:
    """Begin the wait of a claimant who proved to be the human behind ``known``; a wait already begun goes on.

    Every session of the known account ends, so that whoever holds it has to sign in, and there reads the notice.
    """
    people.lock(connection, known)
    begun = by_claimant(connection, claimant=claimant)
    if begun is not None:
        return begun
    ready_hour = hour(now + wait) + HOUR  # the next whole hour: never sooner than `wait`
    recovery = Waiting(random_key(), known, claimant, from_hour(ready_hour))
    connection.execute(
        insert(RECOVERIES),
        {
            "recovery_id": recovery.recovery_id,
            "person_id": known,
            "claimant_id": claimant,
            "state": "waiting",
            "ready_hour": ready_hour,
        },
    )
    sessions.remove_of(connection, person_id=known)
    notices.tell(connection, person_id=known, kind=notices.Kind.RECOVERY_STARTED, now=now)
    audit.record(connection, RecoveryStarted(person=known), now=now)
    return recovery


def by_claimant(connection: Connection, *, claimant: PersonId) -> Waiting | None:
    """Return the recovery that an account waits for."""
    row = connection.execute(BY_CLAIMANT, {"claimant_id": claimant}).first()
    return Waiting(row[0], row[1], row[2], from_hour(row[3])) if row is not None else None


def against(connection: Connection, *, person_id: PersonId) -> list[Waiting]:
    """Return the recoveries that would take an account over, the next one due first."""
    rows = connection.execute(AGAINST, {"person_id": person_id})
    return [Waiting(row[0], row[1], row[2], from_hour(row[3])) for row in rows]


def cancel(connection: Connection, *, person_id: PersonId, now: datetime) -> int:
    """Stop every recovery of a person's own account and tell the claimants; returns how many were stopped."""
    people.lock(connection, person_id)
    stopped = against(connection, person_id=person_id)
    theirs = update(RECOVERIES).where(RECOVERIES.c.person_id == person_id, RECOVERIES.c.state == "waiting")
    connection.execute(theirs.values(state="cancelled"))
    for recovery in stopped:
        notices.tell(connection, person_id=recovery.claimant_id, kind=notices.Kind.RECOVERY_CANCELLED, now=now)
        audit.record(connection, RecoveryCancelled(person=person_id), now=now)
    return len(stopped)


def complete(connection: Connection, *, claimant: PersonId, now: datetime) -> PersonId | None:
    """Hand the known account over to a claimant whose wait is over; None when there is nothing to hand over.

    The passkeys and sessions it had are lost, or in somebody else's hands: they end. Whoever else was waiting for the
    same account waited in vain.
    """
    waiting = by_claimant(connection, claimant=claimant)
    if waiting is None:
        return None
    known = waiting.person_id
    people.lock(connection, claimant, known)
    due = update(RECOVERIES).where(
        RECOVERIES.c.recovery_id == waiting.recovery_id,
        RECOVERIES.c.state == "waiting",
        RECOVERIES.c.ready_hour <= hour(now),
    )
    if connection.execute(due.values(state="completed")).rowcount == 0:
        return None
    cancel(connection, person_id=known, now=now)
    passkeys.remove_all(connection, person_id=known, now=now)
    sessions.remove_of(connection, person_id=known)
    people.absorb(connection, provisional=claimant, into=known, now=now)
    notices.tell(connection, person_id=known, kind=notices.Kind.RECOVERY_COMPLETED, now=now)
    audit.record(connection, RecoveryCompleted(person=known), now=now)
    return known
