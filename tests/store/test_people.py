"""Erasing leaves a bare row and the way back to it; absorbing turns two accounts of one human into one."""

from __future__ import annotations

import secrets
from dataclasses import asdict
from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from idp.domain.ids import new_person_id
from idp.store import passkeys, people, recoveries, sessions
from idp.store.models import AuditEvent, Identity, table_of
from idp.store.recoveries import offer
from tests.store.people_samples import KNOWN, account, rows_of

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from idp.store.database import Database


def kinds(connection: Connection) -> list[str]:
    return sorted(connection.execute(select(table_of(AuditEvent).c.kind)).scalars())


def test_a_new_person_is_known_by_nothing_but_the_day(database: Database, now: datetime) -> None:
    made = account(database)
    with database.read() as connection:
        person = people.find(connection, person_id=made.person_id)
    assert person is not None
    assert (person.status, person.level, person.created_on) == ("active", "none", now.date())
    assert not any((person.masked_name, person.verified_on, person.adult_from, person.review_on))


def test_what_the_evidence_amounts_to_can_be_read(database: Database) -> None:
    made = account(database, verified=True)
    with database.read() as connection:
        person = people.find(connection, person_id=made.person_id)
    assert person is not None
    assert asdict(KNOWN).items() <= asdict(person).items()


def test_erasing_leaves_the_bare_row_and_the_way_back_to_it(database: Database, now: datetime) -> None:
    made = account(database, verified=True)
    with database.write() as connection:
        before = rows_of(connection, made.person_id)
        assert len(before) == 8, "the sample has everything an account can have but a recovery"
        assert people.erase(connection, person_id=made.person_id, now=now)
        assert rows_of(connection, made.person_id) == {"people": 1, "identities": 1}
        person = people.find(connection, person_id=made.person_id)
    assert person is not None
    assert asdict(person) == {
        **people.NOTHING_KNOWN,
        "person_id": made.person_id,
        "status": "erased",
        "created_on": now.date(),
    }


def test_erasing_ends_recoveries_on_both_of_their_sides(database: Database, now: datetime) -> None:
    known, claimant, other = account(database, verified=True), account(database), account(database, verified=True)
    with database.write() as connection:
        offer(connection, claimant=claimant.person_id, known=known.person_id, now=now)
        people.erase(connection, person_id=known.person_id, now=now)
        assert recoveries.claim_of(connection, claimant=claimant.person_id) is None
        offer(connection, claimant=claimant.person_id, known=other.person_id, now=now)
        people.erase(connection, person_id=claimant.person_id, now=now)
        assert recoveries.claim_of(connection, claimant=claimant.person_id) is None


def test_erasing_twice_does_nothing_the_second_time(database: Database, now: datetime) -> None:
    made = account(database)
    with database.write() as connection:
        assert people.erase(connection, person_id=made.person_id, now=now)
        assert not people.erase(connection, person_id=made.person_id, now=now)
        assert kinds(connection).count("account_erased") == 1


def test_nobody_else_is_touched_by_an_erasure(database: Database, now: datetime) -> None:
    made, other = account(database, verified=True), account(database, verified=True)
    with database.write() as connection:
        before = rows_of(connection, other.person_id)
        people.erase(connection, person_id=made.person_id, now=now)
        assert rows_of(connection, other.person_id) == before


def test_whoever_comes_back_after_erasing_is_the_same_person(database: Database, now: datetime) -> None:
    first = account(database, verified=True)
    with database.write() as connection:
        people.erase(connection, person_id=first.person_id, now=now)
    back = account(database)
    with database.write() as connection:
        people.absorb(connection, provisional=back.person_id, into=first.person_id, now=now)
    with database.read() as connection:
        found = passkeys.find(connection, credential_id=back.credential_id)
        signed_in = sessions.find(connection, id_hash=back.session, now=now)
        assert people.find(connection, person_id=back.person_id) is None
    assert found is not None
    assert signed_in is not None
    assert found.person_id == signed_in.person_id == first.person_id


def test_everything_of_the_provisional_account_moves(database: Database, now: datetime) -> None:
    first, back = account(database, verified=True), account(database)
    with database.write() as connection:
        connection.execute(
            insert(table_of(Identity)).values(
                blind_index="i" * 43, person_id=back.person_id, vault_ref="v" * 22, bound_on=now.date()
            )
        )
        had, has = rows_of(connection, first.person_id), rows_of(connection, back.person_id)
        people.absorb(connection, provisional=back.person_id, into=first.person_id, now=now)
        together = {name: had.get(name, 0) + has.get(name, 0) for name in had | has} | {"people": 1}
        assert rows_of(connection, first.person_id) == together
        assert rows_of(connection, back.person_id) == {}


def test_absorbing_leaves_what_was_known_of_the_person(database: Database, now: datetime) -> None:
    first, back = account(database, verified=True), account(database)
    with database.write() as connection:
        people.absorb(connection, provisional=back.person_id, into=first.person_id, now=now)
        person = people.find(connection, person_id=first.person_id)
    assert person is not None
    assert (person.status, person.level) == ("active", "registry")


def test_people_are_listed_by_level_and_page(database: Database) -> None:
    verified = [account(database, verified=True).person_id for _ in range(3)]
    account(database)
    with database.read() as connection:
        everybody, total = people.search(connection, limit=2)
        assert (len(everybody), total) == (2, 4)
        found, total = people.search(connection, level="registry")
    assert total == 3
    assert [person.person_id for person in found] == sorted(verified)


def test_a_stranger_has_no_standing_and_no_lock(database: Database) -> None:
    stranger = new_person_id(secrets.token_bytes)
    with database.write() as connection:
        assert people.lock(connection, stranger) == {}
        assert not people.set_predicates(connection, person_id=stranger, predicates=KNOWN)


def test_the_erased_get_no_predicates(database: Database, now: datetime) -> None:
    made = account(database)
    with database.write() as connection:
        people.erase(connection, person_id=made.person_id, now=now)
        assert not people.set_predicates(connection, person_id=made.person_id, predicates=KNOWN)
