"""A person's passkeys are theirs alone, and the last one stays, whoever removes at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from idp.store import notices, passkeys, people
from idp.store.passkeys import CredentialTaken, LastPasskey
from tests.store.people_samples import account, passkey_of

if TYPE_CHECKING:
    from datetime import datetime

    from idp.domain.ids import PersonId
    from idp.store.database import Database


def removed(database: Database, person_id: PersonId, credential_id: str, *, now: datetime) -> bool:
    try:
        with database.write() as connection:
            return passkeys.remove(connection, person_id=person_id, credential_id=credential_id, now=now)
    except LastPasskey:
        return False


def with_second(database: Database, *, now: datetime) -> tuple[PersonId, list[str]]:
    made = account(database)
    with database.write() as connection:
        passkeys.add(connection, passkey_of(made.person_id, "second"), now=now)
    return made.person_id, [made.credential_id, "second"]


def test_one_of_two_can_be_removed_and_the_person_is_told(database: Database, now: datetime) -> None:
    person_id, (first, second) = with_second(database, now=now)
    assert removed(database, person_id, first, now=now)
    with database.read() as connection:
        assert [each.credential_id for each in passkeys.of_person(connection, person_id=person_id)] == [second]
        kinds = [notice.kind for notice in notices.unseen(connection, person_id=person_id)]
    assert notices.Kind.PASSKEY_REMOVED in kinds


def test_the_last_one_stays(database: Database, now: datetime) -> None:
    made = account(database)
    assert not removed(database, made.person_id, made.credential_id, now=now)
    with database.read() as connection:
        assert passkeys.find(connection, credential_id=made.credential_id) is not None


@pytest.mark.parametrize("_attempt", range(10))
def test_two_removals_at_once_leave_one(database: Database, now: datetime, _attempt: int) -> None:
    person_id, held = with_second(database, now=now)
    with ThreadPoolExecutor(2) as threads:
        outcomes = list(threads.map(lambda each: removed(database, person_id, each, now=now), held))
    assert sorted(outcomes) == [False, True]
    with database.read() as connection:
        assert len(passkeys.of_person(connection, person_id=person_id)) == 1


def test_nobody_removes_or_renames_somebody_elses(database: Database, now: datetime) -> None:
    thief, _ = with_second(database, now=now)
    victim = account(database)
    assert not removed(database, thief, victim.credential_id, now=now)
    with database.write() as connection:
        assert not passkeys.rename(connection, person_id=thief, credential_id=victim.credential_id, label="mine")
        found = passkeys.find(connection, credential_id=victim.credential_id)
    assert found is not None
    assert found.label == "my phone"


def test_a_credential_id_is_one_persons(database: Database, now: datetime) -> None:
    first, second = account(database), account(database)
    with database.write() as connection:
        with pytest.raises(CredentialTaken):
            passkeys.add(connection, passkey_of(second.person_id, first.credential_id), now=now)
        found = passkeys.find(connection, credential_id=first.credential_id)
    assert found is not None
    assert found.person_id == first.person_id


def test_a_passkey_of_an_erased_account_opens_nothing(database: Database, now: datetime) -> None:
    made = account(database)
    with database.write() as connection:
        people.erase(connection, person_id=made.person_id, now=now)
        assert passkeys.find(connection, credential_id=made.credential_id) is None


def test_of_two_copies_that_count_alike_one_is_refused(database: Database, now: datetime) -> None:
    made = account(database)
    with database.read() as connection:
        stored = passkeys.find(connection, credential_id=made.credential_id)
    assert stored is not None

    def use(_copy: int) -> bool:
        with database.write() as connection:
            return passkeys.use(connection, stored, sign_count=1, backed_up=True, now=now)

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(use, range(2))) == [False, True]


def test_a_use_is_remembered_by_the_day(database: Database, now: datetime) -> None:
    made = account(database)
    tomorrow = now + timedelta(days=1)
    with database.write() as connection:
        stored = passkeys.find(connection, credential_id=made.credential_id)
        assert stored is not None
        passkeys.use(connection, stored, sign_count=0, backed_up=False, now=tomorrow)
        used = passkeys.find(connection, credential_id=made.credential_id)
    assert used is not None
    assert (used.last_used_on, used.backed_up) == (tomorrow.date(), False)
