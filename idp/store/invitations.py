"""Initial access tokens (RFC 7591 §3): handed out by an operator, each good for so many registrations until a day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, insert, select, update

from idp.domain.events import InvitationMade, InvitationRevoked
from idp.store import audit
from idp.store.models import InitialAccessToken, table_of

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import ColumnElement, Connection

TOKENS = table_of(InitialAccessToken)


@dataclass(frozen=True, slots=True)
class Invitation:
    """A token as an operator sees it: ``token_hash`` is its SHA-256."""

    token_hash: bytes
    label: str
    uses_left: int
    until_on: date


def add(connection: Connection, invitation: Invitation, *, now: datetime) -> None:
    """Let whoever holds a token register."""
    connection.execute(
        insert(TOKENS).values(
            token_hash=invitation.token_hash,
            label=invitation.label,
            uses_left=invitation.uses_left,
            until_on=invitation.until_on,
        )
    )
    audit.record(connection, InvitationMade(), now=now)


def is_good(connection: Connection, token_hash: bytes, *, now: datetime) -> bool:
    """Tell whether a token could be used now."""
    good = select(TOKENS.c.token_hash).where(*_good(token_hash, now))
    return connection.execute(good).first() is not None


def use(connection: Connection, token_hash: bytes, *, now: datetime) -> bool:
    """Use a token once; False when it is used up, past its day or unknown. The update is the gate."""
    used = update(TOKENS).where(*_good(token_hash, now)).values(uses_left=TOKENS.c.uses_left - 1)
    return connection.execute(used).rowcount == 1


def listed(connection: Connection, *, limit: int, offset: int) -> tuple[list[Invitation], int]:
    """Return one page of the tokens there are, and how many there are in all."""
    total = connection.execute(select(func.count()).select_from(TOKENS)).scalar_one()
    page = select(TOKENS).order_by(TOKENS.c.label, TOKENS.c.token_hash).limit(limit).offset(offset)
    return [Invitation(*row) for row in connection.execute(page)], total


def revoke(connection: Connection, *, label: str, now: datetime) -> int:
    """Take back every token of a label; returns how many there were."""
    gone = connection.execute(delete(TOKENS).where(TOKENS.c.label == label)).rowcount
    if gone:
        audit.record(connection, InvitationRevoked(), now=now)
    return gone


def purge(connection: Connection, *, now: datetime) -> int:
    """Delete tokens that nobody can use any more; returns how many went."""
    over = (TOKENS.c.until_on < now.date()) | (TOKENS.c.uses_left < 1)
    return connection.execute(delete(TOKENS).where(over)).rowcount


def _good(token_hash: bytes, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (TOKENS.c.token_hash == token_hash, TOKENS.c.uses_left > 0, TOKENS.c.until_on >= now.date())
