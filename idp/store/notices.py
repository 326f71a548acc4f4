"""What a person has to be told, kept until they have seen it on their own pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, false, insert, select, true, update

from idp.store.models import Notice as NoticeRow
from idp.store.models import table_of
from idp.store.row_keys import random_key

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import Connection

    from idp.domain.ids import PersonId

NOTICES = table_of(NoticeRow)

KEPT = timedelta(days=90)

UNSEEN = (
    select(NOTICES.c.notice_id, NOTICES.c.kind, NOTICES.c.told_on)
    .where(NOTICES.c.person_id == bindparam("person_id"), NOTICES.c.seen == false())
    .order_by(NOTICES.c.told_on.desc(), NOTICES.c.notice_id)
)


class Kind(StrEnum):
    """Everything there is to tell; the words stand with the page."""

    PASSKEY_ADDED = "passkey-added"
    PASSKEY_REMOVED = "passkey-removed"
    PASSKEY_COPIED = "passkey-copied"
    RECOVERY_STARTED = "recovery-started"
    RECOVERY_CANCELLED = "recovery-cancelled"
    RECOVERY_COMPLETED = "recovery-completed"
    NUMBER_TAKEN = "number-taken"


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell, and the day it happened."""

    notice_id: str
    kind: Kind
    told_on: date


def tell(connection: Connection, *, person_id: PersonId, kind: Kind, now: datetime) -> None:
    """Leave a notice for a person."""
    connection.execute(
        insert(NOTICES),
        {
            "notice_id": random_key(),
            "person_id": person_id,
            "kind": kind.value,
            "told_on": now.date(),
            "seen": False,
        },
    )


def unseen(connection: Connection, *, person_id: PersonId) -> list[Notice]:
    """Return what a person has not seen yet, newest first."""
    rows = connection.execute(UNSEEN, {"person_id": person_id})
    return [Notice(row.notice_id, Kind(row.kind), row.told_on) for row in rows]


def mark_seen(connection: Connection, *, person_id: PersonId, notice_id: str) -> bool:
    """Put one of a person's own notices away; False when it is not theirs or was put away before."""
    theirs = update(NOTICES).where(
        NOTICES.c.notice_id == notice_id, NOTICES.c.person_id == person_id, NOTICES.c.seen == false()
    )
    return connection.execute(theirs.values(seen=true())).rowcount == 1


def purge(connection: Connection, *, now: datetime) -> int:
    """Delete notices that were seen and are older than :data:`KEPT`; returns how many."""
    old = delete(NOTICES).where(NOTICES.c.seen == true(), NOTICES.c.told_on < (now - KEPT).date())
    return connection.execute(old).rowcount
