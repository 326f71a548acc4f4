"""Who is behind a number, and whose card it is: keyed blind indexes, each leading to one person.

The primary key is the gate. Of two transactions that bind the same number, one inserts; the other waits for it, and
then finds out whose the number is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select, update

from idp.domain.ids import PersonId
from idp.store.models import BankCard, Identity, table_of
from idp.store.upsert import dialect_insert

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Connection

IDENTITIES, CARDS = table_of(Identity), table_of(BankCard)

HOLDER = select(IDENTITIES.c.person_id).where(IDENTITIES.c.blind_index == bindparam("index"))
OF_PERSON = select(IDENTITIES.c.blind_index).where(IDENTITIES.c.person_id == bindparam("person"))
POINT = (
    update(IDENTITIES)
    .where(IDENTITIES.c.blind_index == bindparam("index"))
    .values(vault_ref=bindparam("ref"), bound_on=bindparam("day"))
)
CARD_HOLDER = select(CARDS.c.person_id).where(CARDS.c.card_index == bindparam("index"))


def bind(connection: Connection, *, blind_index: str, person_id: PersonId, vault_ref: str, on: date) -> PersonId:
    """Bind a number to a person unless it is bound already; returns whose it is."""
    row = {"blind_index": blind_index, "person_id": person_id, "vault_ref": vault_ref, "bound_on": on}
    connection.execute(dialect_insert(connection, IDENTITIES).values(row).on_conflict_do_nothing())
    return PersonId(connection.execute(HOLDER, {"index": blind_index}).scalar_one())


def point(connection: Connection, *, blind_index: str, vault_ref: str, on: date) -> None:
    """Let a number that is proven again lead to its newest sealed record."""
    connection.execute(POINT, {"index": blind_index, "ref": vault_ref, "day": on})


def holder(connection: Connection, *, blind_index: str) -> PersonId | None:
    """Return the person a number is bound to."""
    found = connection.execute(HOLDER, {"index": blind_index}).scalar_one_or_none()
    return PersonId(found) if found is not None else None


def of_person(connection: Connection, *, person_id: PersonId) -> frozenset[str]:
    """Return the blind indexes bound to a person: none before proof of control, one after it."""
    return frozenset(connection.execute(OF_PERSON, {"person": person_id}).scalars())


def bind_card(connection: Connection, *, card_index: str, person_id: PersonId, on: date) -> PersonId:
    """Bind a bank card to a person unless it is bound already; returns whose it is."""
    row = {"card_index": card_index, "person_id": person_id, "bound_on": on}
    connection.execute(dialect_insert(connection, CARDS).values(row).on_conflict_do_nothing())
    return PersonId(connection.execute(CARD_HOLDER, {"index": card_index}).scalar_one())


def card_holder(connection: Connection, *, card_index: str) -> PersonId | None:
    """Return the person a bank card is bound to."""
    found = connection.execute(CARD_HOLDER, {"index": card_index}).scalar_one_or_none()
    return PersonId(found) if found is not None else None
