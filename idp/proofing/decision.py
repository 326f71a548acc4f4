"""The decision: what an outcome changes, for every method the same, in one transaction of the person half.

State, evidence, binding, level and audit entries are written together or not at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from idp.domain import events
from idp.domain.assurance import CURRENT_POLICY
from idp.domain.evidence import Evidence, EvidenceKind, Method
from idp.proofing import levels
from idp.proofing.method import Claim, Matched, Passed, Proof, Reason, Refused, Unanswered, Waiting
from idp.store import audit, cases, evidence, identities, notices, people, recoveries, released_identities, vault
from keys.envelope import wrap

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from idp.domain.ids import PersonId
    from idp.proofing.method import Outcome, Tools
    from idp.store.cases import Case
    from idp.store.connection import Connection


class ComesBack(Exception):
    """The human erased an earlier account: their pseudonyms under this one have to end before it becomes that one."""


class WorldMoved(Exception):
    """Somebody else was bound to the number since this transaction began to look."""


@dataclass(frozen=True, slots=True)
class DuplicateOf:
    """The human already has a living account, and is led to its recovery."""

    known: PersonId


@dataclass(frozen=True, slots=True)
class BoundTo:
    """The human is bound to ``person``: this account, or the one they erased before, which it has become."""

    person: PersonId


Decision = Passed | Refused | Waiting | Unanswered | DuplicateOf | BoundTo


@dataclass(frozen=True, slots=True)
class Deciding:
    """One decision being made. ``locked`` are the people whose rows this transaction holds.

    ``pseudonyms_ended`` tells that the account may become another one.
    """

    connection: Connection
    tools: Tools
    now: datetime
    locked: frozenset[PersonId]
    pseudonyms_ended: bool = False

    def decide(self, case: Case, outcome: Outcome) -> Decision:
        """Write what an outcome changes. An answer that comes after the case went on without it changes nothing."""
        for fact in outcome.facts:
            audit.record(self.connection, fact, now=self.now)
        match outcome:
            case Passed(proof=Proof() as proof):
                return self._controlled(case, outcome, proof)
            case Passed(claim=Claim() as claim):
                return self._claimed(case, outcome, claim)
            case Passed():
                return self._established(case, outcome)
            case Refused():
                self._refused(case, outcome)
            case Waiting():
                waits = {"sealed": outcome.state, "tries_left": outcome.tries, "deadline_on": outcome.until}
                cases.settle(self.connection, case, state="waiting", **waits)
            case Unanswered():
                cases.settle(self.connection, case, state="open", sealed=None)
        return outcome

    def _refused(self, case: Case, refused: Refused) -> None:
        if not refused.closes:
            return
        cases.settle(self.connection, case, state="refused", reason=refused.reason.value, **cases.EMPTIED)
        if refused.reason is Reason.NO_TRIES_LEFT:
            audit.record(self.connection, events.ControlNotProven(case.person_id, case.method), now=self.now)

    def _established(self, case: Case, passed: Passed, *, replacing: Iterable[Case] = (), **kept: bytes) -> Decision:
        """Keep the evidence of a case, once: whoever comes too late finds the case decided."""
        if not cases.settle(self.connection, case, state="passed", **{**cases.EMPTIED, **kept}):
            return Waiting()
        for earlier in replacing:
            evidence.withdraw(self.connection, evidence_id=earlier.case_id, on=self.now.date())
            cases.end(self.connection, earlier, state="closed")
        self._keep(case, passed.evidence, of=case.person_id)
        levels.recompute(self.connection, case.person_id, now=self.now)
        return passed

    def _claimed(self, case: Case, passed: Passed, claim: Claim) -> Decision:
        """Keep a match: it reserves nothing, and takes the place of whatever this person claimed before."""
        earlier = _claims_of(self.connection, case.person_id)
        state = self.tools.sealed(case.case_id, claim.matched)
        kept = {"sealed": state, "vault_record": claim.vault_record}
        decision = self._established(case, passed, replacing=earlier, **kept)
        if decision == passed and case.identity_index in identities.of_person(
            self.connection, person_id=case.person_id
        ):
            self._move_to_vault(case, claim.matched, of=case.person_id)
        return decision

    def _controlled(self, case: Case, passed: Passed, proof: Proof) -> Decision:
        """Bind the human behind the blind index to one person, whoever claimed the number before."""
        number = proof.claim.identity_index or ""
        person = self._behind(number, case.person_id)
        if isinstance(person, DuplicateOf):
            cases.settle(self.connection, case, state="refused", reason=Reason.DUPLICATE.value, **cases.EMPTIED)
            recoveries.offer(self.connection, claimant=case.person_id, known=person.known, now=self.now)
            return person
        today = self.now.date()
        if identities.bind_card(self.connection, card_index=proof.card_index, person_id=person, on=today) != person:
            refused = Refused(Reason.CARD_TAKEN)
            self._refused(case, refused)
            return refused
        if person != case.person_id:
            if not self.pseudonyms_ended:
                raise ComesBack
            people.absorb(self.connection, provisional=case.person_id, into=person, now=self.now)
        matched = self.tools.opened(proof.claim, Matched)
        reference = matched.vault_ref
        if person != identities.bind(
            self.connection, blind_index=number, person_id=person, vault_ref=reference, on=today
        ):
            raise WorldMoved
        self._move_to_vault(proof.claim, matched, of=person)
        cases.settle(self.connection, case, state="passed", **cases.EMPTIED)
        self._keep(case, passed.evidence, of=person)
        audit.record(self.connection, events.ControlProven(person, case.method), now=self.now)
        audit.record(self.connection, events.IdentityBound(person), now=self.now)
        levels.recompute(self.connection, person, now=self.now, learned=matched)
        self._tell_the_others(number, person)
        return BoundTo(person)

    def _behind(self, number: str, claimant: PersonId) -> PersonId | DuplicateOf:
        """Return the person a number is bound to, or will be: the claimant, unless the human is known already."""
        holder = identities.holder(self.connection, blind_index=number)
        if holder is None or holder == claimant:
            return claimant
        if holder not in self.locked:
            raise WorldMoved
        known = people.find(self.connection, person_id=holder)
        return DuplicateOf(holder) if known is not None and known.status == "active" else holder

    def _move_to_vault(self, claim: Case, matched: Matched, *, of: PersonId) -> None:
        """Put the sealed identity where it stays, and let the number lead to it."""
        record = cases.vault_record(self.connection, case_id=claim.case_id)
        if record is None:
            return  # proven before: the number leads to this record already
        vault.put(self.connection, vault_ref=matched.vault_ref, record=record)
        number = claim.identity_index or ""
        identities.point(self.connection, blind_index=number, vault_ref=matched.vault_ref, on=self.now.date())
        cases.moved_to_vault(self.connection, case_id=claim.case_id)
        if matched.legal is not None:
            self._move_name(claim, matched, matched.legal, of=of)

    def _move_name(self, claim: Case, matched: Matched, legal: str, *, of: PersonId) -> None:
        """Put the legal name under a key of its own, if the deployment still releases it, and out of the case."""
        if self.tools.keeps_names:
            table = released_identities.TABLE
            envelope = wrap(legal.encode(), records=self.tools.records, table=table, row=of)
            released_identities.keep(self.connection, envelope, person_id=of)
        without = self.tools.sealed(claim.case_id, msgspec.structs.replace(matched, legal=None))
        cases.reseal(self.connection, case_id=claim.case_id, sealed=without)

    def _keep(self, case: Case, kind: EvidenceKind, *, of: PersonId) -> None:
        found = Evidence(
            evidence_id=case.case_id, kind=kind, policy=CURRENT_POLICY.version, obtained_on=self.now.date()
        )
        evidence.keep(self.connection, found, person_id=of)

    def _tell_the_others(self, number: str, person: PersonId) -> None:
        """Let everybody else who only matched the number fall back, and tell them."""
        for claim in cases.claims_on(self.connection, identity_index=number):
            if claim.person_id == person:
                continue
            evidence.withdraw(self.connection, evidence_id=claim.case_id, on=self.now.date())
            cases.end(self.connection, claim, state="refused", reason=Reason.CLAIM_LOST.value)
            for other in cases.of_person(self.connection, person_id=claim.person_id):
                if other.method is Method.MICRO_DEPOSIT and other.state in {"asking", "open", "waiting"}:
                    cases.end(self.connection, other, state="closed")
            notices.tell(self.connection, person_id=claim.person_id, kind=notices.Kind.NUMBER_TAKEN, now=self.now)
            audit.record(self.connection, events.ClaimLost(claim.person_id), now=self.now)
            levels.recompute(self.connection, claim.person_id, now=self.now)


def _claims_of(connection: Connection, person_id: PersonId) -> list[Case]:
    mine = cases.of_person(connection, person_id=person_id)
    return [case for case in mine if case.method is Method.REGISTRY_QUERY and case.state == "passed"]
