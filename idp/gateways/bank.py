"""Ask the bank to pay two small deposits into an account held in a given name.

On the wire, JSON both ways: ``{"reference", "holder", "account"}``, answered with status 200 by ``{"reference",
"result"}``: ``sent`` with ``amounts`` (two whole numbers of fen, drawn by the bank), ``holder_mismatch``,
``account_closed`` or ``joint_account``. The reference doubles as the ``Idempotency-Key``: asked again, the bank pays
nothing more and repeats its answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn

import msgspec

from idp.domain.answers import BankOutcome
from idp.domain.micro_deposit import LARGEST_FEN, SMALLEST_FEN, Amounts
from idp.gateways.endpoint import Answer
from idp.gateways.http import NoReplyError

if TYPE_CHECKING:
    from idp.domain.secrecy import BankAccount, LegalName
    from idp.gateways.endpoint import Endpoint


@dataclass(frozen=True, slots=True)
class BankAnswer:
    """What the bank said. With ``sent`` come the ``amounts``, in the order in which the statement shows them."""

    outcome: BankOutcome
    amounts: Amounts | None = None

    def __bool__(self) -> NoReturn:
        raise TypeError("a bank's answer is one of five, not a yes or a no")


Fen = Annotated[int, msgspec.Meta(ge=SMALLEST_FEN, le=LARGEST_FEN)]


class _Question(msgspec.Struct, frozen=True):
    reference: str
    holder: str
    account: str


class _Answer(Answer, frozen=True, forbid_unknown_fields=True):
    result: Literal["sent", "holder_mismatch", "account_closed", "joint_account"]
    amounts: tuple[Fen, Fen] | None = None


UNAVAILABLE = BankAnswer(BankOutcome.UNAVAILABLE)


@dataclass(frozen=True, slots=True)
class BankGateway:
    """The bank, as seen from here: the real one or the simulator, by its endpoint."""

    endpoint: Endpoint

    def send_deposits(self, account: BankAccount, holder: LegalName, *, reference: str) -> BankAnswer:
        """Ask for the two deposits. The same ``reference`` again pays nothing more. Raises nothing."""
        question = _Question(reference=reference, holder=holder.reveal(), account=account.reveal())
        try:
            answer = self.endpoint.ask(question, _Answer, reference=reference)
        except NoReplyError:
            return UNAVAILABLE
        if (answer.amounts is not None) != (answer.result == "sent"):
            return UNAVAILABLE
        return BankAnswer(BankOutcome(answer.result), Amounts(answer.amounts) if answer.amounts else None)
