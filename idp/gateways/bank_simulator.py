"""A bank that pays the deposits of :mod:`idp.domain.sandbox` to cards no real bank issues, over the real one's wire.

``python -m idp.gateways.bank_simulator --port 9102`` serves it on this machine; the sandbox calls it in process.
"""

from __future__ import annotations

from typing import Any

import msgspec

from idp.domain import bank_account, sandbox
from idp.domain.answers import BankOutcome
from idp.domain.errors import EntryError
from idp.gateways.simulator import Refusal, Simulator, serve


class Order(msgspec.Struct, frozen=True):
    """Pay two small deposits into this account, held in this name."""

    reference: str
    holder: str
    account: str


class BankSimulator(Simulator[Order]):
    """Answers by the card number; moves no money."""

    question = Order

    def answer(self, question: Order) -> dict[str, Any]:
        """See :class:`Simulator`."""
        try:
            account = bank_account.admit(question.account, sandbox=True)
        except EntryError:
            raise Refusal("400 Bad Request") from None
        outcome = sandbox.bank_answer(account)
        if outcome is BankOutcome.UNAVAILABLE:
            raise Refusal("504 Gateway Timeout")
        if outcome is BankOutcome.SENT:
            return {"result": outcome, "amounts": sandbox.DEPOSITS.fen}
        return {"result": outcome}


if __name__ == "__main__":
    serve(BankSimulator(), what="the bank", default_port=9102)
