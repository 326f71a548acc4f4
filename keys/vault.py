"""The vault's lock: anybody here can shut it, only two officers and the authority together can open it.

The payload is sealed to the authority, that again under a fresh AES-256-GCM key, and the key is split so that any
``threshold`` officers can rebuild it, each share sealed to one officer. Opening is in ``keys.opening``.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from keys import shares
from keys.encoding import joined
from keys.secret import Secret

if TYPE_CHECKING:
    from keys.hpke import OfficePublicKey

FORMAT = 1
LABEL = "yufu/vault/1"
NONCE_BYTES = 12
BLOCK_BYTES = 256
"""Payloads are filled up to whole blocks, so that a row's length does not tell how long a name is."""


@dataclass(frozen=True, slots=True)
class VaultSeal:
    """The public keys a vault record is sealed to. ``ValueError`` unless all are different and the threshold is fit."""

    officers: tuple[OfficePublicKey, ...]
    authority: OfficePublicKey
    threshold: int = 2

    def __post_init__(self) -> None:
        if len({office.raw for office in (*self.officers, self.authority)}) != len(self.officers) + 1:
            raise ValueError("every officer and the authority need a key of their own")
        if not 2 <= self.threshold <= len(self.officers):
            raise ValueError("at least two officers, and no more than there are, open a record")

    def seal(self, payload: bytes, *, record: str) -> bytes:
        """Seal ``payload`` so that it opens only as the record ``record``; adds about 4.8 kB for three officers."""
        key = Secret(secrets.token_bytes(32))
        head = bytes((FORMAT, self.threshold, len(self.officers)))
        parts = shares.split(key, count=len(self.officers), threshold=self.threshold)
        for officer, share in zip(self.officers, parts, strict=True):
            sealed = officer.seal(share.value.reveal(), info=info("officer", share.number, record=record))
            head += officer.fingerprint + len(sealed).to_bytes(2, "big") + sealed
        inner = self.authority.seal(padded(payload), info=info("authority", 0, record=record))
        nonce = secrets.token_bytes(NONCE_BYTES)
        return head + nonce + AESGCM(key.reveal()).encrypt(nonce, inner, outer_context(head, record=record))


def info(role: str, number: int, *, record: str) -> bytes:
    """Return what a seal is bound to: the record, and whose seal it is."""
    return joined(LABEL, role, str(number), record)


def outer_context(head: bytes, *, record: str) -> bytes:
    """Return the associated data of the outer layer: everything that stands before it, and the record."""
    return joined(LABEL, "outer", record, head)


def padded(payload: bytes) -> bytes:
    """Fill up to a whole number of blocks: 0x80, then zeros."""
    return payload + b"\x80" + bytes(-(len(payload) + 1) % BLOCK_BYTES)
