"""The ``sid`` by which one client knows one session (Back-Channel Logout §2.1): keyed, so that it joins nothing.

It follows from the session's row and the client alone. Nothing stored tells which sites a session has been to: whoever
ends a session computes what each site that wants to know would call it, and looks whether that site ever heard of it.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode

KEY = "yufu/sid/1"
"""The purpose of the root that keys it."""


def sid_of(key: bytes, seed: bytes, client_id: str) -> str:
    """Return 43 characters of base64url; ``seed`` is the session's own."""
    digest = hmac.digest(key, seed + client_id.encode(), "sha256")
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
