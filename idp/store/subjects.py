"""Pseudonyms at sectors: their code names and what they consented to. Knows no person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, and_, bindparam, delete, func, select, update

from idp.domain.events import CodeNameChosen, ConsentGiven, ConsentWithdrawn
from idp.domain.ids import ClientId
from idp.store import audit, name_consents
from idp.store.hot import Hot
from idp.store.models import CodeNameRow, Consent, Grant, NameConsent, SubjectRow, table_of
from idp.store.upsert import dialect_insert, upsert
from idp.value import Value

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from idp.domain.ids import Subject

CODE_NAMES, CONSENTS, GRANTS, SUBJECTS = (table_of(model) for model in (CodeNameRow, Consent, Grant, SubjectRow))
NAME_CONSENTS = table_of(NameConsent)

STANDING = Hot(
    select(SUBJECTS.c.code_name, CONSENTS.c.scope, CONSENTS.c.given_ms, CONSENTS.c.until_at)
    .select_from(
        SUBJECTS.outerjoin(
            CONSENTS, and_(CONSENTS.c.sub == SUBJECTS.c.sub, CONSENTS.c.client_id == bindparam("client_id"))
        )
    )
    .where(SUBJECTS.c.sector == bindparam("sector"), SUBJECTS.c.sub == bindparam("sub"), SUBJECTS.c.status == "active")
)


MOST_NAMES = 12


class TooManyNames(Exception):
    """This subject has held as many names at its sector as one may; it can go back to any of them."""


class NameTaken(Exception):
    """Somebody else at this sector goes, or went, by a name that looks the same."""


class Standing(Value, frozen=True):
    """What a subject has settled with one client: times in milliseconds (given) and seconds (until) since 1970."""

    code_name: str | None = None
    consented: frozenset[str] = frozenset()
    given_ms: int = 0
    until_at: int = 0


def standing(connection: Connection, subject: Subject, *, client_id: str) -> Standing:
    """Return the code name and the consent of ``subject`` at one client: one statement."""
    row = STANDING.first(connection, {"sector": subject.sector, "sub": subject.value, "client_id": client_id})
    if row is None:
        return Standing()
    code_name, scope, given_ms, until_at = row
    return Standing(code_name) if scope is None else Standing(code_name, frozenset(scope.split()), given_ms, until_at)


def choose_code_name(connection: Connection, subject: Subject, *, display: str, name_key: str, now: datetime) -> None:
    """Let ``subject`` go by ``display`` at its sector. Raises :class:`NameTaken` or :class:`TooManyNames`.

    Whoever held a name keeps it for good: they may come back to it, and nobody else can pose as them.
    """
    name = {"sector": subject.sector, "name_key": name_key}
    claim = dialect_insert(connection, CODE_NAMES).values(sub=subject.value, **name).on_conflict_do_nothing()
    connection.execute(claim)
    holder = select(CODE_NAMES.c.sub).where(CODE_NAMES.c.sector == subject.sector, CODE_NAMES.c.name_key == name_key)
    if connection.execute(holder).scalar_one() != subject.value:
        raise NameTaken
    here = and_(CODE_NAMES.c.sector == subject.sector, CODE_NAMES.c.sub == subject.value)
    if connection.execute(select(func.count()).select_from(CODE_NAMES).where(here)).scalar_one() > MOST_NAMES:
        raise TooManyNames
    keys = {"sector": subject.sector, "sub": subject.value}
    connection.execute(upsert(connection, SUBJECTS, keys=keys, values={"code_name": display, "status": "active"}))
    audit.record(connection, CodeNameChosen(subject=subject), now=now)


def give_consent(
    connection: Connection, subject: Subject, *, client_id: str, scope: str, until_at: int, now: datetime
) -> None:
    """Record that ``subject`` lets the client have ``scope``, replacing what it said before."""
    known = {"sector": subject.sector, "sub": subject.value}
    connection.execute(upsert(connection, SUBJECTS, keys=known, values={"status": "active"}))
    given = {"scope": scope, "given_ms": int(now.timestamp() * 1000), "until_at": until_at}
    keys = {"client_id": client_id, "sub": subject.value}
    connection.execute(upsert(connection, CONSENTS, keys=keys, values=given))
    audit.record(connection, ConsentGiven(client_id=ClientId(client_id), subject=subject), now=now)


def withdraw_consent(connection: Connection, subject: Subject, *, client_id: str, now: datetime) -> bool:
    """Forget the consent and revoke what was granted under it; False when there was none."""
    here = and_(CONSENTS.c.client_id == client_id, CONSENTS.c.sub == subject.value)
    gone = connection.execute(delete(CONSENTS).where(here)).rowcount
    name_consents.withdraw(connection, subject, client_id=client_id, now=now)
    _revoke(connection, and_(GRANTS.c.client_id == client_id, GRANTS.c.sub == subject.value), now=now)
    if gone:
        audit.record(connection, ConsentWithdrawn(client_id=ClientId(client_id), subject=subject), now=now)
    return gone == 1


def retire(connection: Connection, subject: Subject) -> bool:
    """End a pseudonym: grants and consents deleted, code name blanked but never free for others.

    The row stays: the same human may come back to it, and nobody else may. False when it was never used. Grants go
    instead of being marked revoked, and no event is recorded: the same moment at every site, and in the erasure's own
    event, would tie the pseudonyms to one another and to the person.
    """
    here = and_(SUBJECTS.c.sector == subject.sector, SUBJECTS.c.sub == subject.value, SUBJECTS.c.status == "active")
    ended = connection.execute(update(SUBJECTS).where(here).values(code_name=None, status="retired")).rowcount
    for table in (CONSENTS, NAME_CONSENTS, GRANTS):
        connection.execute(delete(table).where(table.c.sub == subject.value))
    return ended == 1


def _revoke(connection: Connection, which: ColumnElement[bool], *, now: datetime) -> None:
    revoked = update(GRANTS).where(which, GRANTS.c.revoked_at.is_(None))
    connection.execute(revoked.values(revoked_at=int(now.timestamp())))
