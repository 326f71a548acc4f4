"""What a refresh token does to its grant: nothing while token and key stay; else one conditional update."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from sqlalchemy import and_, bindparam, case, or_, select, update

from idp.store.hot import Hot
from idp.store.models import Grant, table_of

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

GRANTS = table_of(Grant)

_ALIVE = and_(
    GRANTS.c.grant_id == bindparam("b_grant_id"),
    GRANTS.c.client_id == bindparam("b_client_id"),
    GRANTS.c.revoked_at.is_(None),
    GRANTS.c.code_used_at.is_not(None),
    GRANTS.c.refresh_until > bindparam("b_now"),
)
_THIS_ONE = GRANTS.c.refresh_generation == bindparam("b_generation")
_TURNED_JUST_NOW = and_(
    GRANTS.c.refresh_generation == bindparam("b_next_generation"),
    GRANTS.c.refreshed_at >= bindparam("b_retry_since"),
)
_SAME_KEY = GRANTS.c.confirmation.is_not_distinct_from(bindparam("b_confirmation"))
"""One row knows one key, which goes into the proof of its access tokens."""
_RENEWED = (GRANTS.c.sub, GRANTS.c.scope, GRANTS.c.sealed, GRANTS.c.sid, GRANTS.c.resource, GRANTS.c.until_at)
KEPT = Hot(select(*_RENEWED).where(_ALIVE, _THIS_ONE, _SAME_KEY))
TURN = Hot(
    update(GRANTS)
    .where(_ALIVE, or_(_THIS_ONE, _TURNED_JUST_NOW), or_(_SAME_KEY, bindparam("b_may_change_key") == 1))
    .values(
        refreshed_at=case((_THIS_ONE, bindparam("b_now")), else_=GRANTS.c.refreshed_at),
        refresh_generation=bindparam("b_next_generation"),
        confirmation=bindparam("b_confirmation"),
    )
    .returning(*_RENEWED)
)
REVOKE_REUSED = (
    update(GRANTS)
    .where(
        GRANTS.c.grant_id == bindparam("b_grant_id"),
        GRANTS.c.client_id == bindparam("b_client_id"),
        GRANTS.c.refresh_generation > bindparam("b_generation"),
        GRANTS.c.revoked_at.is_(None),
    )
    .values(revoked_at=bindparam("b_now"))
)


@dataclass(frozen=True, slots=True)
class Refresh:
    """What has to fit the grant, and what becomes of it; times in unix seconds."""

    grant_id: bytes
    client_id: str
    generation: int
    next_generation: int
    confirmation: str | None
    may_change_key: bool
    retry_since: int

    @property
    def turns(self) -> bool:
        """Whether the family goes on to another token."""
        return self.next_generation != self.generation


@dataclass(frozen=True, slots=True)
class Renewed:
    """What the family stands for; no token may outlive ``until_at``, when the row may be purged."""

    sub: str
    scope: str
    sealed: bytes
    sid: str | None
    resource: str | None
    until_at: int


def find_kept(connection: Connection, wish: Refresh, *, now: datetime) -> Renewed | None:
    """Return a family whose token stays and whose key is the row's; None where anything does not fit: one statement."""
    row = KEPT.first(
        connection,
        {
            "b_grant_id": wish.grant_id,
            "b_client_id": wish.client_id,
            "b_generation": wish.generation,
            "b_confirmation": wish.confirmation,
            "b_now": int(now.timestamp()),
        },
    )
    return Renewed(*row) if row is not None else None


def turn(connection: Connection, wish: Refresh, *, now: datetime) -> Renewed | None:
    """Turn a family on to its next token, or to another key; None where anything does not fit: one statement."""
    row = TURN.first(
        connection,
        {
            "b_grant_id": wish.grant_id,
            "b_client_id": wish.client_id,
            "b_generation": wish.generation,
            "b_next_generation": wish.next_generation,
            "b_confirmation": wish.confirmation,
            "b_may_change_key": int(wish.may_change_key),
            "b_retry_since": wish.retry_since,
            "b_now": int(now.timestamp()),
        },
    )
    return Renewed(*row) if row is not None else None


def revoke_reused(connection: Connection, wish: Refresh, *, now: datetime) -> bool:
    """Revoke a family that has gone on since the token was given; False where it has not, or is somebody else's."""
    parameters = {
        "b_grant_id": wish.grant_id,
        "b_client_id": wish.client_id,
        "b_generation": wish.generation,
        "b_now": int(now.timestamp()),
    }
    return connection.execute(REVOKE_REUSED, parameters).rowcount == 1


def revoke_family(connection: Connection, *, grant_id: bytes, client_id: str, now: datetime) -> bool:
    """End a grant and everything it gave; False where it is not this client's, or ended before."""
    here = and_(GRANTS.c.grant_id == grant_id, GRANTS.c.client_id == client_id, GRANTS.c.revoked_at.is_(None))
    return connection.execute(update(GRANTS).where(here).values(revoked_at=int(now.timestamp()))).rowcount == 1


@dataclass(frozen=True, slots=True)
class Standing:
    """A grant as introspection tells of it; times in unix seconds."""

    client_id: str
    sub: str | None
    scope: str
    sealed: bytes
    resource: str | None
    confirmation: str | None
    ended: bytes | None
    refresh_generation: int | None
    refresh_until: int | None


STANDING = Hot(
    select(*(GRANTS.c[each.name] for each in fields(Standing))).where(
        GRANTS.c.grant_id == bindparam("grant_id"), GRANTS.c.revoked_at.is_(None)
    )
)


def standing(connection: Connection, *, grant_id: bytes) -> Standing | None:
    """Return a grant that was not revoked."""
    row = STANDING.first(connection, {"grant_id": grant_id})
    return Standing(*row) if row is not None else None
