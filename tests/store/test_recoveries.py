"""Recovery waits, can be stopped by either side, and hands the account over once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from idp.store import notices, passkeys, people, recoveries, sessions
from tests.store.people_samples import Account, account, rows_of

if TYPE_CHECKING:
    from datetime import datetime

    from idp.store.database import Database
    from idp.store.recoveries import Claim

WAIT = timedelta(hours=72)


@pytest.fixture
def known(database: Database) -> Account:
    """The earlier account of a human."""
    return account(database, verified=True)


@pytest.fixture
def claimant(database: Database) -> Account:
    """The account with which the same human came back."""
    return account(database)


def offered(database: Database, claimant: Account, known: Account, *, now: datetime) -> None:
    with database.write() as connection:
        recoveries.offer(connection, claimant=claimant.person_id, known=known.person_id, now=now)


def started(database: Database, claimant: Account, known: Account, *, now: datetime) -> Claim:
    offered(database, claimant, known, now=now)
    with database.write() as connection:
        claim = recoveries.start(connection, claimant=claimant.person_id, wait=WAIT, now=now)
    assert claim is not None
    return claim


def told(database: Database, who: Account) -> list[notices.Kind]:
    with database.read() as connection:
        return [notice.kind for notice in notices.unseen(connection, person_id=who.person_id)]


def test_an_offer_moves_nothing(database: Database, known: Account, claimant: Account, now: datetime) -> None:
    offered(database, claimant, known, now=now)
    with database.write() as connection:
        assert recoveries.waiting_for(connection, person_id=known.person_id) == []
        assert sessions.find(connection, id_hash=known.session, now=now) is not None
        assert recoveries.complete(connection, claimant=claimant.person_id, now=now + 10 * WAIT) is None
    assert notices.Kind.RECOVERY_STARTED not in told(database, known)


def test_the_holder_is_told_and_has_to_sign_in_to_read_it(
    database: Database, known: Account, claimant: Account, now: datetime
) -> None:
    started(database, claimant, known, now=now)
    assert notices.Kind.RECOVERY_STARTED in told(database, known)
    with database.read() as connection:
        assert sessions.find(connection, id_hash=known.session, now=now) is None
        assert passkeys.find(connection, credential_id=known.credential_id) is not None


def test_the_wait_is_never_shorter_than_promised_and_at_most_an_hour_longer(
    database: Database, known: Account, claimant: Account, now: datetime
) -> None:
    claim = started(database, claimant, known, now=now)
    assert claim.ready is not None
    assert now + WAIT <= claim.ready <= now + WAIT + timedelta(hours=1)
    with database.write() as connection:
        early = claim.ready - timedelta(seconds=1)
        assert recoveries.complete(connection, claimant=claimant.person_id, now=early) is None
        assert recoveries.complete(connection, claimant=claimant.person_id, now=claim.ready) == known.person_id


def test_starting_again_does_not_start_the_wait_again(
    database: Database, known: Account, claimant: Account, now: datetime
) -> None:
    claim = started(database, claimant, known, now=now)
    assert started(database, claimant, known, now=now + timedelta(hours=50)) == claim


def test_the_claimant_gets_the_account_and_the_old_passkeys_end(
    database: Database, known: Account, claimant: Account, now: datetime
) -> None:
    started(database, claimant, known, now=now)
    later = now + WAIT + timedelta(hours=1)
    with database.write() as connection:
        assert recoveries.complete(connection, claimant=claimant.person_id, now=later) == known.person_id
    with database.read() as connection:
        assert passkeys.find(connection, credential_id=known.credential_id) is None
        found = passkeys.find(connection, credential_id=claimant.credential_id)
        person = people.find(connection, person_id=known.person_id)
        assert rows_of(connection, claimant.person_id) == {}
    assert found is not None
    assert found.person_id == known.person_id
    assert person is not None
    assert person.level == "registry"
    assert notices.Kind.RECOVERY_COMPLETED in told(database, known)


def test_an_account_is_handed_over_once(database: Database, known: Account, claimant: Account, now: datetime) -> None:
    started(database, claimant, known, now=now)
    later = now + 2 * WAIT
    with database.write() as connection:
        assert recoveries.complete(connection, claimant=claimant.person_id, now=later) == known.person_id
        assert recoveries.complete(connection, claimant=claimant.person_id, now=later) is None


def test_the_holder_stops_it_and_the_claimant_is_told(
    database: Database, known: Account, claimant: Account, now: datetime
) -> None:
    started(database, claimant, known, now=now)
    with database.write() as connection:
        assert recoveries.object_to(connection, person_id=known.person_id, now=now) == 1
        assert recoveries.complete(connection, claimant=claimant.person_id, now=now + 2 * WAIT) is None
    assert notices.Kind.RECOVERY_CANCELLED in told(database, claimant)


def test_the_claimant_gives_up_and_may_prove_it_again(
    database: Database, known: Account, claimant: Account, now: datetime
) -> None:
    started(database, claimant, known, now=now)
    with database.write() as connection:
        assert recoveries.withdraw(connection, claimant=claimant.person_id, now=now)
        assert not recoveries.withdraw(connection, claimant=claimant.person_id, now=now)
    again = started(database, claimant, known, now=now + timedelta(hours=50))
    assert again.ready is not None
    assert again.ready >= now + timedelta(hours=50) + WAIT


def test_of_two_claimants_the_one_who_is_handed_the_account_ends_the_other(
    database: Database, known: Account, claimant: Account, now: datetime
) -> None:
    other = account(database)
    started(database, claimant, known, now=now)
    started(database, other, known, now=now + timedelta(hours=5))
    with database.write() as connection:
        recoveries.complete(connection, claimant=claimant.person_id, now=now + 2 * WAIT)
        assert recoveries.complete(connection, claimant=other.person_id, now=now + 3 * WAIT) is None
    assert notices.Kind.RECOVERY_CANCELLED in told(database, other)


def test_whoever_claims_nothing_gets_nothing(database: Database, known: Account, now: datetime) -> None:
    with database.write() as connection:
        assert recoveries.start(connection, claimant=known.person_id, wait=WAIT, now=now) is None
        assert recoveries.complete(connection, claimant=known.person_id, now=now + 2 * WAIT) is None
        assert recoveries.object_to(connection, person_id=known.person_id, now=now) == 0
