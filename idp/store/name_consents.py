"""That a subject lets one client know their legal name: apart from every other consent, and withdrawn apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, bindparam, delete, select

from idp.domain.events import LegalNameAllowed, LegalNameWithdrawn
from idp.domain.ids import ClientId
from idp.store import audit
from idp.store.models import NameConsent, table_of
from idp.store.upsert import upsert

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from idp.domain.ids import Subject

NAME_CONSENTS = table_of(NameConsent)

FIND = select(NAME_CONSENTS.c.claims, NAME_CONSENTS.c.basis, NAME_CONSENTS.c.until_at).where(
    NAME_CONSENTS.c.client_id == bindparam("client_id"), NAME_CONSENTS.c.sub == bindparam("sub")
)


@dataclass(frozen=True, slots=True)
class Allowed:
    """Which claims, under which law, until when (seconds since 1970)."""

    claims: frozenset[str]
    basis: str
    until_at: int

    def covers(self, claims: frozenset[str], *, basis: str, now: datetime) -> bool:
        """Tell whether it allows all of these today, under the law that the client names now."""
        return claims <= self.claims and basis == self.basis and now.timestamp() < self.until_at


def find(connection: Connection, subject: Subject, *, client_id: str) -> Allowed | None:
    """Return what a subject allowed a client; None where it is nothing."""
    row = connection.execute(FIND, {"client_id": client_id, "sub": subject.value}).first()
    return Allowed(frozenset(row.claims.split()), row.basis, row.until_at) if row is not None else None


def allow(connection: Connection, subject: Subject, allowed: Allowed, *, client_id: str, now: datetime) -> None:
    """Record that a subject allows it, in place of what it allowed before."""
    keys = {"client_id": client_id, "sub": subject.value}
    given = {
        "claims": " ".join(sorted(allowed.claims)),
        "basis": allowed.basis,
        "given_ms": int(now.timestamp() * 1000),
        "until_at": allowed.until_at,
    }
    connection.execute(upsert(connection, NAME_CONSENTS, keys=keys, values=given))
    audit.record(connection, LegalNameAllowed(client_id=ClientId(client_id), subject=subject), now=now)


def withdraw(connection: Connection, subject: Subject, *, client_id: str, now: datetime) -> bool:
    """Forget what a subject allowed a client; False when it was nothing."""
    here = and_(NAME_CONSENTS.c.client_id == client_id, NAME_CONSENTS.c.sub == subject.value)
    gone = connection.execute(delete(NAME_CONSENTS).where(here)).rowcount == 1
    if gone:
        audit.record(connection, LegalNameWithdrawn(client_id=ClientId(client_id), subject=subject), now=now)
    return gone
