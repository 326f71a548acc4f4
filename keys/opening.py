"""Opening vault records, offline: needs private keys that no keyring holds.

Officers may sit at different machines: each opens its own share (:func:`open_share`), and whoever brings the shares
together strips the outer seals (:func:`open_outer`). What comes out is still sealed to the authority.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from keys.errors import WrongSeal
from keys.hpke import FINGERPRINT_BYTES
from keys.secret import Secret
from keys.shares import Share, combine
from keys.vault import FORMAT, NONCE_BYTES, info, outer_context

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keys.hpke import OfficePrivateKey

PREFIX_BYTES = 3
LENGTH_BYTES = 2


@dataclass(frozen=True, slots=True)
class _Parts:
    head: bytes
    threshold: int
    shares: tuple[tuple[bytes, bytes], ...]
    """Fingerprint of the officer's key and the share sealed to it, in the order of share numbers."""
    nonce: bytes
    body: bytes


def open_share(sealed: bytes, *, record: str, officer: OfficePrivateKey) -> Share:
    """Open an officer's own share of a record; :class:`WrongSeal` if the record has none for this key."""
    parts = _taken_apart(sealed)
    for number, (fingerprint, share) in enumerate(parts.shares, start=1):
        if fingerprint == officer.public.fingerprint:
            value = officer.open(share, info=info("officer", number, record=record))
            return Share(number, parts.threshold, Secret(value))
    raise WrongSeal("not sealed to this officer")


def open_outer(sealed: bytes, *, record: str, shares: Sequence[Share]) -> bytes:
    """Strip the officers' seals and return the part that is sealed to the authority.

    :class:`keys.errors.WrongShares` if the shares are too few or do not fit together, :class:`WrongSeal` if the
    record is not the one they were made for.
    """
    parts = _taken_apart(sealed)
    key = combine(shares)
    try:
        return AESGCM(key.reveal()).decrypt(parts.nonce, parts.body, outer_context(parts.head, record=record))
    except (InvalidTag, ValueError):
        raise WrongSeal("altered, or the shares of another record") from None


def open_inner(inner: bytes, *, record: str, authority: OfficePrivateKey) -> bytes:
    """Return the payload, with the authority's own key."""
    filled = authority.open(inner, info=info("authority", 0, record=record))
    payload, mark, _ = filled.rpartition(b"\x80")
    if not mark:
        raise WrongSeal("not filled up as the vault does")
    return payload


def _taken_apart(sealed: bytes) -> _Parts:
    """Find the parts of a sealed record; :class:`WrongSeal` if it is not laid out as one."""
    if len(sealed) < PREFIX_BYTES or sealed[0] != FORMAT:
        raise WrongSeal("not a sealed record")
    at, found = PREFIX_BYTES, []
    for _ in range(sealed[2]):
        fingerprint = sealed[at : at + FINGERPRINT_BYTES]
        start = at + FINGERPRINT_BYTES + LENGTH_BYTES
        at = start + int.from_bytes(sealed[start - LENGTH_BYTES : start], "big")
        found.append((fingerprint, sealed[start:at]))
    nonce, body = sealed[at : at + NONCE_BYTES], sealed[at + NONCE_BYTES :]
    if not body:
        raise WrongSeal("a sealed record, cut short")
    return _Parts(sealed[:at], sealed[1], tuple(found), nonce, body)
