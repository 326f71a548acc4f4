"""Where a person stands: the evidence, the cases and the binding that a method or a page has to know of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from idp.domain.evidence import EvidenceKind, Method
from idp.store import cases, evidence, identities, people

if TYPE_CHECKING:
    from datetime import date

    from idp.domain.evidence import Evidence
    from idp.domain.ids import PersonId
    from idp.store.cases import Case
    from idp.store.connection import Connection
    from idp.store.people import PersonRecord

UNDER_WAY = frozenset({"asking", "open", "waiting"})
TO_BE_SEEN = UNDER_WAY | {"refused"}


@dataclass(frozen=True, slots=True)
class Standing:
    """One person on one day. ``numbers`` are the blind indexes bound to them.

    ``number_holder`` is who is bound to the number they claim, ``card_holder`` to the card they name: perhaps
    themselves, perhaps an earlier account of the same human.
    """

    person: PersonRecord
    on: date
    evidence: tuple[Evidence, ...]
    cases: tuple[Case, ...]
    numbers: frozenset[str]
    number_holder: PersonId | None = None
    card_holder: PersonId | None = None

    @property
    def claim(self) -> Case | None:
        """The case by which the registry's match stands."""
        return next((case for case in self.cases if case.state == "passed" and self._matched(case.case_id)), None)

    def holds(self, kind: EvidenceKind) -> bool:
        """Tell whether evidence of a kind counts today."""
        return any(one.kind is kind and _counts(one, on=self.on) for one in self.evidence)

    def under_way(self, method: Method) -> Case | None:
        """Return the case of a method that is not decided."""
        return next((case for case in self.cases if case.method is method and case.state in UNDER_WAY), None)

    def latest(self, method: Method) -> Case | None:
        """Return the case of a method that the person has to see: under way, or ended without passing."""
        return next((case for case in self.cases if case.method is method and case.state in TO_BE_SEEN), None)

    def _matched(self, case_id: str) -> bool:
        return any(
            one.evidence_id == case_id and one.kind is EvidenceKind.REGISTRY_MATCH and _counts(one, on=self.on)
            for one in self.evidence
        )


def read(connection: Connection, *, person_id: PersonId, on: date, card: str | None = None) -> Standing | None:
    """Return how an active person stands; None where there is no account."""
    person = people.find(connection, person_id=person_id)
    if person is None or person.status != "active":
        return None
    standing = Standing(
        person=person,
        on=on,
        evidence=tuple(evidence.of_person(connection, person_id=person_id)),
        cases=tuple(cases.of_person(connection, person_id=person_id)),
        numbers=identities.of_person(connection, person_id=person_id),
        card_holder=identities.card_holder(connection, card_index=card) if card is not None else None,
    )
    claim = standing.claim
    if claim is None or claim.identity_index is None:
        return standing
    return replace(standing, number_holder=identities.holder(connection, blind_index=claim.identity_index))


def _counts(one: Evidence, *, on: date) -> bool:
    """Tell whether evidence is neither withdrawn nor expired; how far that carries is the assurance policy's to say."""
    return (one.expires_on is None or on <= one.expires_on) and (one.withdrawn_on is None or on < one.withdrawn_on)
