"""The one function that makes a subject: every artefact a site receives gets its pseudonym here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idp.domain.ids import PersonId, Subject

if TYPE_CHECKING:
    from keys import Bridge


def subject_of(bridge: Bridge, person_id: PersonId, *, sector: str) -> Subject:
    """Return the pseudonym of a person at a sector (OIDC Core §8.1): the same for ever, and nobody else's."""
    return Subject(sector, bridge.subject(sector, person_id))
