"""Legal identities that may be released: each under a data key of its own, which erasure destroys with the row.

Written only where the deployment releases legal names, and only for somebody who proved control of the number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, select

from idp.store.models import ReleasedIdentity, table_of
from idp.store.upsert import upsert
from keys.envelope import Envelope

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from idp.domain.ids import PersonId

TABLE = "released_identities"
RELEASED = table_of(ReleasedIdentity)

FIND = select(RELEASED.c.wrapped_key, RELEASED.c.sealed).where(RELEASED.c.person_id == bindparam("person_id"))


def keep(connection: Connection, envelope: Envelope, *, person_id: PersonId) -> None:
    """Keep an identity in place of whatever was kept of the person before."""
    connection.execute(upsert(connection, RELEASED, keys={"person_id": person_id}, values=envelope._asdict()))


def find(connection: Connection, *, person_id: PersonId) -> Envelope | None:
    """Return what is kept of a person."""
    row = connection.execute(FIND, {"person_id": person_id}).first()
    return Envelope(*row) if row is not None else None


def forget_all(connection: Connection) -> int:
    """Destroy every one of them, as a deployment does that releases names no more; returns how many there were."""
    return connection.execute(delete(RELEASED)).rowcount
