"""Sealing under keys that the online processes hold: columns of rows, and tickets that travel through a browser.

Both are AES-256-GCM with the key's number in the clear and everything that must not change in the associated data.
Keys are numbered from 1; the next number is always readable, so that a process that has not yet noticed a rotation
opens what its neighbour sealed.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from keys.encoding import from_base64url, joined, to_base64url
from keys.errors import WrongSeal
from keys.root import RECORD, TICKET

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

    from keys.root import Root

FORMAT = b"\x01"
NONCE_BYTES = 12
TAG_BYTES = 16
HEADER_BYTES = 3
EXPIRY_BYTES = 8
MAX_VERSION = 0xFFFF
MAX_TICKET = 8192
"""Characters; a longer ticket is refused before anything is decoded."""


class _Sealer:
    """AES-256-GCM under numbered keys: ``0x01 ‖ key number (2) ‖ nonce (12) ‖ ciphertext and tag``."""

    __slots__ = ("_ciphers", "_current", "_header")

    def __init__(self, keys: Mapping[int, bytes], *, current: int) -> None:
        """Seal under ``keys[current]``; open under any of them. Every key has 32 bytes."""
        if current not in keys or not all(1 <= number <= MAX_VERSION for number in keys):
            raise ValueError("the current key is one of those given, and they are numbered from 1 to 65535")
        if not all(len(key) == 32 for key in keys.values()):
            raise ValueError("AES-256 keys have 32 bytes")
        self._ciphers = {FORMAT + number.to_bytes(2, "big"): AESGCM(key) for number, key in keys.items()}
        self._header = FORMAT + current.to_bytes(2, "big")
        self._current = self._ciphers[self._header]

    @classmethod
    def _derived(cls, root: Root, label: str, *, version: int) -> Self:
        keys = {number: root.purpose(label.format(version=number)) for number in range(1, version + 2)}
        return cls(keys, current=version)

    def _seal(self, plaintext: bytes, context: bytes) -> bytes:
        nonce = secrets.token_bytes(NONCE_BYTES)
        return self._header + nonce + self._current.encrypt(nonce, plaintext, self._header + context)

    def _open(self, sealed: bytes, context: bytes) -> bytes:
        header, nonce = sealed[:HEADER_BYTES], sealed[HEADER_BYTES : HEADER_BYTES + NONCE_BYTES]
        cipher = self._ciphers.get(header)
        if cipher is None or len(sealed) < HEADER_BYTES + NONCE_BYTES + TAG_BYTES:
            raise WrongSeal("not sealed with a key of this keyring")
        try:
            return cipher.decrypt(nonce, sealed[HEADER_BYTES + NONCE_BYTES :], header + context)
        except InvalidTag:
            raise WrongSeal("altered, moved, or sealed under another key") from None

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"


class RecordSeal(_Sealer):
    """Seals one cell of one row: what is moved to another table, column or row does not open there."""

    __slots__ = ()

    @classmethod
    def from_root(cls, root: Root, *, version: int) -> Self:
        """Derive keys 1 to ``version`` + 1 from the root; seal under ``version``."""
        return cls._derived(root, RECORD, version=version)

    def seal(self, plaintext: bytes, *, table: str, column: str, row: str) -> bytes:
        """Seal the value of a cell; 31 bytes longer than ``plaintext``."""
        return self._seal(plaintext, joined(table, column, row))

    def open(self, sealed: bytes, *, table: str, column: str, row: str) -> bytes:
        """Return the value that was sealed for this very cell; :class:`WrongSeal` otherwise."""
        return self._open(sealed, joined(table, column, row))


class TicketSeal(_Sealer):
    """Seals what a browser carries for us: for one purpose, one browser and a limited time."""

    __slots__ = ()

    @classmethod
    def from_root(cls, root: Root, *, version: int) -> Self:
        """Derive keys 1 to ``version`` + 1 from the root; seal under ``version``."""
        return cls._derived(root, TICKET, version=version)

    def seal(self, payload: bytes, *, purpose: str, binding: bytes, now: datetime, lifetime: timedelta) -> str:
        """Seal into URL-safe text that opens until ``now + lifetime`` (whole seconds) for the same purpose and binding.

        ``binding`` is what ties it to the browser: a digest of its cookie. ``ValueError`` if the payload is too long.
        """
        until = int((now + lifetime).timestamp()).to_bytes(EXPIRY_BYTES, "big")
        text = to_base64url(until + self._seal(payload, joined(until, purpose, binding))).decode()
        if len(text) > MAX_TICKET:
            raise ValueError(f"{len(payload)} bytes are too much for a ticket")
        return text

    def open(self, text: str, *, purpose: str, binding: bytes, now: datetime) -> bytes:
        """Return the payload; :class:`WrongSeal` if anything about the ticket, its time included, is not right."""
        if len(text) > MAX_TICKET:
            raise WrongSeal("too long for a ticket")
        try:
            raw = from_base64url(text)
        except ValueError:
            raise WrongSeal("not a ticket") from None
        until, sealed = raw[:EXPIRY_BYTES], raw[EXPIRY_BYTES:]
        payload = self._open(sealed, joined(until, purpose, binding))
        if now >= datetime.fromtimestamp(int.from_bytes(until, "big"), UTC):
            raise WrongSeal("this ticket's time is over")
        return payload
