"""Bank card numbers: sixteen to nineteen digits, the last of them a check digit (ISO/IEC 7812-1, Luhn)."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from idp.domain.errors import EntryError
from idp.domain.secrecy import BankAccount

LONGEST_ENTRY = 64
"""Code points that are looked at before anything is folded; generous for separators."""

SANDBOX_PREFIX = "0"
"""ISO/IEC 7812-1 gives no bank a number that begins so."""

_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015\u2212]+")


class BankAccountFault(StrEnum):
    """Why a card number is refused, in the order in which the rules are looked at."""

    CHARACTERS = "characters"
    LENGTH = "length"
    SANDBOX = "sandbox"  # a test card where real money moves
    NOT_SANDBOX = "not_sandbox"  # perhaps somebody's real card where tests are run
    CHECK_DIGIT = "check_digit"


class InvalidBankAccount(EntryError[BankAccountFault]):
    """The text is no card number; ``reason`` names the first rule it breaks."""


def canonicalise(text: str) -> str:
    """Fold full-width digits and drop spaces and hyphens. Judges nothing."""
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", text))


def parse(text: str) -> BankAccount:
    """Read a card number as a person enters it. Raises InvalidBankAccount."""
    digits = _shaped(text)
    if check_digit(digits[:-1]) != digits[-1]:
        raise InvalidBankAccount(BankAccountFault.CHECK_DIGIT)
    return BankAccount(digits)


def admit(text: str, *, sandbox: bool) -> BankAccount:
    """Read a card number where it counts: a sandbox takes only sandbox cards, production takes all others.

    Raises InvalidBankAccount.
    """
    if _shaped(text).startswith(SANDBOX_PREFIX) != sandbox:
        raise InvalidBankAccount(BankAccountFault.NOT_SANDBOX if sandbox else BankAccountFault.SANDBOX)
    return parse(text)


def is_sandbox(account: BankAccount) -> bool:
    """Tell whether a card is one that no bank can issue."""
    return account.reveal().startswith(SANDBOX_PREFIX)


def check_digit(digits: str) -> str:
    """Return the Luhn digit that belongs after these digits (ISO/IEC 7812-1 annex B)."""
    doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in digits[::-2])
    return str(-(doubled + sum(map(int, digits[-2::-2]))) % 10)


def masked(account: BankAccount) -> str:
    """Return what the person's own page shows: the last four digits, nothing that tells the bank or the length."""
    return f"···· {account.reveal()[-4:]}"


def _shaped(text: str) -> str:
    if len(text) > LONGEST_ENTRY:
        raise InvalidBankAccount(BankAccountFault.LENGTH)
    digits = canonicalise(text)
    if not re.fullmatch("[0-9]*", digits):
        raise InvalidBankAccount(BankAccountFault.CHARACTERS)
    if not 16 <= len(digits) <= 19:
        raise InvalidBankAccount(BankAccountFault.LENGTH)
    return digits
