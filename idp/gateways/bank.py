"""Ask the bank to pay two small deposits into an account held in a given name.

On the wire, JSON both ways: ``{"reference", "holder", "account"}``, answered with status 200 by ``{"reference",
"result"}``: ``sent`` with ``amounts`` (two whole numbers of fen, drawn by the bank), ``holder_mismatch``,
``account_closed`` or ``joint_account``. The reference doubles as the ``Idempotency-Key``: asked again, the bank pays
nothing more and repeats its answer.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Final, Literal

import msgspec

from idp.gateways.endpoint import Answer
from idp.gateways.http import NoReplyError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from idp.domain.secrecy import BankAccount, LegalName
    from idp.gateways.endpoint import Endpoint


@dataclass(frozen=True, slots=True)
class DepositsSent:
    """Two deposits are on their way; 1 to 99 fen each, in the order in which the statement will show them."""

    amounts: tuple[int, int] = field(repr=False)


@dataclass(frozen=True, slots=True)
class HolderMismatch:
    """The account is not held in that name."""


@dataclass(frozen=True, slots=True)
class AccountClosed:
    """There is no such account any more, or it takes no deposits."""


@dataclass(frozen=True, slots=True)
class JointAccount:
    """Several people hold the account: a deposit would not tell which of them is here."""


@dataclass(frozen=True, slots=True)
class Unavailable:
    """No answer that counts."""


DepositsAnswer = DepositsSent | HolderMismatch | AccountClosed | JointAccount | Unavailable

Fen = Annotated[int, msgspec.Meta(ge=1, le=99)]


class _Question(msgspec.Struct, frozen=True):
    reference: str
    holder: str
    account: str


class _Answer(Answer, frozen=True, forbid_unknown_fields=True):
    result: Literal["sent", "holder_mismatch", "account_closed", "joint_account"]
    amounts: tuple[Fen, Fen] | None = None


REFUSALS: Final[Mapping[str, DepositsAnswer]] = {
    "holder_mismatch": HolderMismatch(),
    "account_closed": AccountClosed(),
    "joint_account": JointAccount(),
}


@dataclass(frozen=True, slots=True)
class BankGateway:
    """The bank, as seen from here: the real one or the simulator, by its endpoint."""

    endpoint: Endpoint

    def send_deposits(self, account: BankAccount, holder: LegalName, *, reference: str) -> DepositsAnswer:
        """Ask for the two deposits. The same ``reference`` again pays nothing more. Raises nothing."""
        question = _Question(reference=reference, holder=holder.reveal(), account=account.reveal())
        try:
            answer = self.endpoint.ask(question, _Answer, reference=reference)
        except NoReplyError:
            return Unavailable()
        if (answer.amounts is not None) != (answer.result == "sent"):
            return Unavailable()
        return DepositsSent(answer.amounts) if answer.amounts is not None else REFUSALS[answer.result]
