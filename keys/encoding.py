"""Byte shapes that more than one part of the package uses: strict base64url and unambiguous joining."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode


def to_base64url(data: bytes) -> bytes:
    """Encode without padding (RFC 7515 §2)."""
    return urlsafe_b64encode(data).rstrip(b"=")


def from_base64url(text: str) -> bytes:
    """Decode the one spelling that :func:`to_base64url` gives.

    The library's decoder skips foreign characters and ignores the spare bits of the last one, so that several texts
    would stand for the same bytes; here every other spelling raises ``ValueError``.
    """
    given = text.encode("ascii")
    data = urlsafe_b64decode(given + b"=" * (-len(given) % 4))
    if to_base64url(data) != given:
        raise ValueError("not canonical base64url")
    return data


def joined(*parts: str | bytes) -> bytes:
    """Join so that different lists of parts never give the same bytes: each goes after its length in four bytes."""
    encoded = [part.encode() if isinstance(part, str) else part for part in parts]
    return b"".join([len(part).to_bytes(4, "big") + part for part in encoded])
