"""Recovery: back to an identity whose passkeys are lost, by proving to be the same human again.

Verification finds the earlier account behind the blind index (:func:`idp.store.recoveries.offer`). What follows is a
wait in which any passkey of the earlier account can stop it (docs/decisions/0009-recovery-by-proving-again.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from idp.store import recoveries

if TYPE_CHECKING:
    from datetime import datetime

    from idp.authentication.erasure import Pseudonyms
    from idp.authentication.sessions import Sessions
    from idp.domain.ids import PersonId
    from idp.store.database import Database
    from idp.store.recoveries import Claim

WAIT = timedelta(hours=72)


@dataclass(frozen=True, slots=True)
class Recovery:
    """Starts, stops and finishes recoveries. ``wait`` is how long the earlier account has to object."""

    database: Database
    pseudonyms: Pseudonyms
    sessions: Sessions
    wait: timedelta = WAIT

    def claim_of(self, claimant: PersonId) -> Claim | None:
        """Return what an account claims to be: offered by verification, or waiting. None for most."""
        with self.database.read() as connection:
            return recoveries.claim_of(connection, claimant=claimant)

    def claims_on(self, person_id: PersonId) -> list[Claim]:
        """Return the recoveries that would take an account over, the next one due first."""
        with self.database.read() as connection:
            return recoveries.waiting_for(connection, person_id=person_id)

    def start(self, claimant: PersonId, *, now: datetime) -> Claim | None:
        """Begin the wait of a claim that verification offered; one begun goes on. None where there is no claim."""
        claim = self.claim_of(claimant)
        if claim is not None and claim.ready is None:
            self.sessions.announce_all(claim.person_id, now=now)  # they end with this step
        with self.database.write() as connection:
            return recoveries.start(connection, claimant=claimant, wait=self.wait, now=now)

    def withdraw(self, claimant: PersonId, *, now: datetime) -> bool:
        """Give a claim up; False when there was none."""
        with self.database.write() as connection:
            return recoveries.withdraw(connection, claimant=claimant, now=now)

    def object_to(self, person_id: PersonId, *, now: datetime) -> int:
        """Stop every recovery of the account one is signed in to; returns how many were stopped."""
        with self.database.write() as connection:
            return recoveries.object_to(connection, person_id=person_id, now=now)

    def complete(self, claimant: PersonId, *, now: datetime) -> PersonId | None:
        """Hand the earlier account over once the wait is over; returns who the claimant is from now on.

        The pseudonyms that the claimant's provisional account may have used meanwhile end first: they were nobody's.
        """
        claim = self.claim_of(claimant)
        if claim is None or not claim.is_ready(now):
            return None
        self.sessions.announce_all(claim.person_id, now=now)
        self.sessions.announce_all(claimant, now=now)
        self.pseudonyms.retire_all(claimant)
        with self.database.write() as connection:
            return recoveries.complete(connection, claimant=claimant, now=now)
