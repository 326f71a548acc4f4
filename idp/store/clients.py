"""Relying sites as registered, and a directory that spares a query per request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import bindparam, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from clients.client import CLIENT_ID, Client
from idp.domain.events import ClientChanged, ClientRegistered
from idp.domain.ids import ClientId
from idp.store import audit, grants, logos
from idp.store.models import ClientRow, Resource, table_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from idp.store.database import Database

CLIENTS, RESOURCES = table_of(ClientRow), table_of(Resource)
COLUMNS = (CLIENTS.c.client_id, CLIENTS.c.sector, CLIENTS.c.document, CLIENTS.c.secret_hash)
FIND = select(*COLUMNS).where(CLIENTS.c.client_id == bindparam("client_id"), CLIENTS.c.status == "active")
BEHIND = (
    select(RESOURCES.c.client_id)
    .join_from(RESOURCES, CLIENTS)
    .where(RESOURCES.c.resource == bindparam("resource"), CLIENTS.c.status == "active")
)


class ClientExists(Exception):
    """The id is taken."""


class ResourceTaken(Exception):
    """Another client answers to one of the resources."""


def add(connection: Connection, client: Client, *, now: datetime, registration_hash: bytes | None = None) -> None:
    """Register a client, which may manage itself by the token of ``registration_hash`` (RFC 7592).

    Raises :class:`ClientExists`; the caller's transaction ends then.
    """
    values = _values(client) | {"status": "active", "created_on": now.date(), "registration_hash": registration_hash}
    try:
        connection.execute(insert(CLIENTS).values(values))
    except IntegrityError as taken:
        raise ClientExists(client.client_id) from taken
    _claim_resources(connection, client)
    audit.record(connection, ClientRegistered(client_id=ClientId(client.client_id)), now=now)


def replace(connection: Connection, client: Client, *, now: datetime) -> bool:
    """Put new metadata in the place of a client's old; False when there is no such client."""
    values = _values(client)
    changed = connection.execute(update(CLIENTS).where(CLIENTS.c.client_id == client.client_id).values(values)).rowcount
    if changed:
        connection.execute(delete(RESOURCES).where(RESOURCES.c.client_id == client.client_id))
        _claim_resources(connection, client)
        audit.record(connection, ClientChanged(client_id=ClientId(client.client_id)), now=now)
    return changed == 1


def disable(connection: Connection, *, client_id: str, now: datetime) -> bool:
    """Turn a client away from now on (at most the directory's few seconds later); False when there is none."""
    ended = update(CLIENTS).where(CLIENTS.c.client_id == client_id, CLIENTS.c.status == "active")
    changed = connection.execute(ended.values(status="disabled")).rowcount
    if changed:
        audit.record(connection, ClientChanged(client_id=ClientId(client_id)), now=now)
    return changed == 1


def give_secret(connection: Connection, *, client_id: str, secret_hash: bytes, now: datetime) -> bool:
    """Replace the secret of an active client, which ends the old one at once; False when there is no such client."""
    theirs = update(CLIENTS).where(CLIENTS.c.client_id == client_id, CLIENTS.c.status == "active")
    changed = connection.execute(theirs.values(secret_hash=secret_hash)).rowcount
    if changed:
        audit.record(connection, ClientChanged(client_id=ClientId(client_id)), now=now)
    return changed == 1


def look_up(connection: Connection, *, client_id: str) -> tuple[Client, str] | None:
    """Return the client of that id and its status, be it active or not: for operators."""
    wanted = select(*COLUMNS, CLIENTS.c.status).where(CLIENTS.c.client_id == client_id)
    row = connection.execute(wanted).first()
    return (_client(row), row.status) if row is not None else None


def retire(connection: Connection, *, client_id: str, now: datetime) -> bool:
    """Disable a client for good: with it end its grants and its own way to its registration (RFC 7592 §2.3).

    The subjects of its sector stay: should the site come back, it knows people again.
    """
    if not disable(connection, client_id=client_id, now=now):
        return False
    connection.execute(update(CLIENTS).where(CLIENTS.c.client_id == client_id).values(registration_hash=None))
    grants.revoke_of_client(connection, client_id=client_id, now=now)
    logos.remove(connection, client_id=client_id)
    return True


def find_by_token(connection: Connection, *, client_id: str, registration_hash: bytes) -> Client | None:
    """Return the active client that manages itself by a token."""
    own = select(*COLUMNS).where(
        CLIENTS.c.client_id == client_id,
        CLIENTS.c.registration_hash == registration_hash,
        CLIENTS.c.status == "active",
    )
    row = connection.execute(own).first()
    return row and _client(row)


def sector_has_client(connection: Connection, *, sector: str) -> bool:
    """Tell whether a sector has, or ever had, a client."""
    known = select(CLIENTS.c.client_id).where(CLIENTS.c.sector == sector).limit(1)
    return connection.execute(known).first() is not None


def find(connection: Connection, *, client_id: str) -> Client | None:
    """Return the active client of that id."""
    row = connection.execute(FIND, {"client_id": client_id}).first()
    return row and _client(row)


def search(
    connection: Connection, *, words: str = "", limit: int = 50, offset: int = 0
) -> tuple[list[tuple[Client, str]], int]:
    """Return one page of clients whose id, name or sector holds ``words``, each with its status, and their number."""
    wanted = or_(
        *(
            column.icontains(words, autoescape=True)
            for column in (CLIENTS.c.client_id, CLIENTS.c.name, CLIENTS.c.sector)
        )
    )
    total = connection.execute(select(func.count()).select_from(CLIENTS).where(wanted)).scalar_one()
    page = select(*COLUMNS, CLIENTS.c.status).where(wanted).order_by(CLIENTS.c.client_id).limit(limit).offset(offset)
    return [(_client(row), row.status) for row in connection.execute(page)], total


def sectors(connection: Connection) -> Sequence[str]:
    """Return every sector any client ever had; a person's pseudonyms are recomputed over them."""
    return connection.execute(select(CLIENTS.c.sector).distinct().order_by(CLIENTS.c.sector)).scalars().all()


def script_origins(connection: Connection) -> frozenset[str]:
    """Return the origins whose scripts any active client lets call us."""
    perhaps = or_(CLIENTS.c.secret_hash.is_(None), CLIENTS.c.document.contains('"allowed_cors_origins"'))
    rows = connection.execute(select(*COLUMNS).where(CLIENTS.c.status == "active", perhaps))
    return frozenset(origin for row in rows for origin in _client(row).script_origins)


def told_of_sign_outs(connection: Connection) -> Sequence[str]:
    """Return the ids of the active clients that want to be told when a session ends."""
    wanted = select(CLIENTS.c.client_id).where(CLIENTS.c.wants_sid, CLIENTS.c.status == "active")
    return connection.execute(wanted).scalars().all()


def behind(connection: Connection, *, resource: str) -> str | None:
    """Return the id of the active client that is the API behind a resource indicator (RFC 8707 §2)."""
    return connection.execute(BEHIND, {"resource": resource}).scalar()


def _claim_resources(connection: Connection, client: Client) -> None:
    """Let tokens be asked for what a client, an API, answers to (RFC 8707). Raises :class:`ResourceTaken`."""
    for resource in client.resources:
        try:
            connection.execute(insert(RESOURCES).values(resource=resource, client_id=client.client_id))
        except IntegrityError as taken:
            raise ResourceTaken(client.client_id) from taken


def _values(client: Client) -> dict[str, object]:
    return {
        "client_id": client.client_id,
        "sector": client.sector,
        "name": client.name,
        "document": msgspec.json.encode(client.to_metadata()).decode(),
        "secret_hash": client.secret_hash,
        "wants_sid": client.wants_sid,
    }


def _client(row: Any) -> Client:
    metadata = msgspec.json.decode(row.document)
    return Client.from_metadata(metadata, client_id=row.client_id, sector=row.sector, secret_hash=row.secret_hash)


@dataclass(slots=True)
class _Entry:
    client: Client
    until: float


class ClientDirectory:
    """Finds clients, remembering each answer for a few seconds (``oidc.client_cache_seconds``).

    A change made by another process is seen when the answer has aged; that bound is documented for operators, who
    can set it to zero. Only clients there are are remembered, so that nonsense takes no room.
    """

    def __init__(self, database: Database, *, seconds: float) -> None:
        self._database = database
        self._seconds = seconds
        self._entries: dict[str, _Entry] = {}
        self._origins: tuple[frozenset[str], float] = (frozenset(), 0.0)

    def find(self, client_id: str, *, now: datetime) -> Client | None:
        """Return the active client of that id, at most ``seconds`` old."""
        moment = now.timestamp()
        entry = self._entries.get(client_id)
        if entry is not None and entry.until > moment:
            return entry.client
        if not CLIENT_ID.fullmatch(client_id):
            return None
        with self._database.read() as connection:
            client = find(connection, client_id=client_id)
        if client is None:
            self._entries.pop(client_id, None)
        else:
            self._entries[client_id] = _Entry(client, moment + self._seconds)
        return client

    def forget(self, client_id: str) -> None:
        """Look a client up anew next time: it has changed here."""
        self._entries.pop(client_id, None)

    def script_origins(self, *, now: datetime) -> frozenset[str]:
        """Return the origins whose scripts any client lets call us, at most ``seconds`` old.

        All at once, so that strangers who ask for origins that nobody registered cost no statement each.
        """
        moment = now.timestamp()
        origins, until = self._origins
        if until <= moment:
            with self._database.read() as connection:
                origins = script_origins(connection)
            self._origins = (origins, moment + self._seconds)
        return origins
