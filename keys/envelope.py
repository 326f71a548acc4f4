"""A value under a key of its own: whoever destroys the key has destroyed the value, however many copies there are.

Two ways to keep such a key. Wrapped beside the value under a seal: deleting the wrapped key is the end of it, also for
copies of the value alone. Or carried away by somebody else, as the secret of a code is: then we cannot open it either.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from keys.encoding import joined
from keys.errors import WrongSeal

if TYPE_CHECKING:
    from keys.seal import RecordSeal

KEY_BYTES = 32
NONCE_BYTES = 12
CARRIED = b"yufu/carried/1"


class Envelope(NamedTuple):
    """A sealed value and its key, wrapped."""

    wrapped_key: bytes
    sealed: bytes


def wrap(plaintext: bytes, *, records: RecordSeal, table: str, row: str) -> Envelope:
    """Seal a value for a row under a fresh key, which is sealed for that row in turn."""
    key = secrets.token_bytes(KEY_BYTES)
    wrapped = records.seal(key, table=table, column="wrapped_key", row=row)
    return Envelope(wrapped, _seal(plaintext, key, joined(table, "sealed", row)))


def unwrap(envelope: Envelope, *, records: RecordSeal, table: str, row: str) -> bytes:
    """Return the value; :class:`WrongSeal` where either part was altered, moved or belongs to another."""
    key = records.open(envelope.wrapped_key, table=table, column="wrapped_key", row=row)
    return _open(envelope.sealed, key, joined(table, "sealed", row))


def seal_under(secret: bytes, plaintext: bytes, *, context: str) -> bytes:
    """Seal under a random secret of at least 32 bytes that somebody else carries away."""
    return _seal(plaintext, _carried(secret), context.encode())


def open_under(secret: bytes, sealed: bytes, *, context: str) -> bytes:
    """Return what was sealed under the secret that came back; :class:`WrongSeal` under any other."""
    return _open(sealed, _carried(secret), context.encode())


def _carried(secret: bytes) -> bytes:
    if len(secret) < KEY_BYTES:
        raise ValueError(f"a carried secret has at least {KEY_BYTES} bytes")
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=CARRIED).derive(secret)


def _seal(plaintext: bytes, key: bytes, context: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plaintext, context)


def _open(sealed: bytes, key: bytes, context: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], context)
    except (InvalidTag, ValueError):
        raise WrongSeal("altered, moved, or sealed under another key") from None
