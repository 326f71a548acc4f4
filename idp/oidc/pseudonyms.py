"""A person's pseudonyms as the person may govern them: code names, what sites hold, and their end.

Which pseudonyms are whose is recomputed with the bridge over the known sectors each time; nothing keeps the list.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from idp.domain import code_name
from idp.oidc.subject import subject_of
from idp.store import clients, name_consents, subjects

if TYPE_CHECKING:
    from datetime import datetime

    from idp.domain.code_name import CodeName
    from idp.domain.ids import PersonId, Subject
    from idp.store.database import Database
    from idp.store.subjects import Standing
    from keys import Bridge


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """Governs pseudonyms at the wish of the person behind them. ``name_key``: 32 bytes for the digests of names."""

    database: Database
    bridge: Bridge
    name_key: bytes

    def choose(self, person_id: PersonId, *, sector: str, name: CodeName, now: datetime) -> None:
        """Let the person go by ``name`` at ``sector``. Raises NameTaken."""
        subject = subject_of(self.bridge, person_id, sector=sector)
        with self.database.write() as connection:
            subjects.choose_code_name(
                connection, subject, display=name.display, name_key=self._name_key(sector, name), now=now
            )

    def suggestions(self, count: int = 4) -> list[str]:
        """Return pleasant names a person can simply accept."""
        return [code_name.suggest(secrets.SystemRandom()) for _ in range(count)]

    def all_of(self, person_id: PersonId) -> list[Subject]:
        """Recompute the person's pseudonym at every sector there is."""
        with self.database.read() as connection:
            sectors = clients.sectors(connection)
        return [subject_of(self.bridge, person_id, sector=sector) for sector in sectors]

    def standing(self, person_id: PersonId, *, client_id: str, sector: str) -> Standing:
        """Return the code name at a site and what was agreed to there."""
        with self.database.read() as connection:
            subject = subject_of(self.bridge, person_id, sector=sector)
            return subjects.standing(connection, subject, client_id=client_id)

    def withdraw(self, person_id: PersonId, *, client_id: str, sector: str, now: datetime) -> bool:
        """Take back what a site was given and end its tokens; False when it holds nothing."""
        subject = subject_of(self.bridge, person_id, sector=sector)
        with self.database.write() as connection:
            return subjects.withdraw_consent(connection, subject, client_id=client_id, now=now)

    def is_named(self, person_id: PersonId, *, client_id: str, sector: str) -> bool:
        """Tell whether the person lets a site know who they are by law."""
        with self.database.read() as connection:
            subject = subject_of(self.bridge, person_id, sector=sector)
            return name_consents.find(connection, subject, client_id=client_id) is not None

    def withdraw_name(self, person_id: PersonId, *, client_id: str, sector: str, now: datetime) -> bool:
        """Let a site learn the legal name no more; False when it could not."""
        subject = subject_of(self.bridge, person_id, sector=sector)
        with self.database.write() as connection:
            return name_consents.withdraw(connection, subject, client_id=client_id, now=now)

    def retire_all(self, person_id: PersonId) -> int:
        """End every pseudonym of a person; returns how many there were.

        Each in a transaction of its own and in random order, so that what is stored does not tie one site's pseudonym
        to another's.
        """
        every = self.all_of(person_id)
        secrets.SystemRandom().shuffle(every)
        ended = 0
        for subject in every:
            with self.database.write() as connection:
                ended += subjects.retire(connection, subject)
        return ended

    def _name_key(self, sector: str, name: CodeName) -> str:
        """Keyed digest of the skeleton: it outlives the name, and tells nobody what the name was."""
        message = f"{sector}\0{name.skeleton}".encode()
        return hmac.digest(self.name_key, message, "sha256").hex()[:43]
