"""Legal names on both databases: one row a person, gone with the person; one consent a subject and client."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from idp.domain.ids import Subject
from idp.store import clients, name_consents, people, released_identities, subjects
from idp.store.name_consents import Allowed
from keys.envelope import Envelope
from tests.store.people_samples import account
from tests.store.test_single_use import CLIENT

if TYPE_CHECKING:
    from datetime import datetime

    from idp.store.database import Database

FIRST, SECOND = Envelope(b"key one", b"name one"), Envelope(b"key two", b"name two")
SUBJECT = Subject("shop.example", "s" * 43)
NAME = frozenset({"name"})


def test_a_person_has_one_identity_and_the_latest_counts(database: Database) -> None:
    person = account(database).person_id
    with database.write() as connection:
        assert released_identities.find(connection, person_id=person) is None
        for envelope in (FIRST, SECOND):
            released_identities.keep(connection, envelope, person_id=person)
        assert released_identities.find(connection, person_id=person) == SECOND


def test_erasure_takes_key_and_value(database: Database, now: datetime) -> None:
    kept, erased = account(database).person_id, account(database).person_id
    with database.write() as connection:
        for person in (kept, erased):
            released_identities.keep(connection, FIRST, person_id=person)
        assert people.erase(connection, person_id=erased, now=now)
        assert released_identities.find(connection, person_id=erased) is None
        assert released_identities.find(connection, person_id=kept) == FIRST
        assert released_identities.forget_all(connection) == 1
        assert released_identities.forget_all(connection) == 0


def test_a_consent_covers_its_claims_its_law_and_its_time(now: datetime) -> None:
    allowed = Allowed(NAME, "law", int((now + timedelta(days=1)).timestamp()))
    assert allowed.covers(NAME, basis="law", now=now)
    assert not allowed.covers(NAME | {"birthdate"}, basis="law", now=now)
    assert not allowed.covers(NAME, basis="another law", now=now)
    assert not allowed.covers(NAME, basis="law", now=now + timedelta(days=1))


def test_a_consent_is_withdrawn_once_and_ends_with_the_pseudonym(database: Database, now: datetime) -> None:
    until = int((now + timedelta(days=1)).timestamp())
    with database.write() as connection:
        for client_id in ("shop", "forum"):
            clients.add(connection, replace(CLIENT, client_id=client_id), now=now)
            name_consents.allow(connection, SUBJECT, Allowed(NAME, "law", until), client_id=client_id, now=now)
        assert name_consents.withdraw(connection, SUBJECT, client_id="shop", now=now)
        assert not name_consents.withdraw(connection, SUBJECT, client_id="shop", now=now)
        assert name_consents.find(connection, SUBJECT, client_id="forum") == Allowed(NAME, "law", until)
        subjects.retire(connection, SUBJECT)
        assert name_consents.find(connection, SUBJECT, client_id="forum") is None
