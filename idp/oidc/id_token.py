"""The ID token (OIDC Core §2): who issued it, for whom, until when, and the claims that were asked for."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from typing import TYPE_CHECKING

import msgspec

from idp.value import Value
from keys.jws import sign_compact

if TYPE_CHECKING:
    from idp.oidc.snapshot import Snapshot
    from keys import Signer

WITH_SHA512 = ("EdDSA", "Ed25519")

_encode = msgspec.json.Encoder().encode


def half_hash(text: str, *, alg: str) -> str:
    """Return half of the digest that a signature algorithm uses of a token or code (OIDC Core §3.1.3.6, §3.3.2.11).

    Ed25519 uses SHA-512 (RFC 8032 §5.1), every other algorithm we sign with SHA-256.
    """
    digest = hashlib.sha512 if alg in WITH_SHA512 else hashlib.sha256
    whole = digest(text.encode()).digest()
    return urlsafe_b64encode(whole[: len(whole) // 2]).rstrip(b"=").decode()


class Frame(Value, frozen=True):
    """Who issues an ID token to whom, about whom; times in unix seconds."""

    iss: str
    sub: str
    aud: str
    iat: int
    exp: int
    nonce: str | None
    sid: str | None = None


def make(signer: Signer, frame: Frame, snapshot: Snapshot, *, access_token: str | None, code: str | None = None) -> str:
    """Sign an ID token that belongs to what it comes together with."""
    payload: dict[str, object] = {
        "iss": frame.iss,
        "sub": frame.sub,
        "aud": frame.aud,
        "exp": frame.exp,
        "iat": frame.iat,
    }
    if access_token is not None:
        payload["at_hash"] = half_hash(access_token, alg=signer.alg)
    if code is not None:
        payload["c_hash"] = half_hash(code, alg=signer.alg)
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
