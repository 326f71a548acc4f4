"""Clients' logos as we serve them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from idp.store.models import ClientLogo, table_of
from idp.store.upsert import upsert

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

LOGOS = table_of(ClientLogo)


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture, its media type and the name of its content."""

    image: bytes
    media_type: str
    digest: str


def put(connection: Connection, logo: Logo, *, client_id: str, now: datetime) -> None:
    """Keep a logo in the place of the one before."""
    values = {
        "image": logo.image,
        "media_type": logo.media_type,
        "digest": logo.digest,
        "fetched_on": now.date(),
    }
    connection.execute(upsert(connection, LOGOS, keys={"client_id": client_id}, values=values))


def remove(connection: Connection, *, client_id: str) -> None:
    """Forget a logo."""
    connection.execute(delete(LOGOS).where(LOGOS.c.client_id == client_id))


def find(connection: Connection, *, client_id: str) -> Logo | None:
    """Return a client's logo."""
    found = select(LOGOS.c.image, LOGOS.c.media_type, LOGOS.c.digest).where(LOGOS.c.client_id == client_id)
    row = connection.execute(found).first()
    return Logo(*row) if row is not None else None


def digest(connection: Connection, *, client_id: str) -> str | None:
    """Return the name of the content of a client's logo."""
    found = select(LOGOS.c.digest).where(LOGOS.c.client_id == client_id)
    return connection.execute(found).scalar_one_or_none()
