"""Bank card numbers: form, check digit, and the line between the sandbox and real money."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from idp.domain.bank_account import (
    BankAccountFault,
    InvalidBankAccount,
    admit,
    check_digit,
    is_sandbox,
    masked,
    parse,
)

CARDS = st.integers(15, 18).flatmap(
    lambda size: st.text("0123456789", min_size=size, max_size=size).map(lambda digits: digits + check_digit(digits))
)


def fault_of(text: str) -> BankAccountFault:
    """Return why a text is refused."""
    with pytest.raises(InvalidBankAccount) as refused:
        parse(text)
    return refused.value.reason


@pytest.mark.parametrize(
    ("entered", "canonical"),
    [
        ("4111111111111111", "4111111111111111"),  # the well-known test number
        ("6205 5000 0000 0000 004", "6205500000000000004"),
        ("4111-1111-1111-1111", "4111111111111111"),
        ("４１１１　１１１１ 11111111\n", "4111111111111111"),
        ("0000000000000018", "0000000000000018"),
    ],
)
def test_a_card_is_read_however_it_is_typed(entered: str, canonical: str) -> None:
    assert parse(entered).reveal() == canonical


@pytest.mark.parametrize(
    ("entered", "fault"),
    [
        ("", BankAccountFault.LENGTH),
        ("411111111111111", BankAccountFault.LENGTH),
        ("41111111111111111111", BankAccountFault.LENGTH),
        ("4" * 100_000, BankAccountFault.LENGTH),
        ("411111111111111a", BankAccountFault.CHARACTERS),
        ("٤١١١١١١١١١١١١١١١", BankAccountFault.CHARACTERS),
        ("4111111111111112", BankAccountFault.CHECK_DIGIT),
    ],
)
def test_the_first_rule_that_a_card_breaks_is_named(entered: str, fault: BankAccountFault) -> None:
    assert fault_of(entered) is fault


@given(CARDS, st.data())
def test_every_single_wrong_digit_is_detected(card: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(card) - 1))
    wrong = data.draw(st.sampled_from("0123456789"))
    assume(card[place] != wrong)
    assert parse(card).reveal() == card
    assert fault_of(card[:place] + wrong + card[place + 1 :]) is BankAccountFault.CHECK_DIGIT


@given(CARDS)
def test_a_mask_shows_four_digits_and_not_how_many_there_are(card: str) -> None:
    assert masked(parse(card)) == f"···· {card[-4:]}"


@given(CARDS)
def test_each_card_is_taken_either_by_the_sandbox_or_by_production(card: str) -> None:
    at_home = card.startswith("0")
    assert is_sandbox(admit(card, sandbox=at_home)) is at_home
    with pytest.raises(InvalidBankAccount) as refused:
        admit(card, sandbox=not at_home)
    assert refused.value.reason is (BankAccountFault.SANDBOX if at_home else BankAccountFault.NOT_SANDBOX)


def test_production_refuses_a_sandbox_card_before_looking_at_its_check_digit() -> None:
    with pytest.raises(InvalidBankAccount) as refused:
        admit("0000000000000019", sandbox=False)
    assert refused.value.reason is BankAccountFault.SANDBOX
    assert str(refused.value) == "sandbox"
