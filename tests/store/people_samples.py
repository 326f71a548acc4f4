"""People for the store's tests: accounts with everything an account can have."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select

from idp.domain.ids import PersonId, new_person_id
from idp.store import notices, passkeys, people, sessions
from idp.store.models import BankCard, Base, Case, EvidenceRow, Identity, table_of
from tests.conftest import NOW

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from idp.store.database import Database

LIFETIME = timedelta(hours=12)
KNOWN = people.Predicates(
    level="registry",
    verified_on=NOW.date(),
    review_on=None,
    adult_from=NOW.date(),
    masked_name="王**",
    policy="2026-1",
)


@dataclass(frozen=True)
class Account:
    """A person, one of their passkeys and one of their sessions."""

    person_id: PersonId
    credential_id: str
    session: bytes


def passkey_of(person_id: PersonId, credential_id: str) -> passkeys.PasskeyRecord:
    """A passkey record with nothing remarkable about it."""
    return passkeys.PasskeyRecord(
        credential_id=credential_id,
        person_id=person_id,
        user_handle="h" * 43,
        public_key=b"key",
        sign_count=0,
        transports="internal",
        aaguid="00000000-0000-0000-0000-000000000000",
        backup_eligible=True,
        backed_up=True,
        label="my phone",
        created_on=NOW.date(),
        last_used_on=None,
    )


def account(database: Database, *, verified: bool = False) -> Account:
    """An account with a passkey and a session; a verified one also has evidence, a case, a card and a number."""
    person_id = new_person_id(secrets.token_bytes)
    made = Account(person_id, secrets.token_urlsafe(32), secrets.token_bytes(32))
    with database.write() as connection:
        people.register(connection, person_id=person_id, now=NOW)
        passkeys.add(connection, passkey_of(person_id, made.credential_id), now=NOW)
        sessions.add(
            connection,
            id_hash=made.session,
            person_id=person_id,
            sealed=b"sealed",
            sid_seed=bytes(16),
            device="Chrome · Windows",
            until=NOW + LIFETIME,
            now=NOW,
        )
        notices.tell(connection, person_id=person_id, kind=notices.Kind.PASSKEY_ADDED, now=NOW)
        if verified:
            _verify(connection, person_id)
    return made


def _verify(connection: Connection, person_id: PersonId) -> None:
    people.set_predicates(connection, person_id=person_id, predicates=KNOWN)
    today = NOW.date()
    rows: dict[type[Base], dict[str, object]] = {
        EvidenceRow: {
            "evidence_id": secrets.token_urlsafe(16),
            "kind": "bank_control",
            "policy": "2026-1",
            "obtained_on": today,
        },
        Case: {
            "case_id": secrets.token_urlsafe(16),
            "method": "micro_deposit",
            "state": "passed",
            "tries_left": 3,
            "opened_on": today,
        },
        BankCard: {"card_index": secrets.token_urlsafe(32), "bound_on": today},
        Identity: {
            "blind_index": secrets.token_urlsafe(32),
            "vault_ref": secrets.token_urlsafe(16),
            "bound_on": today,
        },
    }
    for model, row in rows.items():
        connection.execute(insert(table_of(model)).values(person_id=person_id, **row))


def rows_of(connection: Connection, person_id: PersonId) -> dict[str, int]:
    """Return how many rows of each table of the person half name a person; tables with none are left out."""
    counted = {
        table.name: connection.execute(
            select(func.count()).select_from(table).where(table.c.person_id == person_id)
        ).scalar_one()
        for table in Base.metadata.sorted_tables
        if "person_id" in table.columns
    }
    return {name: count for name, count in counted.items() if count}
