"""The bank's wire: one contract over both transports, and what is made of answers that are none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from idp.domain import bank_account, names, sandbox
from idp.domain.answers import BankOutcome
from idp.domain.micro_deposit import Amounts
from idp.gateways.bank import UNAVAILABLE, BankAnswer, BankGateway
from idp.gateways.bank_simulator import BankSimulator
from idp.gateways.breaker import Breaker
from idp.gateways.endpoint import Endpoint
from tests.specs.gateways.test_registry import always

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from wsgiref.types import WSGIApplication

    from idp.gateways.http import Transport

    Serve = Callable[[WSGIApplication], AbstractContextManager[tuple[Transport, str]]]

HOLDER = names.parse("测试一")


def gateway(transport: Transport, url: str) -> BankGateway:
    return BankGateway(Endpoint("bank", f"{url}/deposits", transport, Breaker()))


def ordered(bank: BankGateway, card: str, *, reference: str = "r") -> BankAnswer:
    return bank.send_deposits(bank_account.parse(card), HOLDER, reference=reference)


@pytest.fixture
def bank(serve: Serve) -> Iterator[BankGateway]:
    with serve(BankSimulator()) as wire:
        yield gateway(*wire)


@pytest.mark.parametrize("card", ["0000000000000000", *(identity.card for identity in sandbox.IDENTITIES)])
def test_a_sandbox_card_gets_its_two_deposits(bank: BankGateway, card: str) -> None:
    answer = ordered(bank, card)
    assert answer.outcome is BankOutcome.SENT
    assert answer.amounts is not None
    assert answer.amounts.fen == (12, 34)


@pytest.mark.parametrize(("card", "outcome"), list(sandbox.CARDS.items()))
def test_the_ending_of_a_card_scripts_a_refusal(bank: BankGateway, card: str, outcome: BankOutcome) -> None:
    assert ordered(bank, card) == BankAnswer(outcome)


def test_a_card_that_may_be_real_gets_nothing_from_the_simulator(bank: BankGateway) -> None:
    assert ordered(bank, "6222020000000000006"[:18] + bank_account.check_digit("622202000000000000")) == UNAVAILABLE


@pytest.mark.parametrize(
    "body",
    [
        b'{"reference": "r", "result": "sent"}',
        b'{"reference": "r", "result": "sent", "amounts": [12]}',
        b'{"reference": "r", "result": "sent", "amounts": [12, 34, 56]}',
        b'{"reference": "r", "result": "sent", "amounts": [0, 34]}',
        b'{"reference": "r", "result": "sent", "amounts": [12, 100]}',
        b'{"reference": "r", "result": "sent", "amounts": [12.0, 34]}',
        b'{"reference": "r", "result": "sent", "amounts": ["12", "34"]}',
        b'{"reference": "r", "result": "account_closed", "amounts": [12, 34]}',
        b'{"reference": "other", "result": "sent", "amounts": [12, 34]}',
    ],
    ids=lambda body: body.decode(),
)
def test_what_is_not_exactly_an_answer_to_this_order_is_none(serve: Serve, body: bytes) -> None:
    with serve(always("200 OK", body)) as wire:
        assert ordered(gateway(*wire), "0000000000000000") == UNAVAILABLE


def test_the_amounts_do_not_show_themselves() -> None:
    assert "12" not in repr(BankAnswer(BankOutcome.SENT, Amounts((12, 34))))


def test_an_answer_cannot_be_taken_for_a_yes() -> None:
    with pytest.raises(TypeError):
        assert BankAnswer(BankOutcome.JOINT_ACCOUNT)
