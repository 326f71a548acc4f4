"""Where this package's random values come from."""

from __future__ import annotations

import re
import secrets
from typing import TypeGuard

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}\Z")


def token() -> str:
    """Return 256 random bits as 43 characters of base64url: a cookie."""
    return secrets.token_urlsafe(32)


def is_token(value: str | None) -> TypeGuard[str]:
    """Say whether a value from outside has the shape of a :func:`token`."""
    return value is not None and _TOKEN.match(value) is not None


def random_bytes(count: int) -> bytes:
    """Return ``count`` random bytes: a challenge, a user handle, an id."""
    return secrets.token_bytes(count)
