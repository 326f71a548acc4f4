"""The ID token (OIDC Core §2): who issued it, for whom, until when, and the claims that were asked for."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from typing import TYPE_CHECKING

import msgspec

from idp.oidc.claims import ID_TOKEN_CLAIMS
from keys.jws import sign_compact

if TYPE_CHECKING:
    from idp.oidc.snapshot import Snapshot
    from keys import Signer

_encode = msgspec.json.Encoder().encode


def at_hash(access_token: str) -> str:
    """Return the left half of SHA-256 of an access token; every algorithm we sign with uses SHA-256 (OIDC Core §3.1.3.6)."""
    return urlsafe_b64encode(hashlib.sha256(access_token.encode()).digest()[:16]).rstrip(b"=").decode()


def make(
    signer: Signer,
    snapshot: Snapshot,
    *,
    issuer: str,
    client_id: str,
    sub: str,
    nonce: str | None,
    access_token: str,
    issued_at: int,
    lifetime: int,
) -> str:
    """Sign an ID token; times in unix seconds, ``lifetime`` in seconds."""
    payload: dict[str, object] = {
        "iss": issuer,
        "sub": sub,
        "aud": client_id,
        "exp": issued_at + lifetime,
        "iat": issued_at,
        "at_hash": at_hash(access_token),
    }
    if nonce is not None:
        payload["nonce"] = nonce
    if snapshot.auth_time is not None:
        payload["auth_time"] = snapshot.auth_time
    if snapshot.acr is not None:
        payload["acr"] = snapshot.acr
        payload["amr"] = snapshot.amr
    for name, value in snapshot.claims.items():
        if name in ID_TOKEN_CLAIMS:
            payload[name] = value
    return sign_compact(signer, _encode(payload))
