"""What a verification method is: a name, what it needs, and two steps that end in one of four outcomes.

A method decides nothing about the person and writes nothing: it asks its gateway and says what came of it. The service
opens the case, counts the attempts and makes the decision, in the same way for all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import msgspec

if TYPE_CHECKING:
    from datetime import datetime

    from idp.domain.events import PersonEvent
    from idp.domain.evidence import EvidenceKind
    from idp.domain.evidence import Method as Name
    from idp.domain.secrecy import LegalName
    from idp.gateways.bank import BankGateway
    from idp.gateways.registry import RegistryGateway
    from idp.proofing.marks import Marks
    from idp.proofing.standing import Standing
    from idp.store.cases import Case
    from keys.seal import RecordSeal
    from keys.vault import VaultSeal


class Reason(StrEnum):
    """Why a case did not pass, as far as the person is told. The words stand with the page."""

    SANDBOX = "sandbox"  # a test number or card where real ones are wanted, or the reverse
    TOO_YOUNG = "too_young"
    OTHER_IDENTITY = "other_identity"  # the account is bound to another number
    TOO_OFTEN = "too_often"
    NO_MATCH = "no_match"  # another name or no such number: never told apart
    ASK_REGISTRAR = "ask_registrar"  # the register's own entry is in the way
    SUPERSEDED = "superseded"
    LOST_CARD = "lost_card"
    NEEDS_MATCH = "needs_match"  # the registry has to be asked first
    HOLDER_DIFFERS = "holder_differs"  # not the name that was matched
    ACCOUNT_REFUSED = "account_refused"  # closed, joint, or held in another name: never told apart
    CARD_TAKEN = "card_taken"
    WRONG_AMOUNTS = "wrong_amounts"
    NO_TRIES_LEFT = "no_tries_left"
    EXPIRED = "expired"
    NOTHING_OPEN = "nothing_open"
    DUPLICATE = "duplicate"
    CLAIM_LOST = "claim_lost"


class Matched(msgspec.Struct, frozen=True):
    """What stays readable of a legal identity that was matched, and the reference its sealed record was made for.

    ``legal`` is the identity itself (`LegalIdentity.to_json`) until it is bound: only where the deployment releases it.
    """

    adult_from: date
    masked_name: str
    vault_ref: str
    legal: str | None = None

    def __repr__(self) -> str:
        """Show nothing."""
        return "Matched(…)"


@dataclass(frozen=True, slots=True)
class Claim:
    """The register knows the name and number that the case is about; ``vault_record`` is both, sealed."""

    matched: Matched
    vault_record: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Proof:
    """Control of the number that ``claim`` is about, proven through a bank card."""

    claim: Case
    card_index: str


@dataclass(frozen=True, slots=True)
class Passed:
    """The check established a fact. ``facts`` are for the audit trail, here as in the other outcomes."""

    evidence: EvidenceKind
    claim: Claim | None = None
    proof: Proof | None = None
    facts: tuple[PersonEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """It did not, and why. ``closes`` the case unless the person may simply answer again."""

    reason: Reason
    closes: bool = True
    retry_after: int | None = None
    facts: tuple[PersonEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class Waiting:
    """Now it is the person's turn, ``tries`` times until the end of ``until``; or, without them, the other side's."""

    state: bytes | None = field(default=None, repr=False)
    tries: int = 0
    until: date | None = None
    facts: tuple[PersonEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class Unanswered:
    """The other side gave no answer: the case stays open and nothing is lost."""

    facts: tuple[PersonEvent, ...] = ()


State = TypeVar("State", bound=msgspec.Struct)

Outcome = Passed | Refused | Waiting | Unanswered


@dataclass(frozen=True, slots=True)
class Tools:
    """What methods work with. ``sandbox`` tells test numbers and cards from real ones, and takes only one kind."""

    registry: RegistryGateway
    bank: BankGateway
    marks: Marks
    records: RecordSeal
    vault: VaultSeal
    sandbox: bool
    keeps_names: bool = False
    """Whether the deployment releases legal names, so that they are kept where it can read them."""

    def sealed(self, case_id: str, state: msgspec.Struct) -> bytes:
        """Seal a method's own state for its case."""
        return self.records.seal(msgspec.json.encode(state), table="cases", column="sealed", row=case_id)

    def opened(self, case: Case, kind: type[State]) -> State:
        """Open a method's own state. Raises :class:`keys.errors.WrongSeal`."""
        plain = self.records.open(case.sealed or b"", table="cases", column="sealed", row=case.case_id)
        return msgspec.json.decode(plain, type=kind)


@dataclass(frozen=True, slots=True)
class Named:
    """What the answers to a form are about, and the limits that asking about it counts against: name, then parts."""

    number: str | None = None
    card: str | None = None
    name: LegalName | None = None
    limits: tuple[tuple[str, ...], ...] = ()


class Method(Protocol):
    """One way to be verified. Stateless: everything comes in by arguments."""

    @property
    def name(self) -> Name:
        """What it is called in rows, events and addresses."""

    @property
    def label(self) -> str:
        """What people call it: an English source string."""

    @property
    def requires(self) -> frozenset[EvidenceKind]:
        """Evidence that has to stand before this method makes sense."""

    @property
    def yields(self) -> frozenset[EvidenceKind]:
        """Evidence that passing it can establish."""

    def named(self, answers: Any, *, person_id: str, tools: Tools) -> Named:
        """Say what the answers to the first form are about."""

    def check(self, answers: Any, standing: Standing, *, tools: Tools, now: datetime) -> Outcome | None:
        """Judge by what is known here: a local rule, or the same question answered before. None to go on and ask."""

    def start(self, case: Case, answers: Any, standing: Standing, *, tools: Tools, now: datetime) -> Outcome:
        """Ask whoever knows. No transaction is open meanwhile."""

    def submit(self, case: Case, answers: Any, standing: Standing, *, tools: Tools, now: datetime) -> Outcome:
        """Judge what a waiting case has waited for. ``case.tries_left`` counts this try as taken."""
