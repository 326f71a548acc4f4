"""Personal data as types that do not show what they hold.

A log line, a traceback or an f-string can only ever print ``…``; whoever needs the text says so with ``reveal()``, and
that word can be searched for.
"""

from __future__ import annotations

import hmac
from typing import NoReturn

MASK = "…"


class Private:
    """A text about a person. Shows ``…``, compares in constant time, is neither hashed, pickled, copied nor changed.

    Equal only to the same type holding the same text: a name never equals an account number.
    """

    __slots__ = ("_text",)
    _text: str

    def __init__(self, text: str) -> None:
        object.__setattr__(self, "_text", text)

    def reveal(self) -> str:
        """Return the text itself."""
        return self._text

    def __repr__(self) -> str:
        return MASK

    def __str__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return MASK  # a width or precision would tell the length

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return hmac.compare_digest(_bytes(self), _bytes(other))

    def __hash__(self) -> NoReturn:
        raise TypeError(f"{type(self).__name__} has no hash: it would be an unkeyed digest of personal data")

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} cannot be changed")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} cannot be changed")

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError(f"{type(self).__name__} cannot be pickled or copied")


class LegalName(Private):
    """A person's name as it stands in the population register."""

    __slots__ = ()


class ResidentId(Private):
    """A citizen identification number in its canonical 18 characters (GB 11643-1999)."""

    __slots__ = ()


class BankAccount(Private):
    """A bank card number in its canonical 16 to 19 digits."""

    __slots__ = ()


def _bytes(private: Private) -> bytes:
    return private.reveal().encode("utf-8", "surrogatepass")
