"""What a grant's row says of its access tokens. It keeps none of them: only which were ended before their time.

``ended`` is five bytes of a moment, then 18 bytes for each token that was revoked alone: when it ends, and its serial.
Every token of the grant that ends no later than the moment is over.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import bindparam, select, update

from idp.store.hot import Hot
from idp.store.models import Grant, table_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

GRANTS = table_of(Grant)
UNTIL_BYTES = 5
SERIAL_BYTES = 13
ENTRY_BYTES = UNTIL_BYTES + SERIAL_BYTES
MOST_ENDED = 64
"""So many tokens of a grant can be over alone at one time; see :func:`ending`."""

BY_GRANT = Hot(
    select(
        GRANTS.c.client_id,
        GRANTS.c.sub,
        GRANTS.c.scope,
        GRANTS.c.sealed,
        GRANTS.c.confirmation,
        GRANTS.c.resource,
        GRANTS.c.ended,
    ).where(GRANTS.c.grant_id == bindparam("grant_id"), GRANTS.c.revoked_at.is_(None))
)
LOCKED = (
    select(GRANTS.c.confirmation, GRANTS.c.ended)
    .where(
        GRANTS.c.grant_id == bindparam("grant_id"),
        GRANTS.c.client_id == bindparam("client_id"),
        GRANTS.c.revoked_at.is_(None),
    )
    .with_for_update()
)
END = update(GRANTS).where(GRANTS.c.grant_id == bindparam("b_grant_id")).values(ended=bindparam("b_ended"))


class Token(Protocol):
    """An access token by name; ``until`` in unix seconds."""

    @property
    def grant_id(self) -> bytes:
        """The row."""

    @property
    def until(self) -> int:
        """When it ends."""

    @property
    def serial(self) -> bytes:
        """Which of the grant's tokens it is."""


@dataclass(frozen=True, slots=True)
class Access:
    """What access tokens of a grant stand for; ``sub`` is None where a client acts for itself."""

    client_id: str
    sub: str | None
    scope: str
    sealed: bytes
    confirmation: str | None
    resource: str | None
    ended: bytes | None


@dataclass(frozen=True, slots=True)
class Marks:
    """What proves a token of a grant, and which are over."""

    confirmation: str | None
    ended: bytes | None


def find(connection: Connection, *, grant_id: bytes) -> Access | None:
    """Return what the access tokens of a grant stand for, if it was not revoked: one statement."""
    row = BY_GRANT.first(connection, {"grant_id": grant_id})
    return Access(*row) if row is not None else None


def lock(connection: Connection, *, grant_id: bytes, client_id: str) -> Marks | None:
    """Return the marks of a client's grant, which nobody else may change before this transaction ends."""
    row = connection.execute(LOCKED, {"grant_id": grant_id, "client_id": client_id}).first()
    return Marks(*row) if row is not None else None


def end(connection: Connection, token: Token, marks: Marks, *, now: int) -> None:
    """End one token of a grant that was locked in this transaction."""
    ended = ending(marks.ended, token, now=now)
    connection.execute(END, {"b_grant_id": token.grant_id, "b_ended": ended})


def is_over(ended: bytes | None, token: Token) -> bool:
    """Tell whether a token was ended before its time."""
    if ended is None:
        return False
    moment, entries = _read(ended)
    return token.until <= moment or (token.until, token.serial) in entries


def ending(ended: bytes | None, token: Token, *, now: int) -> bytes:
    """Return ``ended`` with one token more, and without those whose time is over anyhow.

    When there is no room, the token that would end first leaves the list, and the moment moves to its end: it stays
    over, and so is at most what would have ended before it.
    """
    moment, entries = _read(ended) if ended is not None else (0, set())
    living = sorted({entry for entry in entries if entry[0] > now} | {(token.until, token.serial)})
    without_room, kept = living[:-MOST_ENDED], living[-MOST_ENDED:]
    moment = max([moment, *(until for until, _serial in without_room)])
    return _until(moment) + b"".join(_until(until) + serial for until, serial in kept)


def _until(moment: int) -> bytes:
    return moment.to_bytes(UNTIL_BYTES, "big")


def _read(ended: bytes) -> tuple[int, set[tuple[int, bytes]]]:
    entries = set()
    for at in range(UNTIL_BYTES, len(ended), ENTRY_BYTES):
        entry = ended[at : at + ENTRY_BYTES]
        entries.add((int.from_bytes(entry[:UNTIL_BYTES], "big"), entry[UNTIL_BYTES:]))
    return int.from_bytes(ended[:UNTIL_BYTES], "big"), entries
