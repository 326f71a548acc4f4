"""The ID token (OIDC Core §2): who issued it, for whom, until when, and the claims that were asked for."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from keys.jws import sign_compact

if TYPE_CHECKING:
    from idp.oidc.snapshot import Snapshot
    from keys import Signer

_encode = msgspec.json.Encoder().encode


def at_hash(access_token: str) -> str:
    """Return half of SHA-256 of an access token: every algorithm we sign with uses SHA-256 (OIDC Core §3.1.3.6)."""
    return urlsafe_b64encode(hashlib.sha256(access_token.encode()).digest()[:16]).rstrip(b"=").decode()


@dataclass(frozen=True, slots=True)
class Frame:
    """Who issues an ID token to whom, about whom; times in unix seconds."""

    iss: str
    sub: str
    aud: str
    iat: int
    exp: int
    nonce: str | None
    sid: str | None = None


def make(signer: Signer, frame: Frame, snapshot: Snapshot, *, access_token: str) -> str:
    """Sign an ID token that belongs to ``access_token``."""
    payload: dict[str, object] = {
        "iss": frame.iss,
        "sub": frame.sub,
        "aud": frame.aud,
        "exp": frame.exp,
        "iat": frame.iat,
        "at_hash": at_hash(access_token),
    }
    if frame.nonce is not None:
        payload["nonce"] = frame.nonce
    if frame.sid is not None:
        payload["sid"] = frame.sid
    if snapshot.auth_time is not None:
        payload["auth_time"] = snapshot.auth_time
    if snapshot.acr is not None:
        payload["acr"] = snapshot.acr
    if snapshot.amr:
        payload["amr"] = snapshot.amr
    return sign_compact(signer, _encode(snapshot.id_token | payload))
