"""Shamir's secret sharing over GF(256): any ``threshold`` shares give the secret back, fewer tell nothing of it.

What is shared is the secret with a digest behind it, so that damaged shares, or shares of different secrets, are
refused instead of giving a wrong secret.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from keys.errors import WrongShares
from keys.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

DIGEST_BYTES = 8
MAX_SHARES = 255
REDUCTION = 0x11B
"""x⁸ + x⁴ + x³ + x + 1, the field of AES (FIPS 197 §4.2)."""


@dataclass(frozen=True, slots=True)
class Share:
    """One holder's part: ``number`` (1 to 255) is the point, ``value`` the polynomial there, a byte per secret byte."""

    number: int
    threshold: int
    value: Secret


def split(
    secret: Secret,
    *,
    count: int,
    threshold: int,
    random: Callable[[int], bytes] = secrets.token_bytes,
) -> tuple[Share, ...]:
    """Make ``count`` shares of which any ``threshold`` suffice; ``ValueError`` unless 2 ≤ threshold ≤ count ≤ 255."""
    if not 2 <= threshold <= count <= MAX_SHARES:
        raise ValueError("between two and all of the shares are needed, and there are at most 255")
    constant = secret.reveal() + _digest(secret.reveal())
    coefficients = [constant, *(random(len(constant)) for _ in range(threshold - 1))]
    return tuple(Share(number, threshold, Secret(_value_at(number, coefficients))) for number in range(1, count + 1))


def combine(shares: Sequence[Share]) -> Secret:
    """Give the secret back; :class:`WrongShares` if these do not make one up. More than needed are left aside."""
    points = {share.number: share.value.reveal() for share in shares}
    if len(points) != len(shares) or len({(share.threshold, len(share.value.reveal())) for share in shares}) != 1:
        raise WrongShares("a share is there twice, or shares of different secrets are mixed")
    threshold = shares[0].threshold
    if threshold < 2 or not all(1 <= number <= MAX_SHARES for number in points):
        raise WrongShares("a share is damaged")
    if len(points) < threshold:
        raise WrongShares(f"{threshold} shares are needed, {len(points)} are there")
    constant = _at_zero(dict(list(points.items())[:threshold]))
    secret, digest = constant[:-DIGEST_BYTES], constant[-DIGEST_BYTES:]
    if not hmac.compare_digest(_digest(secret), digest):
        raise WrongShares("a share is damaged, or shares of different secrets are mixed")
    return Secret(secret)


def _digest(secret: bytes) -> bytes:
    return hashlib.sha256(b"yufu/share/1\0" + secret).digest()[:DIGEST_BYTES]


def _value_at(point: int, coefficients: Sequence[bytes]) -> bytes:
    """Evaluate one polynomial per byte position, constant term first (Horner)."""
    value = bytes(len(coefficients[0]))
    for coefficient in reversed(coefficients):
        value = _added(value.translate(_row(point)), coefficient)
    return value


def _at_zero(points: Mapping[int, bytes]) -> bytes:
    """Interpolate at 0 (Lagrange); where subtraction is addition, the factor of x among the others is Π y / (x + y)."""
    total = bytes(len(next(iter(points.values()))))
    for x, value in points.items():
        factor = 1
        for y in points.keys() - {x}:
            factor = _times(factor, _times(y, _inverse(x ^ y)))
        total = _added(total, value.translate(_row(factor)))
    return total


def _added(left: bytes, right: bytes) -> bytes:
    return (int.from_bytes(left, "big") ^ int.from_bytes(right, "big")).to_bytes(len(left), "big")


def _times(left: int, right: int) -> int:
    product = 0
    while right:
        if right & 1:
            product ^= left
        left, right = left << 1, right >> 1
        if left & 0x100:
            left ^= REDUCTION
    return product


def _inverse(value: int) -> int:
    return _row(value).index(1)


@cache
def _row(factor: int) -> bytes:
    """Return the row of the multiplication table for a public ``factor``; ``bytes.translate`` multiplies by it."""
    return bytes(_times(factor, value) for value in range(256))
