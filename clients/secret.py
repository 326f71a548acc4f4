"""Client secrets: 256 random bits, shown once, kept as SHA-256."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import NoReturn

SECRET_BYTES = 32
"""Enough entropy that a plain hash at rest suffices: there is nothing to guess."""


class Secret:
    """A client secret or assertion on its way through; shows itself as ``…`` wherever it is printed."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Give the value itself, for the one reply that hands it over."""
        return self._value

    @property
    def digest(self) -> bytes:
        """The 32 bytes that are stored in its place."""
        return hashlib.sha256(self._value.encode()).digest()

    def fits(self, digest: bytes) -> bool:
        """Tell whether this is the secret that ``digest`` was made of, in constant time."""
        return hmac.compare_digest(self.digest, digest)

    def __repr__(self) -> str:
        return "…"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return "…"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret does not leave the process")


def generate_secret() -> Secret:
    """Make a new client secret: 43 characters of base64url."""
    return Secret(secrets.token_urlsafe(SECRET_BYTES))
