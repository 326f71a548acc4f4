"""WebAuthn challenges. The conditional update that spends one is the single-use gate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, insert, update

from idp.store.models import Ceremony, table_of
from idp.store.times import seconds

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

CEREMONIES = table_of(Ceremony)

SPEND = (
    update(CEREMONIES)
    .where(
        CEREMONIES.c.challenge_hash == bindparam("b_challenge_hash"),
        CEREMONIES.c.purpose == bindparam("b_purpose"),
        CEREMONIES.c.used_at.is_(None),
        CEREMONIES.c.until_at > bindparam("b_now"),
    )
    .values(used_at=bindparam("b_now"))
    .returning(CEREMONIES.c.sealed)
)


def add(connection: Connection, *, challenge_hash: bytes, purpose: str, sealed: bytes, until: datetime) -> None:
    """Write a challenge that waits to be answered."""
    connection.execute(
        insert(CEREMONIES),
        {"challenge_hash": challenge_hash, "purpose": purpose, "sealed": sealed, "until_at": seconds(until)},
    )


def spend(connection: Connection, *, challenge_hash: bytes, purpose: str, now: datetime) -> bytes | None:
    """Use a challenge up and return what was sealed with it; None if it is unknown, for something else, used or old."""
    row = connection.execute(
        SPEND, {"b_challenge_hash": challenge_hash, "b_purpose": purpose, "b_now": seconds(now)}
    ).first()
    return row.sealed if row is not None else None


def purge(connection: Connection, *, now: datetime) -> int:
    """Delete challenges whose time is over: their rows tell precise times and must not stay. Returns how many."""
    return connection.execute(delete(CEREMONIES).where(CEREMONIES.c.until_at <= seconds(now))).rowcount
