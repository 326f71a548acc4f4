"""The logout token (Back-Channel Logout 1.0 §2.4): that a session has ended, for the one site it is addressed to."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import msgspec

from keys.jws import sign_compact

if TYPE_CHECKING:
    from datetime import datetime

    from keys import Signer

EVENT = "http://schemas.openid.net/event/backchannel-logout"
TYPE = "logout+jwt"
LIFETIME_S = 120


def make(signer: Signer, *, issuer: str, client_id: str, sub: str, sid: str, now: datetime) -> str:
    """Sign a logout token with a ``jti`` of its own; each attempt to deliver needs a new one."""
    issued_at = int(now.timestamp())
    payload = {
        "iss": issuer,
        "aud": client_id,
        "iat": issued_at,
        "exp": issued_at + LIFETIME_S,
        "jti": secrets.token_urlsafe(16),
        "sub": sub,
        "sid": sid,
        "events": {EVENT: {}},
    }
    return sign_compact(signer, msgspec.json.encode(payload), TYPE)
