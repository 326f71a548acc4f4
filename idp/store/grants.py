"""Grants: one row from code to the end of its tokens; the conditional update that redeems a code is its gate.

A code is ``base64url(grant_id ‖ secret)``: 16 bytes that find the row and 32 that open it, of which the row keeps
SHA-256.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import bindparam, case, delete, insert, or_, select, update

from idp.store.hot import Hot
from idp.store.models import Grant, UsedJti, table_of
from idp.store.upsert import DIALECTS
from idp.value import Value

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

GRANTS = table_of(Grant)
USED_JTI = table_of(UsedJti)

INSERT = Hot(insert(GRANTS))
REDEEM = Hot(
    update(GRANTS)
    .where(
        GRANTS.c.grant_id == bindparam("b_grant_id"),
        GRANTS.c.code_hash == bindparam("b_code_hash"),
        GRANTS.c.client_id == bindparam("b_client_id"),
        GRANTS.c.redirect_uri == bindparam("b_redirect_uri"),
        GRANTS.c.code_challenge.is_not_distinct_from(bindparam("b_code_challenge")),
        or_(GRANTS.c.confirmation.is_(None), GRANTS.c.confirmation == bindparam("b_confirmation")),
        GRANTS.c.code_used_at.is_(None),
        GRANTS.c.revoked_at.is_(None),
        GRANTS.c.code_until > bindparam("b_now"),
    )
    .values(
        code_used_at=bindparam("b_now"),
        confirmation=bindparam("b_confirmation"),
        until_at=case(
            (GRANTS.c.refresh_until > GRANTS.c.until_at, GRANTS.c.refresh_until),
            (GRANTS.c.until_at > bindparam("b_access_until"), GRANTS.c.until_at),
            else_=bindparam("b_access_until"),
        ),
    )
    .returning(
        GRANTS.c.sub,
        GRANTS.c.scope,
        GRANTS.c.sealed,
        GRANTS.c.nonce,
        GRANTS.c.sid,
        GRANTS.c.refresh_until,
        GRANTS.c.resource,
    )
)
SPEND_JTI = {
    name: Hot(dialect.insert(USED_JTI).on_conflict_do_nothing().returning(USED_JTI.c.jti_hash))
    for name, dialect in DIALECTS.items()
}
REVOKE_REPLAYED = (
    update(GRANTS)
    .where(
        GRANTS.c.grant_id == bindparam("b_grant_id"),
        GRANTS.c.code_hash == bindparam("b_code_hash"),
        GRANTS.c.client_id == bindparam("b_client_id"),
        GRANTS.c.code_used_at.is_not(None),
        GRANTS.c.revoked_at.is_(None),
    )
    .values(revoked_at=bindparam("b_now"))
)
PRESENTED = select(
    GRANTS.c.redirect_uri, GRANTS.c.code_challenge, GRANTS.c.confirmation, GRANTS.c.code_used_at, GRANTS.c.code_until
).where(
    GRANTS.c.grant_id == bindparam("grant_id"),
    GRANTS.c.code_hash == bindparam("code_hash"),
    GRANTS.c.client_id == bindparam("client_id"),
    GRANTS.c.revoked_at.is_(None),
)


class NewGrant(Value, frozen=True):
    """A grant as the authorization endpoint makes it; times in unix seconds.

    ``sid`` and ``session_until`` only for a client that is told of sign-outs: its row is kept until no session that it
    could be told of is left.
    """

    grant_id: bytes
    client_id: str
    sub: str | None
    scope: str
    sealed: bytes
    redirect_uri: str | None
    nonce: str | None
    code_challenge: str | None
    code_hash: bytes | None
    code_until: int | None
    sid: str | None = None
    session_until: int = 0
    access_until: int | None = None
    """When an access token ends that is given without a code."""
    refresh_until: int | None = None
    """When the family of refresh tokens ends, if there is to be one."""
    resource: str | None = None
    confirmation: str | None = None
    """The key that tokens are bound to, or will have to be, where the request names it (RFC 9449 §10)."""


class Redeemed(Value, frozen=True):
    """What a redeemed code stood for."""

    sub: str
    scope: str
    sealed: bytes
    nonce: str | None
    sid: str | None
    refresh_until: int | None
    resource: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """A client that knows a session, by which id, and whom it knows there."""

    sid: str
    client_id: str
    sub: str


def add(connection: Connection, grant: NewGrant) -> None:
    """Write a grant, kept until its code or first access token ends: one statement."""
    INSERT.run(
        connection,
        {
            "grant_id": grant.grant_id,
            "client_id": grant.client_id,
            "sub": grant.sub,
            "scope": grant.scope,
            "sealed": grant.sealed,
            "redirect_uri": grant.redirect_uri,
            "nonce": grant.nonce,
            "code_challenge": grant.code_challenge,
            "code_hash": grant.code_hash,
            "code_until": grant.code_until,
            "sid": grant.sid,
            "resource": grant.resource,
            "confirmation": grant.confirmation,
            "refresh_until": grant.refresh_until,
            "refresh_generation": None if grant.refresh_until is None else 0,
            "until_at": max(grant.code_until or 0, grant.access_until or 0, grant.session_until),
        },
    )


class Redemption(Value, frozen=True):
    """What has to fit the grant for its code to be spent, and when the access token ends that it is spent for."""

    grant_id: bytes
    code_hash: bytes
    client_id: str
    redirect_uri: str | None
    code_challenge: str | None
    confirmation: str | None
    access_until: int


def redeem_code(connection: Connection, wish: Redemption, *, now: datetime) -> Redeemed | None:
    """Spend a code, if it is live and all else as it was asked for: one statement. The row outlives its access token.

    It is the whole gate, PKCE and redirect URI among its conditions, so that a thief's wrong guess burns nothing.
    """
    row = REDEEM.first(
        connection,
        {
            "b_grant_id": wish.grant_id,
            "b_code_hash": wish.code_hash,
            "b_client_id": wish.client_id,
            "b_redirect_uri": wish.redirect_uri,
            "b_code_challenge": wish.code_challenge,
            "b_confirmation": wish.confirmation,
            "b_access_until": wish.access_until,
            "b_now": int(now.timestamp()),
        },
    )
    return Redeemed(*row) if row is not None else None


@dataclass(frozen=True, slots=True)
class Presented:
    """What a code that was not redeemed is bound to, and whether it was redeemed before."""

    redirect_uri: str
    code_challenge: str | None
    confirmation: str | None
    code_used_at: int | None
    code_until: int

    @property
    def spent(self) -> bool:
        """Whether it was redeemed before."""
        return self.code_used_at is not None

    def expired(self, now: datetime) -> bool:
        """Tell whether its time is over."""
        return self.code_until <= int(now.timestamp())


class Handle(Protocol):
    """A presented code, taken apart."""

    @property
    def grant_id(self) -> bytes:
        """What finds the row."""

    @property
    def digest(self) -> bytes:
        """SHA-256 of what opens it."""


def find_presented(connection: Connection, handle: Handle, *, client_id: str) -> Presented | None:
    """Return what became of a code of this client; None if there is none, or its grant was revoked."""
    parameters = {"grant_id": handle.grant_id, "code_hash": handle.digest, "client_id": client_id}
    row = connection.execute(PRESENTED, parameters).first()
    return Presented(*row) if row is not None else None


def revoke_replayed(connection: Connection, handle: Handle, *, client_id: str, now: datetime) -> bool:
    """Revoke the grant of a spent code; False when there is none, or it is revoked already."""
    parameters = {
        "b_grant_id": handle.grant_id,
        "b_code_hash": handle.digest,
        "b_client_id": client_id,
        "b_now": int(now.timestamp()),
    }
    return connection.execute(REVOKE_REPLAYED, parameters).rowcount == 1


def revoke_of_client(connection: Connection, *, client_id: str, now: datetime) -> int:
    """Revoke every grant of a client; returns how many were alive."""
    alive = update(GRANTS).where(GRANTS.c.client_id == client_id, GRANTS.c.revoked_at.is_(None))
    return connection.execute(alive.values(revoked_at=int(now.timestamp()))).rowcount


def told_of(connection: Connection, sids: Sequence[str]) -> list[Told]:
    """Return the clients that know a session by one of these ids, each id once."""
    found = select(GRANTS.c.sid, GRANTS.c.client_id, GRANTS.c.sub).where(GRANTS.c.sid.in_(sids)).distinct()
    return [Told(*row) for row in connection.execute(found)]


def use_jti(connection: Connection, *, jti_hash: bytes, until_at: int) -> bool:
    """Spend an assertion id; False when it was spent before. The insertion is the gate."""
    spend = SPEND_JTI[connection.dialect.name]
    return spend.first(connection, {"jti_hash": jti_hash, "until_at": until_at}) is not None


def purge(connection: Connection, *, now: datetime) -> int:
    """Delete grants and assertion ids that nothing can use any more; returns how many rows went."""
    moment = int(now.timestamp())
    gone = connection.execute(delete(GRANTS).where(GRANTS.c.until_at < moment)).rowcount
    return gone + connection.execute(delete(USED_JTI).where(USED_JTI.c.until_at < moment)).rowcount
