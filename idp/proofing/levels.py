"""The level: computed from the evidence by the policy, and cached on the person for every page and token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idp.domain.assurance import CURRENT_POLICY, Level, assess
from idp.domain.events import LevelChanged
from idp.store import audit, evidence, people

if TYPE_CHECKING:
    from datetime import date, datetime

    from idp.domain.ids import PersonId
    from idp.proofing.method import Matched
    from idp.store.connection import Connection
    from idp.store.people import PersonRecord

SAYS_NOTHING = frozenset({Level.NONE, Level.MATCHED})
"""Levels at which nobody was verified, on whatever day."""


def recompute(connection: Connection, person_id: PersonId, *, now: datetime, learned: Matched | None = None) -> Level:
    """Compute a person's level anew and write it where it is read. ``learned`` is what a binding made known of them."""
    person = people.find(connection, person_id=person_id)
    if person is None or person.status != "active":
        return Level.NONE
    found = assess(evidence.of_person(connection, person_id=person_id), on=now.date(), policy=CURRENT_POLICY)
    predicates = people.Predicates(
        level=found.level.value,
        verified_on=None if found.level in SAYS_NOTHING else found.since,
        review_on=found.review_on,
        adult_from=learned.adult_from if learned else person.adult_from,
        masked_name=learned.masked_name if learned else person.masked_name,
        policy=CURRENT_POLICY.version,
    )
    people.set_predicates(connection, person_id=person_id, predicates=predicates)
    if found.level != person.level:
        changed = LevelChanged(person_id, before=Level(person.level), after=found.level)
        audit.record(connection, changed, now=now)
    return found.level


def is_due(person: PersonRecord, *, on: date) -> bool:
    """Tell whether the cached level may no longer be what the evidence amounts to."""
    if person.review_on is not None and on >= person.review_on:
        return True
    return person.policy not in {"", CURRENT_POLICY.version}
