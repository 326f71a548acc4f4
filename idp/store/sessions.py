"""Sessions: signed-in browsers, found by the hash of their cookie together with what their person amounts to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, insert, select

from idp.domain.events import SignedOutEverywhere
from idp.domain.ids import PersonId
from idp.store import audit
from idp.store.hot import Hot
from idp.store.models import Person, Session, table_of
from idp.store.times import from_hour, hour
from idp.value import Value

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import Connection

SESSIONS, PEOPLE = table_of(Session), table_of(Person)

FIND = Hot(
    select(
        SESSIONS.c.person_id,
        SESSIONS.c.sealed,
        SESSIONS.c.sid_seed,
        PEOPLE.c.level,
        PEOPLE.c.verified_on,
        PEOPLE.c.review_on,
        PEOPLE.c.adult_from,
    )
    .join(PEOPLE, PEOPLE.c.person_id == SESSIONS.c.person_id)
    .where(
        SESSIONS.c.id_hash == bindparam("id_hash"),
        SESSIONS.c.until_hour >= bindparam("this_hour"),
        PEOPLE.c.status == "active",
    )
)
LIST = (
    select(SESSIONS.c.id_hash, SESSIONS.c.device, SESSIONS.c.created_hour)
    .where(SESSIONS.c.person_id == bindparam("person_id"), SESSIONS.c.until_hour >= bindparam("this_hour"))
    .order_by(SESSIONS.c.created_hour.desc(), SESSIONS.c.id_hash)
)
INSERT = insert(SESSIONS)


class Found(Value, frozen=True):
    """A live session's row, with the predicates of its person."""

    person_id: PersonId
    sealed: bytes
    sid_seed: bytes | None
    level: str
    verified_on: date | None
    review_on: date | None
    adult_from: date | None


@dataclass(frozen=True, slots=True)
class Listed:
    """A session as its person sees it: on what, since which hour."""

    id_hash: bytes
    device: str
    since: datetime


def find(connection: Connection, *, id_hash: bytes, now: datetime) -> Found | None:
    """Return a session of an active person that may still live; its precise end is sealed, for the caller to check."""
    row = FIND.first(connection, {"id_hash": id_hash, "this_hour": hour(now)})
    if row is None:
        return None
    return Found(PersonId(row[0]), *row[1:])


def add(
    connection: Connection,
    *,
    id_hash: bytes,
    person_id: PersonId,
    sealed: bytes,
    sid_seed: bytes,
    device: str,
    until: datetime,
    now: datetime,
) -> None:
    """Write a session that ends within the hour of ``until``."""
    connection.execute(
        INSERT,
        {
            "id_hash": id_hash,
            "person_id": person_id,
            "sealed": sealed,
            "sid_seed": sid_seed,
            "device": device[:64],
            "created_hour": hour(now),
            "until_hour": hour(until),
        },
    )


def listed(connection: Connection, *, person_id: PersonId, now: datetime) -> list[Listed]:
    """Return a person's live sessions, newest first."""
    rows = connection.execute(LIST, {"person_id": person_id, "this_hour": hour(now)})
    return [Listed(row.id_hash, row.device, from_hour(row.created_hour)) for row in rows]


def seeds(connection: Connection, *, person_id: PersonId) -> dict[bytes, bytes | None]:
    """Return the ``sid_seed`` of each of a person's sessions, by ``id_hash``."""
    theirs = select(SESSIONS.c.id_hash, SESSIONS.c.sid_seed).where(SESSIONS.c.person_id == person_id)
    return {row.id_hash: row.sid_seed for row in connection.execute(theirs)}


def remove(connection: Connection, *, id_hash: bytes) -> bool:
    """End the session of a cookie; False when there was none."""
    return connection.execute(delete(SESSIONS).where(SESSIONS.c.id_hash == id_hash)).rowcount == 1


def remove_one(connection: Connection, *, person_id: PersonId, id_hash: bytes) -> bool:
    """End one session of a person; False when it is not theirs."""
    theirs = delete(SESSIONS).where(SESSIONS.c.person_id == person_id, SESSIONS.c.id_hash == id_hash)
    return connection.execute(theirs).rowcount == 1


def remove_all(connection: Connection, *, person_id: PersonId, now: datetime, keep: bytes | None = None) -> int:
    """End every session of a person, or all but one; returns how many ended."""
    theirs = delete(SESSIONS).where(SESSIONS.c.person_id == person_id)
    if keep is not None:
        theirs = theirs.where(SESSIONS.c.id_hash != keep)
    ended = connection.execute(theirs).rowcount
    if ended:
        audit.record(connection, SignedOutEverywhere(person=person_id), now=now)
    return ended


def purge(connection: Connection, *, now: datetime) -> int:
    """Delete sessions that have ended by themselves; returns how many."""
    return connection.execute(delete(SESSIONS).where(SESSIONS.c.until_hour < hour(now))).rowcount
