"""Erasing an account: first what sites hold through us, then what we hold; the human stays the same human.

The two halves are written by separate transactions, as nothing may join them. A crash in between leaves an account
that can be erased again: recomputing the pseudonyms and ending them twice changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from idp.store import people

if TYPE_CHECKING:
    from datetime import datetime

    from idp.authentication.sessions import Sessions
    from idp.domain.ids import PersonId
    from idp.store.database import Database


class Pseudonyms(Protocol):
    """The site half, as far as an account that ends has to reach into it."""

    def retire_all(self, person_id: PersonId) -> int:
        """End every pseudonym of a person; returns how many there were."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """Ends accounts at the wish of the people they belong to."""

    database: Database
    pseudonyms: Pseudonyms
    sessions: Sessions

    def erase(self, person_id: PersonId, *, now: datetime) -> bool:
        """Erase an account; False when there is none. Whoever comes back and proves who they are is the same person."""
        self.sessions.announce_all(person_id, now=now)
        self.pseudonyms.retire_all(person_id)
        with self.database.write() as connection:
            return people.erase(connection, person_id=person_id, now=now)
