"""What a person may see of their own account, and put away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from idp.store import evidence, notices, passkeys, people

if TYPE_CHECKING:
    from idp.domain.evidence import Evidence
    from idp.domain.ids import PersonId
    from idp.store.database import Database
    from idp.store.notices import Notice
    from idp.store.passkeys import PasskeyRecord
    from idp.store.people import PersonRecord


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything the person half keeps of somebody, except what only other keys can open."""

    person: PersonRecord
    passkeys: list[PasskeyRecord]
    evidence: list[Evidence]
    notices: list[Notice]


@dataclass(frozen=True, slots=True)
class Accounts:
    """People's view of their own accounts."""

    database: Database

    def overview(self, person_id: PersonId) -> Overview | None:
        """Return what is kept of a person; None where there is no account."""
        with self.database.read() as connection:
            person = people.find(connection, person_id=person_id)
            if person is None or person.status != "active":
                return None
            return Overview(
                person,
                passkeys.of_person(connection, person_id=person_id),
                evidence.of_person(connection, person_id=person_id),
                notices.unseen(connection, person_id=person_id),
            )

    def dismiss(self, person_id: PersonId, notice_id: str) -> bool:
        """Put a notice of one's own away; False when there is none of that id."""
        with self.database.write() as connection:
            return notices.mark_seen(connection, person_id=person_id, notice_id=notice_id)
