"""Proof of control over a bank account: two small deposits, whose amounts only its holder can read.

Amounts are whole fen (1 yuan = 100 fen), 1 to 99 each. Three tries against two unordered amounts leave a guesser about
6 chances in 9,801.
"""

from __future__ import annotations

import hmac
import re
import unicodedata
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum

from idp.domain.errors import EntryError

SMALLEST_FEN = 1
LARGEST_FEN = 99
TRIES = 3
LIFETIME = timedelta(days=7)

_LONGEST_ENTRY = 16
_ENTRY = re.compile(r"(?P<sign>¥)?(?P<whole>[0-9]*)(?:[.。](?P<decimals>[0-9]+))?(?P<unit>[元分])?")


class AmountFault(StrEnum):
    """Why an amount is refused. None of these costs a try."""

    EMPTY = "empty"
    NOT_AN_AMOUNT = "not_an_amount"
    TOO_PRECISE = "too_precise"  # there is nothing smaller than a fen
    OUT_OF_RANGE = "out_of_range"  # not 1 to 99 fen, which every deposit is


class InvalidAmount(EntryError[AmountFault]):
    """The text is no amount that could have been deposited; ``reason`` says why."""


class Outcome(StrEnum):
    """What an answer to the challenge leads to."""

    PROVEN = "proven"
    WRONG = "wrong"  # and there are tries left
    SPENT = "spent"  # wrong, or not even looked at: no tries left
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, eq=False)
class Amounts:
    """Two deposits in fen. Equal in either order, compared in constant time; printing shows neither amount."""

    fen: tuple[int, int] = field(repr=False)

    def __post_init__(self) -> None:
        if not all(SMALLEST_FEN <= amount <= LARGEST_FEN for amount in self.fen):
            raise InvalidAmount(AmountFault.OUT_OF_RANGE)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Amounts):
            return NotImplemented
        return hmac.compare_digest(bytes(sorted(self.fen)), bytes(sorted(other.fen)))

    def __hash__(self) -> int:
        return hash(frozenset(self.fen))


@dataclass(frozen=True, slots=True)
class Challenge:
    """Two deposits on their way, until the end of ``deadline_on`` or the last try."""

    amounts: Amounts
    deadline_on: date
    tries_left: int = TRIES


def open_challenge(amounts: Amounts, *, sent_on: date) -> Challenge:
    """Open a challenge on the day the bank sent the deposits."""
    return Challenge(amounts, deadline_on=sent_on + LIFETIME)


def answer(challenge: Challenge, entered: Amounts, *, on: date) -> tuple[Outcome, Challenge]:
    """Judge one answer and return the challenge as it stands afterwards: the caller stores what is left of it."""
    if on > challenge.deadline_on:
        return Outcome.EXPIRED, challenge
    if challenge.tries_left < 1:
        return Outcome.SPENT, challenge
    left = replace(challenge, tries_left=challenge.tries_left - 1)
    if challenge.amounts == entered:
        return Outcome.PROVEN, left
    return (Outcome.WRONG if left.tries_left else Outcome.SPENT), left


def parse_amount(text: str) -> int:
    """Read an amount as a person types it from a statement: ``0.12``, ``¥0.12``, ``12``, ``12分``. Returns fen.

    A decimal point or a sign of the yuan means yuan; a bare whole number means fen. Raises InvalidAmount.
    """
    entry = "".join(unicodedata.normalize("NFKC", text[: _LONGEST_ENTRY + 1]).split())
    if not entry:
        raise InvalidAmount(AmountFault.EMPTY)
    if len(text) > _LONGEST_ENTRY:
        raise InvalidAmount(AmountFault.NOT_AN_AMOUNT)
    fen = _fen(entry)
    if not SMALLEST_FEN <= fen <= LARGEST_FEN:
        raise InvalidAmount(AmountFault.OUT_OF_RANGE)
    return fen


def parse_amounts(first: str, second: str) -> Amounts:
    """Read both amounts. Raises InvalidAmount."""
    return Amounts((parse_amount(first), parse_amount(second)))


def _fen(entry: str) -> int:
    read = _ENTRY.fullmatch(entry)
    if read is None or not (read["whole"] or read["decimals"]):
        raise InvalidAmount(AmountFault.NOT_AN_AMOUNT)
    sign, whole, decimals, unit = read["sign"], int(read["whole"] or 0), read["decimals"] or "", read["unit"]
    in_yuan = bool(sign or decimals or unit == "元")
    if in_yuan and unit == "分":
        raise InvalidAmount(AmountFault.NOT_AN_AMOUNT)
    if len(decimals.rstrip("0")) > 2:
        raise InvalidAmount(AmountFault.TOO_PRECISE)
    return whole * 100 + int(decimals[:2].ljust(2, "0")) if in_yuan else whole
