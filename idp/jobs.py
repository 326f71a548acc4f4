"""Work that the clock asks for. Nothing is enforced by deletion: what has ended is refused long before it goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idp.proofing import unproven
from idp.store import (
    cases,
    ceremonies,
    device_codes,
    grants,
    invitations,
    notices,
    outbox,
    pushed_requests,
    released_identities,
    sessions,
    throttles,
)

if TYPE_CHECKING:
    from datetime import datetime

    from idp.store.database import Database

PURGES = {
    "sessions": sessions.purge,
    "ceremonies": ceremonies.purge,
    "unproven identities": unproven.purge,
    "cases": cases.purge,
    "notices": notices.purge,
    "grants": grants.purge,
    "pushed requests": pushed_requests.purge,
    "device codes": device_codes.purge,
    "throttles": throttles.purge,
    "outbox": outbox.purge,
    "invitations": invitations.purge,
}
"""What is cleared away, by its name; the person half first."""


def purge(database: Database, *, now: datetime, releases_names: bool = True) -> dict[str, int]:
    """Delete rows whose time is over, each kind in a transaction of its own; returns how many went of each.

    Where the deployment releases legal names no more, those that it kept go too.
    """
    gone = {}
    for name, delete in PURGES.items():
        with database.write() as connection:
            gone[name] = delete(connection, now=now)
    if not releases_names:
        with database.write() as connection:
            gone["legal names"] = released_identities.forget_all(connection)
    return gone
