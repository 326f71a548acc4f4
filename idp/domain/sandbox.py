"""The people and cards of the sandbox: what tests, demonstrations and simulators all mean by the same numbers.

None of them can exist: no number of a real person begins with 99 (see `resident_id`), no bank card with 0 (see
`bank_account`). Their check characters are right, so every rule of production runs on them; production refuses them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from idp.domain.answers import BankOutcome, RegistryOutcome
from idp.domain.bank_account import check_digit
from idp.domain.micro_deposit import Amounts
from idp.domain.names import same_name
from idp.domain.secrecy import LegalName

if TYPE_CHECKING:
    from idp.domain.secrecy import BankAccount, ResidentId


@dataclass(frozen=True, slots=True)
class SandboxIdentity:
    """Somebody to verify in the sandbox, and what the register says of them.

    ``name`` is what to enter; ``registered_name`` differs where the register knows another one. ``answers`` come in the
    order of asking, and the last one stays. ``on_hold`` marks a number that a fraud desk wants a reviewer to see.
    """

    number: str
    name: str
    about: str
    answers: tuple[RegistryOutcome, ...] = (RegistryOutcome.MATCH,)
    registered_name: str | None = None
    superseded_by: str | None = None
    typed: str | None = None
    on_hold: bool = False

    @property
    def entry(self) -> str:
        """What to type into the form; the canonical number unless the case is about another form."""
        return self.typed or self.number

    @property
    def card(self) -> str:
        """A bank card of their own: deposits to it arrive."""
        digits = f"010000000000{self.number[14:17]}"
        return digits + check_digit(digits)


_DOWN = RegistryOutcome.UNAVAILABLE

IDENTITIES = (
    SandboxIdentity("990101199003070015", "测试一", "an adult; name and number match"),
    SandboxIdentity("990101199003070023", "测试二", "registered under another name", registered_name="测试甲"),
    SandboxIdentity("990101199003070031", "测试三", "not in the register", (RegistryOutcome.NOT_FOUND,)),
    SandboxIdentity("990101193605120043", "测试四", "deceased", (RegistryOutcome.DECEASED,)),
    SandboxIdentity("990101201309010058", "测试五", "a minor, fourteen on 1 September 2027"),
    SandboxIdentity("990101201006010069", "测试六", "a minor, eighteen on 1 June 2028"),
    SandboxIdentity("990101197808080078", "测试七", "two people have this number", (RegistryOutcome.TWO_HOLDERS,)),
    SandboxIdentity("990101198501010088", "测试八", "the register never answers", (_DOWN,)),
    SandboxIdentity(
        "990101198501010096",
        "测试九",
        "the register answers when asked a third time",
        (_DOWN, _DOWN, RegistryOutcome.MATCH),
    ),
    SandboxIdentity("990101199202290109", "测试十", "only the former name 测试乙 matches", registered_name="测试乙"),
    SandboxIdentity(
        "990101198104150116",
        "测试十一",
        "a number that was corrected",
        (RegistryOutcome.SUPERSEDED,),
        superseded_by="990101198104150124",
    ),
    SandboxIdentity("990101198104150124", "测试十一", "the same person under the corrected number"),
    SandboxIdentity("990101199511110132", "测试十二", "the card was reported lost", (RegistryOutcome.LOST_CARD,)),
    SandboxIdentity("990101196001010146", "测试十三", "the card has expired, the register still knows them"),
    SandboxIdentity("990101199912310151", "测试十四", "matches, and is held for review", on_hold=True),
    SandboxIdentity("99010119491231028X", "测试十五", "the check character is X"),
    SandboxIdentity("990101200002290169", "测试十六", "born on 29 February"),
    SandboxIdentity("990101194912310298", "测试十七", "typed with fifteen digits", typed="990101491231029"),
)
"""Everybody there is."""

_BY_NUMBER = {identity.number: identity for identity in IDENTITIES}

DEPOSITS = Amounts((12, 34))
"""What the sandbox's bank pays into every account, in fen."""

CARDS = {
    "0000000000000018": BankOutcome.HOLDER_MISMATCH,
    "0000000000000026": BankOutcome.ACCOUNT_CLOSED,
    "0000000000000034": BankOutcome.JOINT_ACCOUNT,
    "0000000000000042": BankOutcome.UNAVAILABLE,
}
"""Cards to which no deposit arrives. Deposits to any other card that begins with 0 do."""


def find(number: ResidentId) -> SandboxIdentity | None:
    """Return whom a number stands for, or None where it stands for nobody."""
    return _BY_NUMBER.get(number.reveal())


def registry_answer(number: ResidentId, name: LegalName, *, asked_before: int) -> RegistryOutcome:
    """Answer as the register would that has been asked about this number ``asked_before`` times."""
    identity = find(number)
    if identity is None:
        return RegistryOutcome.NOT_FOUND
    outcome = identity.answers[min(asked_before, len(identity.answers) - 1)]
    if outcome in {RegistryOutcome.UNAVAILABLE, RegistryOutcome.NOT_FOUND}:
        return outcome
    registered = LegalName(identity.registered_name or identity.name)
    return outcome if same_name(registered, name) else RegistryOutcome.NAME_MISMATCH


def bank_answer(account: BankAccount) -> BankOutcome:
    """Answer as the bank would that is asked to pay deposits into an account."""
    return CARDS.get(account.reveal(), BankOutcome.SENT)
