"""Passkeys: WebAuthn credentials and the state that the next assertion is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from idp.domain.events import PasskeyAdded, PasskeyCopied, PasskeyRemoved
from idp.store import audit, notices, people
from idp.store.models import Passkey, Person, table_of

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import Connection

    from idp.domain.ids import PersonId

PASSKEYS, PEOPLE = table_of(Passkey), table_of(Person)

SELECT = select(
    PASSKEYS.c.credential_id,
    PASSKEYS.c.person_id,
    PASSKEYS.c.user_handle,
    PASSKEYS.c.public_key,
    PASSKEYS.c.sign_count,
    PASSKEYS.c.transports,
    PASSKEYS.c.aaguid,
    PASSKEYS.c.backup_eligible,
    PASSKEYS.c.backed_up,
    PASSKEYS.c.label,
    PASSKEYS.c.created_on,
    PASSKEYS.c.last_used_on,
)
FIND = SELECT.join(PEOPLE, PEOPLE.c.person_id == PASSKEYS.c.person_id).where(
    PASSKEYS.c.credential_id == bindparam("credential_id"), PEOPLE.c.status == "active"
)
OF_PERSON = SELECT.where(PASSKEYS.c.person_id == bindparam("person_id")).order_by(
    PASSKEYS.c.created_on, PASSKEYS.c.credential_id
)


class CredentialTaken(Exception):
    """The credential id belongs to an account already, this one's or another's."""


class LastPasskey(Exception):
    """An account keeps at least one passkey: without any, nobody could sign in to it."""


@dataclass(frozen=True, slots=True)
class PasskeyRecord:
    """A credential record (WebAuthn Level 3 §4); ids and handle in base64url."""

    credential_id: str
    person_id: PersonId
    user_handle: str
    public_key: bytes
    sign_count: int
    transports: str
    aaguid: str
    backup_eligible: bool
    backed_up: bool
    label: str
    created_on: date
    last_used_on: date | None


def add(connection: Connection, passkey: PasskeyRecord, *, now: datetime) -> None:
    """Write a credential. Raises :class:`CredentialTaken` when anybody has its id (WebAuthn Level 3 §7.1)."""
    values = {column.name: getattr(passkey, column.name) for column in PASSKEYS.columns}
    try:
        with connection.begin_nested():
            connection.execute(insert(PASSKEYS), values)
    except IntegrityError as taken:
        raise CredentialTaken from taken
    audit.record(connection, PasskeyAdded(person=passkey.person_id), now=now)


def find(connection: Connection, *, credential_id: str) -> PasskeyRecord | None:
    """Return the credential of that id, if its person has an account."""
    row = connection.execute(FIND, {"credential_id": credential_id}).mappings().first()
    return PasskeyRecord(**row) if row is not None else None


def of_person(connection: Connection, *, person_id: PersonId) -> list[PasskeyRecord]:
    """Return a person's credentials, oldest first."""
    return [PasskeyRecord(**row) for row in connection.execute(OF_PERSON, {"person_id": person_id}).mappings()]


def use(connection: Connection, passkey: PasskeyRecord, *, sign_count: int, backed_up: bool, now: datetime) -> bool:
    """Accept an assertion and remember its state, or return False because its counter did not go up.

    Comparing and writing are one statement: of two copies that count alike, one loses (WebAuthn Level 3 §6.1.1).
    Authenticators that do not count say zero; a zero neither convicts nor clears what was counted before.
    """
    here = update(PASSKEYS).where(PASSKEYS.c.credential_id == passkey.credential_id)
    values: dict[str, object] = {"backed_up": backed_up, "last_used_on": now.date()}
    if sign_count:
        here = here.where(PASSKEYS.c.sign_count < sign_count)
        values["sign_count"] = sign_count
    if connection.execute(here.values(values)).rowcount == 1:
        return True
    notices.tell(connection, person_id=passkey.person_id, kind=notices.Kind.PASSKEY_COPIED, now=now)
    audit.record(connection, PasskeyCopied(person=passkey.person_id), now=now)
    return False


def rename(connection: Connection, *, person_id: PersonId, credential_id: str, label: str) -> bool:
    """Give one of a person's own passkeys another label; False when it is not theirs."""
    theirs = update(PASSKEYS).where(PASSKEYS.c.credential_id == credential_id, PASSKEYS.c.person_id == person_id)
    return connection.execute(theirs.values(label=label)).rowcount == 1


def remove(connection: Connection, *, person_id: PersonId, credential_id: str, now: datetime) -> bool:
    """Remove one of a person's own passkeys, but never the last one; False when it is not theirs."""
    people.lock(connection, person_id)  # two removals at once must not each leave the other's for the last
    theirs = PASSKEYS.c.person_id == person_id
    this = delete(PASSKEYS).where(theirs, PASSKEYS.c.credential_id == credential_id)
    if connection.execute(this).rowcount == 0:
        return False
    if not connection.execute(select(func.count()).select_from(PASSKEYS).where(theirs)).scalar_one():
        raise LastPasskey
    notices.tell(connection, person_id=person_id, kind=notices.Kind.PASSKEY_REMOVED, now=now)
    audit.record(connection, PasskeyRemoved(person=person_id), now=now)
    return True


def remove_all(connection: Connection, *, person_id: PersonId, now: datetime) -> int:
    """Remove every passkey of a person whose account is about to get another's; returns how many."""
    removed = connection.execute(delete(PASSKEYS).where(PASSKEYS.c.person_id == person_id)).rowcount
    for _ in range(removed):
        audit.record(connection, PasskeyRemoved(person=person_id), now=now)
    return removed
