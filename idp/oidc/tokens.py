"""Codes as strings: 16 bytes that find a grant and 32 that open it."""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode

from idp.value import Value

ID_BYTES = 16
SECRET_BYTES = 32
LENGTH = 64  # base64url of 48 bytes has no padding


class Handle(Value, frozen=True):
    """A presented code, taken apart; ``digest`` is SHA-256 of its secret part."""

    grant_id: bytes
    digest: bytes


class Fresh(Handle, frozen=True):
    """A new code and the text that goes to the site, once."""

    text: str

    def __repr__(self) -> str:
        """Show nothing: this text is a credential."""
        return "…"


def fresh() -> Fresh:
    """Make a code with 256 bits of its own, for a new grant."""
    grant_id, secret = secrets.token_bytes(ID_BYTES), secrets.token_bytes(SECRET_BYTES)
    return Fresh(grant_id, hashlib.sha256(secret).digest(), urlsafe_b64encode(grant_id + secret).decode())


def secret_of(text: str) -> bytes:
    """Return the secret half of a code that was taken apart before: a key that only its holder has."""
    return urlsafe_b64decode(text)[ID_BYTES:]


def take_apart(text: str) -> Handle | None:
    """Return the two halves of a presented code; None if it cannot be one of ours."""
    raw = decoded(text, length=LENGTH)
    if raw is None or len(raw) != ID_BYTES + SECRET_BYTES:
        return None
    return Handle(raw[:ID_BYTES], hashlib.sha256(raw[ID_BYTES:]).digest())


def decoded(text: str, *, length: int) -> bytes | None:
    """Return what so many characters of base64url stand for; None where other characters would stand for the same."""
    if len(text) != length or not text.isascii():
        return None
    try:
        raw = urlsafe_b64decode(text)
    except ValueError:
        return None
    return raw if urlsafe_b64encode(raw).decode() == text else None
