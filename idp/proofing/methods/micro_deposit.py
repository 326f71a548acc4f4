"""Micro-deposit: two payments into a bank account in the matched name, whose amounts only its holder can read.

Together with a registry match this proves control of the number, and only that binds a human to the person.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec

from idp.domain import bank_account, micro_deposit
from idp.domain.answers import BankOutcome
from idp.domain.events import DepositsRequested
from idp.domain.evidence import EvidenceKind, Method
from idp.proofing.method import Named, Outcome, Passed, Proof, Reason, Refused, Tools, Unanswered, Waiting

if TYPE_CHECKING:
    from datetime import datetime

    from idp.domain.micro_deposit import Amounts
    from idp.domain.secrecy import BankAccount, LegalName
    from idp.proofing.standing import Standing
    from idp.store.cases import Case


@dataclass(frozen=True, slots=True)
class Account:
    """The account to pay into, and whose it is said to be."""

    holder: LegalName
    card: BankAccount


class Deposits(msgspec.Struct, frozen=True):
    """A waiting case's own state: for which claim, to which card, and a keyed mark of the amounts."""

    claim: str
    card: str
    amounts: bytes


class MicroDeposit:
    """The second step of two."""

    name: Final = Method.MICRO_DEPOSIT
    label: Final = "Two small deposits"
    requires: Final = frozenset({EvidenceKind.REGISTRY_MATCH})
    yields: Final = frozenset({EvidenceKind.BANK_CONTROL})

    def named(self, answers: Account, *, person_id: str, tools: Tools) -> Named:
        """See :class:`idp.proofing.method.Method`. Three tries a card would add up to many without these limits."""
        card = tools.marks.card(answers.card)
        return Named(card=card, limits=(("deposit-person", person_id), ("deposit-card", card), ("deposit",)))

    def check(self, answers: Account, standing: Standing, *, tools: Tools, now: datetime) -> Outcome | None:  # noqa: ARG002 — the protocol's
        """See :class:`idp.proofing.method.Method`. No bank is asked about anybody but the person that was matched."""
        if bank_account.is_sandbox(answers.card) != tools.sandbox:
            return Refused(Reason.SANDBOX)
        claim = standing.claim
        if claim is None or claim.name_digest is None:
            return Refused(Reason.NEEDS_MATCH)
        waiting = standing.under_way(self.name)
        if waiting is not None and waiting.state == "waiting":
            return Waiting(tries=waiting.tries_left, until=waiting.deadline_on)
        if not hmac.compare_digest(claim.name_digest, tools.marks.name(claim.case_id, answers.holder)):
            return Refused(Reason.HOLDER_DIFFERS)
        if standing.card_holder not in {None, standing.person.person_id, standing.number_holder}:
            return Refused(Reason.CARD_TAKEN)
        return None

    def start(self, case: Case, answers: Account, standing: Standing, *, tools: Tools, now: datetime) -> Outcome:
        """Have the bank pay. It draws the amounts; what is kept of them is a keyed mark."""
        card = tools.marks.card(answers.card)
        reference = tools.marks.reference(case.case_id, card, answers.holder.reveal())
        answer = tools.bank.send_deposits(answers.card, answers.holder, reference=reference)
        facts = (DepositsRequested(person=case.person_id, outcome=answer.outcome),)
        if answer.outcome is BankOutcome.UNAVAILABLE:
            return Unanswered(facts=facts)
        if answer.amounts is None or standing.claim is None:
            return Refused(Reason.ACCOUNT_REFUSED, facts=facts)
        mark = tools.marks.amounts(case.case_id, answer.amounts)
        state = tools.sealed(case.case_id, Deposits(standing.claim.case_id, card, mark))
        return Waiting(state, micro_deposit.TRIES, now.date() + micro_deposit.LIFETIME, facts=facts)

    def submit(self, case: Case, answers: Amounts, standing: Standing, *, tools: Tools, now: datetime) -> Outcome:  # noqa: ARG002 — the protocol's
        """Compare in constant time. The try has been taken before."""
        deposits = tools.opened(case, Deposits)
        if standing.claim is None or standing.claim.case_id != deposits.claim:
            return Refused(Reason.NEEDS_MATCH)
        if hmac.compare_digest(deposits.amounts, tools.marks.amounts(case.case_id, answers)):
            return Passed(EvidenceKind.BANK_CONTROL, proof=Proof(standing.claim, deposits.card))
        return Refused(Reason.WRONG_AMOUNTS, closes=False) if case.tries_left else Refused(Reason.NO_TRIES_LEFT)
