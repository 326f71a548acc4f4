"""Recoveries: a human who proved who they are claims the account they already have, waits, and can be stopped.

offered → waiting → completed, or cancelled from either. Verification offers; the claimant starts and completes; the
claimant or the holder of the account cancels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, insert, select, update

from idp.domain.events import DuplicateFound, RecoveryCancelled, RecoveryCompleted, RecoveryStarted
from idp.domain.ids import PersonId
from idp.store import audit, notices, passkeys, people, sessions
from idp.store.models import Recovery, table_of
from idp.store.row_keys import random_key
from idp.store.times import HOUR, from_hour, hour

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from sqlalchemy import Connection, Select, Update

RECOVERIES = table_of(Recovery)

OPEN = select(
    RECOVERIES.c.recovery_id,
    RECOVERIES.c.person_id,
    RECOVERIES.c.claimant_id,
    RECOVERIES.c.state,
    RECOVERIES.c.ready_hour,
).where(RECOVERIES.c.state.in_(("offered", "waiting")))
BY_CLAIMANT = OPEN.where(RECOVERIES.c.claimant_id == bindparam("claimant_id"))
WAITING_FOR = OPEN.where(RECOVERIES.c.person_id == bindparam("person_id"), RECOVERIES.c.state == "waiting").order_by(
    RECOVERIES.c.ready_hour
)


@dataclass(frozen=True, slots=True)
class Claim:
    """``claimant_id`` proved to be the human behind ``person_id``. ``ready`` is None until the wait has begun."""

    recovery_id: str
    person_id: PersonId
    claimant_id: PersonId
    ready: datetime | None

    def is_ready(self, now: datetime) -> bool:
        """Tell whether the wait has begun and is over."""
        return self.ready is not None and self.ready <= now


def offer(connection: Connection, *, claimant: PersonId, known: PersonId, now: datetime) -> None:
    """Note that a claimant proved to be the human behind ``known``. Nothing moves until the claimant asks for it."""
    people.lock(connection, claimant, known)
    if claim_of(connection, claimant=claimant) is not None:
        return
    connection.execute(
        insert(RECOVERIES),
        {
            "recovery_id": random_key(),
            "person_id": known,
            "claimant_id": claimant,
            "state": "offered",
            "ready_hour": None,
        },
    )
    audit.record(connection, DuplicateFound(person=known), now=now)


def claim_of(connection: Connection, *, claimant: PersonId) -> Claim | None:
    """Return the open claim of an account; it has one at most."""
    claims = _claims(connection, BY_CLAIMANT, claimant_id=claimant)
    return claims[0] if claims else None


def waiting_for(connection: Connection, *, person_id: PersonId) -> list[Claim]:
    """Return the claims that wait for an account, the next one due first."""
    return _claims(connection, WAITING_FOR, person_id=person_id)


def start(connection: Connection, *, claimant: PersonId, wait: timedelta, now: datetime) -> Claim | None:
    """Begin the wait of an offered claim; one that has begun goes on. None where there is no claim.

    Every session of the claimed account ends, so that whoever holds it has to sign in, and there reads the notice.
    """
    claim = _locked(connection, claimant=claimant)
    if claim is None or claim.ready is not None:
        return claim
    ready_hour = hour(now + wait) + HOUR  # the next whole hour: never sooner than `wait`
    connection.execute(_of(claim).values(state="waiting", ready_hour=ready_hour))
    sessions.remove_all(connection, person_id=claim.person_id, now=now)
    notices.tell(connection, person_id=claim.person_id, kind=notices.Kind.RECOVERY_STARTED, now=now)
    audit.record(connection, RecoveryStarted(person=claim.person_id), now=now)
    return claim_of(connection, claimant=claimant)


def withdraw(connection: Connection, *, claimant: PersonId, now: datetime) -> bool:
    """Give a claim up; False when there was none."""
    claim = _locked(connection, claimant=claimant)
    if claim is None:
        return False
    _cancel(connection, claim, now=now)
    return True


def object_to(connection: Connection, *, person_id: PersonId, now: datetime) -> int:
    """Stop every claim that waits for an account, and tell the claimants; returns how many were stopped."""
    people.lock(connection, person_id)
    claims = waiting_for(connection, person_id=person_id)
    for claim in claims:
        _cancel(connection, claim, now=now)
        notices.tell(connection, person_id=claim.claimant_id, kind=notices.Kind.RECOVERY_CANCELLED, now=now)
    return len(claims)


def complete(connection: Connection, *, claimant: PersonId, now: datetime) -> PersonId | None:
    """Hand the known account over to a claimant whose wait is over; None when there is nothing to hand over.

    The passkeys and sessions it had are lost, or in somebody else's hands: they end. Whoever else was waiting for the
    same account waited in vain.
    """
    claim = _locked(connection, claimant=claimant)
    if claim is None or not claim.is_ready(now):
        return None
    known = claim.person_id
    connection.execute(_of(claim).values(state="completed"))
    object_to(connection, person_id=known, now=now)
    passkeys.remove_all(connection, person_id=known, now=now)
    sessions.remove_all(connection, person_id=known, now=now)
    people.absorb(connection, provisional=claimant, into=known, now=now)
    notices.tell(connection, person_id=known, kind=notices.Kind.RECOVERY_COMPLETED, now=now)
    audit.record(connection, RecoveryCompleted(person=known), now=now)
    return known


def _claims(connection: Connection, statement: Select[str, str, str, str, int | None], **which: str) -> list[Claim]:
    return [
        Claim(row[0], PersonId(row[1]), PersonId(row[2]), from_hour(row[4]) if row[4] is not None else None)
        for row in connection.execute(statement, which)
    ]


def _locked(connection: Connection, *, claimant: PersonId) -> Claim | None:
    """Return the open claim while both accounts are held, so that two decisions about it follow each other."""
    claim = claim_of(connection, claimant=claimant)
    if claim is None:
        return None
    people.lock(connection, claim.claimant_id, claim.person_id)
    return claim_of(connection, claimant=claimant)


def _of(claim: Claim) -> Update:
    return update(RECOVERIES).where(RECOVERIES.c.recovery_id == claim.recovery_id)


def _cancel(connection: Connection, claim: Claim, *, now: datetime) -> None:
    connection.execute(_of(claim).values(state="cancelled"))
    audit.record(connection, RecoveryCancelled(person=claim.person_id), now=now)
