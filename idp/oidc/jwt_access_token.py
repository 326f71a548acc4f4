"""Access tokens that a resource reads itself (RFC 9068): signed, for that one resource, and still to be looked up.

``jti`` names the grant and holds the digest that its row keeps. So such a token can be revoked and introspected like
any other, and what its reader learns opens nothing: an opaque token would need what the digest is of.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from idp.oidc.token_response import cnf
from idp.oidc.tokens import ID_BYTES, Handle
from keys import InvalidToken
from keys.jws import sign_compact, verify_compact

if TYPE_CHECKING:
    from idp.keyholder import Keyholder
    from keys import Signer

TYPE = "at+jwt"
ALGORITHM = "ES256"

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class ForResource:
    """What a token says; times in unix seconds. ``sub`` is the client itself where no person is meant (§2.2)."""

    iss: str
    aud: str
    client_id: str
    sub: str
    iat: int
    exp: int
    confirmation: str | None = None


class _Read(msgspec.Struct, frozen=True):
    iss: str
    aud: str
    jti: str


def make(signer: Signer, token: ForResource, handle: Handle) -> str:
    """Sign a token; ``handle`` is what the row of its grant keeps."""
    payload: dict[str, Any] = {
        "iss": token.iss,
        "aud": token.aud,
        "client_id": token.client_id,
        "sub": token.sub,
        "iat": token.iat,
        "exp": token.exp,
        "jti": urlsafe_b64encode(handle.grant_id + handle.digest).decode(),
    }
    if token.confirmation is not None:
        payload["cnf"] = cnf(token.confirmation)
    return sign_compact(signer, _encode(payload), TYPE)


def take_apart(text: str, keyring: Keyholder, *, issuer: str) -> tuple[Handle, str] | None:
    """Return what finds a token of ours and the resource it is for; None for anything else. Its age is in its row."""
    try:
        read = msgspec.json.decode(verify_compact(text, keyring, TYPE), type=_Read)
    except (InvalidToken, msgspec.MsgspecError):
        return None
    raw = urlsafe_b64decode(read.jti)
    return (Handle(raw[:ID_BYTES], raw[ID_BYTES:]), read.aud) if read.iss == issuer else None
