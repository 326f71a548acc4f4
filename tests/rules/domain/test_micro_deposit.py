"""The deposit challenge: three tries, seven days, two amounts in either order."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.domain.micro_deposit import (
    AmountFault,
    Amounts,
    InvalidAmount,
    Outcome,
    answer,
    open_challenge,
    parse_amount,
    parse_amounts,
)

SENT = date(2026, 11, 23)
RIGHT, WRONG = Amounts((12, 34)), Amounts((12, 35))
FEN = st.integers(1, 99)
PAIRS = st.tuples(FEN, FEN).map(Amounts)


@pytest.mark.parametrize(
    "typed",
    ["0.12", "12", "¥0.12", "￥0.12", "０．１２", "１２", ".12", "0.120", "¥ 0.12", "0.12元", "12分", "0。12", " 012 "],
)
def test_twelve_fen_may_be_typed_in_many_ways(typed: str) -> None:
    assert parse_amount(typed) == 12


@pytest.mark.parametrize(("typed", "fen"), [("0.1", 10), ("0.01", 1), ("1", 1), ("99", 99), ("¥.99", 99)])
def test_a_decimal_point_means_yuan_and_a_whole_number_fen(typed: str, fen: int) -> None:
    assert parse_amount(typed) == fen


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("", AmountFault.EMPTY),
        (" \u3000", AmountFault.EMPTY),
        ("twelve", AmountFault.NOT_AN_AMOUNT),
        ("-12", AmountFault.NOT_AN_AMOUNT),
        ("0,12", AmountFault.NOT_AN_AMOUNT),
        ("1e1", AmountFault.NOT_AN_AMOUNT),
        ("12.", AmountFault.NOT_AN_AMOUNT),
        ("¥", AmountFault.NOT_AN_AMOUNT),
        ("元", AmountFault.NOT_AN_AMOUNT),
        ("0.12分", AmountFault.NOT_AN_AMOUNT),
        ("¥12分", AmountFault.NOT_AN_AMOUNT),
        ("١٢", AmountFault.NOT_AN_AMOUNT),
        ("1" * 100_000, AmountFault.NOT_AN_AMOUNT),
        ("0.125", AmountFault.TOO_PRECISE),
        ("0", AmountFault.OUT_OF_RANGE),
        ("0.00", AmountFault.OUT_OF_RANGE),
        ("100", AmountFault.OUT_OF_RANGE),
        ("1.00", AmountFault.OUT_OF_RANGE),
        ("¥12", AmountFault.OUT_OF_RANGE),
        ("12元", AmountFault.OUT_OF_RANGE),
    ],
)
def test_what_is_no_amount_is_refused_with_the_reason(typed: str, fault: AmountFault) -> None:
    with pytest.raises(InvalidAmount) as refused:
        parse_amount(typed)
    assert refused.value.reason is fault


@given(FEN)
def test_every_amount_reads_back_from_fen_and_from_yuan(fen: int) -> None:
    assert parse_amount(str(fen)) == parse_amount(f"{fen / 100:.2f}") == parse_amount(f"¥{fen / 100:.2f}") == fen


@given(FEN, FEN)
def test_the_order_of_the_amounts_makes_no_difference(one: int, other: int) -> None:
    assert parse_amounts(str(one), str(other)) == Amounts((other, one))
    assert hash(Amounts((one, other))) == hash(Amounts((other, one)))


@given(PAIRS, PAIRS, st.integers(0, 7))
def test_exactly_the_right_amounts_prove_control_within_seven_days(sent: Amounts, told: Amounts, days: int) -> None:
    outcome, _ = answer(open_challenge(sent, sent_on=SENT), told, on=SENT + timedelta(days=days))
    assert (outcome is Outcome.PROVEN) is (sorted(sent.fen) == sorted(told.fen))


def test_after_the_third_wrong_answer_the_right_one_comes_too_late() -> None:
    state = open_challenge(RIGHT, sent_on=SENT)
    outcomes = []
    for entered in (WRONG, WRONG, WRONG, RIGHT):
        outcome, state = answer(state, entered, on=SENT)
        outcomes.append(outcome)
    assert outcomes == [Outcome.WRONG, Outcome.WRONG, Outcome.SPENT, Outcome.SPENT]
    assert state.tries_left == 0


def test_the_third_try_still_counts() -> None:
    state = open_challenge(RIGHT, sent_on=SENT)
    for _ in range(2):
        _, state = answer(state, WRONG, on=SENT)
    assert answer(state, RIGHT, on=SENT)[0] is Outcome.PROVEN


def test_on_the_eighth_day_no_answer_counts_nor_costs_a_try() -> None:
    state = open_challenge(RIGHT, sent_on=SENT)
    assert answer(state, RIGHT, on=SENT + timedelta(days=8)) == (Outcome.EXPIRED, state)


@pytest.mark.parametrize("fen", [(0, 12), (12, 100), (-1, 5)])
def test_no_deposit_is_outside_of_1_to_99_fen(fen: tuple[int, int]) -> None:
    with pytest.raises(InvalidAmount):
        Amounts(fen)


def test_the_amounts_do_not_show_in_what_is_printed() -> None:
    assert "12" not in repr(RIGHT)
    assert "34" not in repr(open_challenge(RIGHT, sent_on=date(2026, 11, 1))).replace("2026", "")
