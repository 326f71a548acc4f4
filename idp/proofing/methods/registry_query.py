"""Registry query: the population register is asked whether it knows this name with this number.

A match shows that the pair exists, not who is typing it. It reserves nothing (docs/decisions/0010).
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

import msgspec

from idp.domain import age, names, resident_id
from idp.domain.answers import RegistryOutcome
from idp.domain.events import RegistryQueried
from idp.domain.evidence import EvidenceKind, Method
from idp.domain.legal_identity import LegalIdentity
from idp.proofing.method import Claim, Matched, Named, Outcome, Passed, Reason, Refused, Tools, Unanswered

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from idp.domain.resident_id import ResidentNumber
    from idp.domain.secrecy import LegalName
    from idp.proofing.standing import Standing
    from idp.store.cases import Case

REFUSALS: Final[Mapping[RegistryOutcome, Reason]] = {
    RegistryOutcome.NAME_MISMATCH: Reason.NO_MATCH,
    RegistryOutcome.NOT_FOUND: Reason.NO_MATCH,
    RegistryOutcome.DECEASED: Reason.ASK_REGISTRAR,
    RegistryOutcome.TWO_HOLDERS: Reason.ASK_REGISTRAR,
    RegistryOutcome.SUPERSEDED: Reason.SUPERSEDED,
    RegistryOutcome.LOST_CARD: Reason.LOST_CARD,
}
GUARDED_UNTIL: Final = 14
"""Completed years up to which a guardian has to consent (Personal Information Protection Law art. 31)."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who the applicant says they are."""

    name: LegalName
    number: ResidentNumber


class RegistryQuery:
    """The first step of two."""

    name: Final = Method.REGISTRY_QUERY
    label: Final = "Registry query"
    requires: Final[frozenset[EvidenceKind]] = frozenset()
    yields: Final = frozenset({EvidenceKind.REGISTRY_MATCH})

    def named(self, answers: Person, *, person_id: str, tools: Tools) -> Named:
        """See :class:`idp.proofing.method.Method`. The limits keep the form from being an oracle."""
        number = tools.marks.number(answers.number.number)
        limits = (
            ("registry-query-person", person_id),
            ("registry-query-number", number),
            ("registry-query",),
        )
        return Named(number=number, name=answers.name, limits=limits)

    def check(self, answers: Person, standing: Standing, *, tools: Tools, now: datetime) -> Outcome | None:
        """See :class:`idp.proofing.method.Method`. No query is paid for what can be told without it."""
        if resident_id.is_sandbox(answers.number.number) != tools.sandbox:
            return Refused(Reason.SANDBOX)
        if now.date() < age.birthday(answers.number.born_on, GUARDED_UNTIL):
            return Refused(Reason.TOO_YOUNG)
        number = tools.marks.number(answers.number.number)
        if standing.numbers and number not in standing.numbers:
            return Refused(Reason.OTHER_IDENTITY)
        same = (case for case in standing.cases if _is_about(case, number, answers.name, tools))
        answered = (_answered(case, standing) for case in same)
        return next((outcome for outcome in answered if outcome is not None), None)

    def start(self, case: Case, answers: Person, standing: Standing, *, tools: Tools, now: datetime) -> Outcome:  # noqa: ARG002 — the protocol's
        """Ask the register, and seal what it confirms."""
        number = answers.number.number
        reference = tools.marks.reference(case.case_id, number.reveal(), answers.name.reveal())
        answer = tools.registry.query(answers.name, number, reference=reference)
        facts = (RegistryQueried(person=case.person_id, outcome=answer.outcome),)
        if answer.outcome is RegistryOutcome.UNAVAILABLE:
            return Unanswered(facts=facts)
        if answer.outcome is not RegistryOutcome.MATCH:
            return Refused(REFUSALS[answer.outcome], facts=facts)
        return Passed(EvidenceKind.REGISTRY_MATCH, claim=_claim(answers, tools), facts=facts)

    def submit(self, case: Case, answers: object, standing: Standing, *, tools: Tools, now: datetime) -> Outcome:  # noqa: ARG002 — the protocol's
        """Refuse: the register answers at once, so there is nothing to wait for."""
        return Refused(Reason.NOTHING_OPEN)


class _LegalIdentity(msgspec.Struct, frozen=True):
    """What a vault record holds."""

    name: str
    number: str
    born_on: date


def _claim(person: Person, tools: Tools) -> Claim:
    reference = secrets.token_urlsafe(16)
    identity = _LegalIdentity(person.name.reveal(), person.number.number.reveal(), person.number.born_on)
    legal = LegalIdentity(person.name, person.number.born_on).to_json() if tools.keeps_names else None
    return Claim(
        Matched(age.adult_from(person.number.born_on), names.masked(person.name), reference, legal),
        tools.vault.seal(msgspec.json.encode(identity), record=reference),
    )


def _is_about(case: Case, number: str, name: LegalName, tools: Tools) -> bool:
    return (
        case.identity_index == number
        and case.name_digest is not None
        and hmac.compare_digest(case.name_digest, tools.marks.name(case.case_id, name))
    )


def _answered(case: Case, standing: Standing) -> Outcome | None:
    """Return today's answer to the same question, so that a form sent twice is one query."""
    if standing.claim == case:
        return Passed(EvidenceKind.REGISTRY_MATCH)
    if case.opened_on == standing.on and case.reason in set(REFUSALS.values()):
        return Refused(Reason(case.reason))
    return None
