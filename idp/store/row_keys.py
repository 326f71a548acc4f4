"""Random primary keys: where this package's randomness comes from."""

from __future__ import annotations

import secrets


def random_key() -> str:
    """Return 22 characters, base64url of 128 random bits."""
    return secrets.token_urlsafe(16)
