"""People: one row per human, or per somebody who may yet turn out to be a human we know."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, func, insert, select, true, update

from idp.domain.events import AccountAbsorbed, AccountErased, PersonRegistered
from idp.store import audit
from idp.store.models import (
    BankCard,
    Case,
    EvidenceRow,
    Identity,
    Notice,
    Passkey,
    Person,
    Recovery,
    ReleasedIdentity,
    Session,
    table_of,
)

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import Connection

    from idp.domain.ids import PersonId

PEOPLE, RECOVERIES = table_of(Person), table_of(Recovery)
MOVED_BY_ABSORPTION = tuple(
    table_of(model) for model in (Passkey, Session, EvidenceRow, Case, BankCard, Notice, Identity)
)
ENDED_BY_ERASURE = tuple(
    table_of(model) for model in (Passkey, Session, EvidenceRow, Case, BankCard, Notice, Recovery, ReleasedIdentity)
)

FIND = select(
    PEOPLE.c.person_id,
    PEOPLE.c.status,
    PEOPLE.c.level,
    PEOPLE.c.verified_on,
    PEOPLE.c.review_on,
    PEOPLE.c.adult_from,
    PEOPLE.c.masked_name,
    PEOPLE.c.policy,
    PEOPLE.c.created_on,
)
FIND_ONE = FIND.where(PEOPLE.c.person_id == bindparam("person_id"))
LOCK = (  # FOR NO KEY UPDATE: does not stand in the way of rows that merely refer to the person
    select(PEOPLE.c.status).where(PEOPLE.c.person_id == bindparam("person_id")).with_for_update(key_share=True)
)

NOTHING_KNOWN = {
    "level": "none",
    "verified_on": None,
    "review_on": None,
    "adult_from": None,
    "masked_name": None,
    "policy": "",
}


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """What the person half knows of one person without opening anything sealed."""

    person_id: PersonId
    status: str
    level: str
    verified_on: date | None
    review_on: date | None
    adult_from: date | None
    masked_name: str | None
    policy: str
    created_on: date


@dataclass(frozen=True, slots=True)
class Predicates:
    """What may be read online of a verified person: computed from the evidence under ``policy``."""

    level: str
    verified_on: date | None
    review_on: date | None
    adult_from: date | None
    masked_name: str | None
    policy: str


def register(connection: Connection, *, person_id: PersonId, now: datetime) -> None:
    """Write a person of whom nothing is known yet."""
    connection.execute(
        insert(PEOPLE), {**NOTHING_KNOWN, "person_id": person_id, "status": "active", "created_on": now.date()}
    )
    audit.record(connection, PersonRegistered(person=person_id), now=now)


def find(connection: Connection, *, person_id: PersonId) -> PersonRecord | None:
    """Return a person, erased or not."""
    row = connection.execute(FIND_ONE, {"person_id": person_id}).first()
    return PersonRecord(*row) if row is not None else None


def lock(connection: Connection, *person_ids: PersonId) -> dict[PersonId, str]:
    """Hold the rows of people until the transaction ends; returns the status of each that exists.

    Rows are taken in one order everywhere, so that two transactions never wait for each other in a ring. On SQLite
    writing transactions exclude each other anyway.
    """
    found = {each: connection.execute(LOCK, {"person_id": each}).scalar_one_or_none() for each in sorted(person_ids)}
    return {each: status for each, status in found.items() if status is not None}


def search(
    connection: Connection, *, level: str | None = None, limit: int = 50, offset: int = 0
) -> tuple[list[PersonRecord], int]:
    """Return one page of people, perhaps of one level only, and how many there are in all."""
    wanted = PEOPLE.c.level == level if level is not None else true()
    total = connection.execute(select(func.count()).select_from(PEOPLE).where(wanted)).scalar_one()
    page = FIND.where(wanted).order_by(PEOPLE.c.person_id).limit(limit).offset(offset)
    return [PersonRecord(*row) for row in connection.execute(page)], total


def set_predicates(connection: Connection, *, person_id: PersonId, predicates: Predicates) -> bool:
    """Write what an active person's evidence amounts to now; False when there is no such person."""
    here = update(PEOPLE).where(PEOPLE.c.person_id == person_id, PEOPLE.c.status == "active")
    return connection.execute(here.values(asdict(predicates))).rowcount == 1


def erase(connection: Connection, *, person_id: PersonId, now: datetime) -> bool:
    """Remove all that is kept of a person; False when there was no account to erase.

    The row stays, bare, and so does the blind index that leads to it: whoever proves to be the same human again is
    the same person, and has the same pseudonyms.
    """
    if lock(connection, person_id) != {person_id: "active"}:
        return False
    for table in ENDED_BY_ERASURE:
        connection.execute(delete(table).where(table.c.person_id == person_id))
    connection.execute(delete(RECOVERIES).where(RECOVERIES.c.claimant_id == person_id))
    bare = update(PEOPLE).where(PEOPLE.c.person_id == person_id)
    connection.execute(bare.values({**NOTHING_KNOWN, "status": "erased"}))
    audit.record(connection, AccountErased(person=person_id), now=now)
    return True


def absorb(connection: Connection, *, provisional: PersonId, into: PersonId, now: datetime) -> None:
    """Let an account whose owner proved to be a known human be that human's account.

    Everything moves to the known row and the provisional one goes. The known row lives again if it was erased, with
    nothing known of it: the caller computes its level anew from the evidence that arrived.
    """
    lock(connection, provisional, into)
    for table in MOVED_BY_ABSORPTION:
        connection.execute(update(table).where(table.c.person_id == provisional).values(person_id=into))
    connection.execute(delete(RECOVERIES).where(RECOVERIES.c.person_id == provisional))
    connection.execute(delete(PEOPLE).where(PEOPLE.c.person_id == provisional))
    connection.execute(update(PEOPLE).where(PEOPLE.c.person_id == into).values(status="active"))
    audit.record(connection, AccountAbsorbed(person=into, provisional=provisional), now=now)
