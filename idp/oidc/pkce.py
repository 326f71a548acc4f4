"""Proof Key for Code Exchange, S256 only (RFC 7636)."""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import urlsafe_b64encode

_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}\Z")


NOBODYS = ""
"""What no request can have sent as its challenge."""


def challenge_of(verifier: str | None) -> str | None:
    """Return the challenge that ``verifier`` answers: None where there is none, nobody's where it is malformed."""
    if verifier is None:
        return None
    if not _VERIFIER.match(verifier):
        return NOBODYS
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def proves(verifier: str | None, challenge: str | None) -> bool:
    """Tell whether ``verifier`` fits ``challenge`` (RFC 7636 §4.6).

    Without a challenge there must be no verifier either: one that appears out of nothing belongs to a downgraded
    request (RFC 9700 §4.8.2).
    """
    made = challenge_of(verifier)
    if made is None or challenge is None:
        return made is challenge
    return hmac.compare_digest(made.encode(), challenge.encode())
