"""Secret bytes that do not show themselves."""

from __future__ import annotations

import hmac
from typing import NoReturn


class Secret:
    """Bytes whose ``repr``, ``str`` and ``format`` are ``…``; compared in constant time, never hashed or pickled.

    Holds the bytes rather than being bytes: a subclass would still show them through slicing, ``hex`` or ``%``.
    """

    __slots__ = ("_value",)

    def __init__(self, value: bytes) -> None:
        self._value = bytes(value)

    def reveal(self) -> bytes:
        """Return the bytes themselves, for the one call that uses them."""
        return self._value

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._value, other._value)

    def __hash__(self) -> NoReturn:
        raise TypeError("a secret is no key of a mapping")

    def __repr__(self) -> str:
        return "…"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return "…"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret does not leave the process")
