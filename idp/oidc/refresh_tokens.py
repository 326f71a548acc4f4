"""Refresh tokens as strings: a family, its generation, and proof that we made it.

Nothing that would open a family is stored. What a token is follows from the root, so that an older generation is
recognised for what it is, and the same successor can be given twice.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode

from idp.oidc.tokens import ID_BYTES, decoded

KEY = "yufu/refresh/1"
"""The purpose of the root that they are keyed with."""
GENERATION_BYTES = 3
LENGTH = 68  # base64url of 16 + 3 + 32 bytes has no padding


def make(key: bytes, *, grant_id: bytes, generation: int) -> str:
    """Return the refresh token of one generation of a family."""
    named = grant_id + generation.to_bytes(GENERATION_BYTES, "big")
    return urlsafe_b64encode(named + hmac.digest(key, named, "sha256")).decode()


def take_apart(key: bytes, text: str) -> tuple[bytes, int] | None:
    """Return the family and the generation of a token; None for what is not one of ours."""
    raw = decoded(text, length=LENGTH)
    if raw is None:
        return None
    named, proof = raw[: ID_BYTES + GENERATION_BYTES], raw[ID_BYTES + GENERATION_BYTES :]
    if not hmac.compare_digest(proof, hmac.digest(key, named, "sha256")):
        return None
    return named[:ID_BYTES], int.from_bytes(named[ID_BYTES:], "big")
