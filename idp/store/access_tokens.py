"""What a grant's row says of its access tokens. It keeps none of them: only which were ended before their time.

``ended`` is 18 bytes for each token that was revoked alone: when it ends, and its serial.
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
MOST_ENDED = 256
"""So many tokens of a grant can be over alone at one time; with one more the grant is over."""

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
_HERE = GRANTS.c.grant_id == bindparam("b_grant_id")
END = update(GRANTS).where(_HERE).values(ended=bindparam("b_ended"))
END_ALL = update(GRANTS).where(_HERE).values(revoked_at=bindparam("b_now"))


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
    """End one token of a grant that was locked in this transaction, or the grant where its list has no room."""
    ended = ending(marks.ended, token, now=now)
    if ended is None:
        connection.execute(END_ALL, {"b_grant_id": token.grant_id, "b_now": now})
    else:
        connection.execute(END, {"b_grant_id": token.grant_id, "b_ended": ended})


def is_over(ended: bytes | None, token: Token) -> bool:
    """Tell whether a token was ended before its time."""
    return ended is not None and _entry(token) in _entries(ended)


def ending(ended: bytes | None, token: Token, *, now: int) -> bytes | None:
    """Return ``ended`` with one token more, and without those whose time is over anyhow; None where it has no room."""
    living = {entry for entry in _entries(ended or b"") if int.from_bytes(entry[:UNTIL_BYTES], "big") > now}
    living.add(_entry(token))
    return b"".join(sorted(living)) if len(living) <= MOST_ENDED else None


def _entry(token: Token) -> bytes:
    return token.until.to_bytes(UNTIL_BYTES, "big") + token.serial


def _entries(ended: bytes) -> set[bytes]:
    return {ended[at : at + ENTRY_BYTES] for at in range(0, len(ended), ENTRY_BYTES)}
