"""Erasing reaches both halves, in two transactions, and can be repeated after a crash in between."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from idp.authentication.erasure import Erasure
from idp.authentication.recovery import WAIT, Recovery
from idp.authentication.sessions import Sessions
from idp.store import people, recoveries
from tests.store.people_samples import account, rows_of

if TYPE_CHECKING:
    from datetime import datetime

    import keys
    from idp.domain.ids import PersonId
    from idp.store.database import Database


class PowerCut(Exception):
    """The machine stopped."""


@dataclass
class RememberedPseudonyms:
    """Notes whose pseudonyms were ended, and whether the account was still there at that moment."""

    database: Database
    ended: list[tuple[PersonId, bool]] = field(default_factory=list)
    cut: bool = False

    def retire_all(self, person_id: PersonId) -> int:
        """End nothing, but remember."""
        with self.database.read() as connection:
            person = people.find(connection, person_id=person_id)
        self.ended.append((person_id, person is not None and person.status == "active"))
        if self.cut:
            raise PowerCut
        return 1


@pytest.fixture
def sessions(sqlite_database: Database, keyring: keys.Keyring) -> Sessions:
    """Sessions whose end nobody has to be told of."""
    return Sessions(sqlite_database, keyring.records, timedelta(hours=12), lambda _seeds, *, now: now)


@pytest.fixture
def pseudonyms(sqlite_database: Database) -> RememberedPseudonyms:
    """The site half."""
    return RememberedPseudonyms(sqlite_database)


def test_the_site_half_ends_before_the_person_half(
    sqlite_database: Database, pseudonyms: RememberedPseudonyms, sessions: Sessions, now: datetime
) -> None:
    made = account(sqlite_database, verified=True)
    assert Erasure(sqlite_database, pseudonyms, sessions).erase(made.person_id, now=now)
    assert pseudonyms.ended == [(made.person_id, True)]
    with sqlite_database.read() as connection:
        assert rows_of(connection, made.person_id) == {"people": 1, "identities": 1}


def test_a_crash_in_between_leaves_an_account_that_can_be_erased_again(
    sqlite_database: Database, pseudonyms: RememberedPseudonyms, sessions: Sessions, now: datetime
) -> None:
    made = account(sqlite_database, verified=True)
    pseudonyms.cut = True
    with pytest.raises(PowerCut):
        Erasure(sqlite_database, pseudonyms, sessions).erase(made.person_id, now=now)
    pseudonyms.cut = False
    assert Erasure(sqlite_database, pseudonyms, sessions).erase(made.person_id, now=now)
    assert not Erasure(sqlite_database, pseudonyms, sessions).erase(made.person_id, now=now)


def test_the_pseudonyms_of_the_provisional_account_end_with_a_recovery(
    sqlite_database: Database, pseudonyms: RememberedPseudonyms, sessions: Sessions, now: datetime
) -> None:
    known, claimant = account(sqlite_database, verified=True), account(sqlite_database)
    recovery = Recovery(sqlite_database, pseudonyms, sessions)
    with sqlite_database.write() as connection:
        recoveries.offer(connection, claimant=claimant.person_id, known=known.person_id, now=now)
    assert recovery.start(claimant.person_id, now=now) is not None
    assert recovery.complete(claimant.person_id, now=now + WAIT - timedelta(hours=1)) is None
    assert pseudonyms.ended == [], "nothing ends before the wait is over"
    assert recovery.complete(claimant.person_id, now=now + WAIT + timedelta(hours=1)) == known.person_id
    assert pseudonyms.ended == [(claimant.person_id, True)]
    assert recovery.claim_of(claimant.person_id) is None
