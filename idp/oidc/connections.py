"""The sites that know a person, seen from the person's side: listed, withdrawn from, and all ended at once.

The way from a person to the site half is to recompute each pseudonym; nothing is looked up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from idp.oidc.subject import subject_of, subjects_of
from idp.store import clients, subjects

if TYPE_CHECKING:
    from datetime import datetime

    from idp.domain.ids import PersonId
    from idp.store.database import Database
    from idp.store.subjects import Connected
    from keys import Bridge


@dataclass(frozen=True, slots=True)
class Connections:
    """What a person's pseudonyms have agreed to."""

    database: Database
    bridge: Bridge

    def listed(
        self, person_id: PersonId, *, words: str = "", limit: int = 20, offset: int = 0
    ) -> tuple[list[Connected], int]:
        """Return one page of the sites a person has agreed to, and how many there are in all."""
        with self.database.read() as connection:
            theirs = subjects_of(self.bridge, person_id, sectors=clients.sectors(connection))
            return subjects.connected(connection, theirs, words=words, limit=limit, offset=offset)

    def withdraw(self, person_id: PersonId, *, sector: str, client_id: str, now: datetime) -> bool:
        """Take back what a person agreed to with one client; False when there was nothing to take back."""
        subject = subject_of(self.bridge, person_id, sector=sector)
        with self.database.write() as connection:
            return subjects.withdraw_consent(connection, subject, client_id=client_id, now=now)

    def retire_all(self, person_id: PersonId, *, now: datetime) -> int:
        """End every pseudonym of a person; returns how many there were.

        Each in a transaction of its own: rows written together carry the same transaction id on PostgreSQL, which
        would tell that two pseudonyms are one person's.
        """
        with self.database.read() as connection:
            theirs = subjects_of(self.bridge, person_id, sectors=clients.sectors(connection))
        retired = 0
        for subject in theirs:
            with self.database.write() as connection:
                retired += subjects.retire(connection, [subject], now=now)
        return retired
