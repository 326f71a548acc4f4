"""The keys of offices — officers and the authority — and sealing to them (HPKE, RFC 9180, base mode).

The KEM is the hybrid of ML-KEM-768 and X25519: what is sealed today stays shut as long as either of them holds.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from keys.errors import WrongSeal
from keys.secret import Secret

if TYPE_CHECKING:
    from typing import Self

SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
MLKEM_PUBLIC_BYTES = 1184
MLKEM_SEED_BYTES = 64
X25519_BYTES = 32
FINGERPRINT_BYTES = 8


@dataclass(frozen=True, slots=True)
class OfficePublicKey:
    """Seals so that only the office opens; two are equal if their 1216 raw bytes are."""

    raw: bytes = field(repr=False)
    fingerprint: bytes = field(compare=False)
    """The first 8 bytes of SHA-256 over ``raw``: tells keys apart, proves nothing."""
    _key: MLKEM768X25519PublicKey = field(repr=False, compare=False)

    @classmethod
    def from_raw(cls, raw: bytes) -> Self:
        """Take the ML-KEM-768 key and, after it, the X25519 key; ``ValueError`` if misshapen."""
        if len(raw) != MLKEM_PUBLIC_BYTES + X25519_BYTES:
            raise ValueError(f"an office's public key has {MLKEM_PUBLIC_BYTES + X25519_BYTES} bytes")
        key = MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(raw[:MLKEM_PUBLIC_BYTES]),
            X25519PublicKey.from_public_bytes(raw[MLKEM_PUBLIC_BYTES:]),
        )
        return cls(raw, hashlib.sha256(raw).digest()[:FINGERPRINT_BYTES], key)

    def seal(self, payload: bytes, *, info: bytes) -> bytes:
        """Seal to this office; opens only with the same ``info``. 1136 bytes longer than ``payload``."""
        return SUITE.encrypt(payload, self._key, info)


class OfficePrivateKey:
    """Opens what was sealed to the office. Lives offline: no keyring ever holds one."""

    __slots__ = ("_key", "public", "secret")

    def __init__(self, secret: Secret) -> None:
        """Take the 64-byte ML-KEM seed and the 32-byte X25519 key, one after the other."""
        raw = secret.reveal()
        if len(raw) != MLKEM_SEED_BYTES + X25519_BYTES:
            raise ValueError(f"an office's private key has {MLKEM_SEED_BYTES + X25519_BYTES} bytes")
        mlkem = MLKEM768PrivateKey.from_seed_bytes(raw[:MLKEM_SEED_BYTES])
        x25519 = X25519PrivateKey.from_private_bytes(raw[MLKEM_SEED_BYTES:])
        self.secret = secret
        self.public = OfficePublicKey.from_raw(
            mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw(),
        )
        self._key = MLKEM768X25519PrivateKey(mlkem, x25519)

    @classmethod
    def generate(cls) -> Self:
        """Make a new key pair."""
        mlkem, x25519 = MLKEM768PrivateKey.generate(), X25519PrivateKey.generate()
        return cls(Secret(mlkem.private_bytes_raw() + x25519.private_bytes_raw()))

    def open(self, sealed: bytes, *, info: bytes) -> bytes:
        """Return what was sealed to this office with the same ``info``; :class:`WrongSeal` otherwise."""
        try:
            return SUITE.decrypt(sealed, self._key, info)
        except InvalidTag:
            raise WrongSeal("not sealed to this office, altered, or sealed for another record") from None

    def __repr__(self) -> str:
        return f"OfficePrivateKey({self.public.fingerprint.hex()})"
