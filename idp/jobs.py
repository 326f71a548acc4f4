"""Work that the clock asks for. Nothing is enforced by deletion: what has ended is refused long before it goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idp.proofing import unproven
from idp.store import cases, ceremonies, grants, notices, outbox, sessions, throttles

if TYPE_CHECKING:
    from datetime import datetime

    from idp.store.database import Database

PERSON_HALF = (sessions.purge, ceremonies.purge, unproven.purge, cases.purge, notices.purge)
REST = (grants.purge, throttles.purge, outbox.purge)


def purge(database: Database, *, now: datetime) -> int:
    """Delete rows whose time is over, each table in a transaction of its own; returns how many went."""
    gone = 0
    for delete in (*PERSON_HALF, *REST):
        with database.write() as connection:
            gone += delete(connection, now=now)
    return gone
