"""Access tokens that a resource reads itself (RFC 9068): signed, for that one resource, and still to be looked up.

``jti`` names the grant and which of its tokens this is. So it can be revoked and introspected like any other, and what
its reader learns opens nothing: an opaque token would need a proof under a key of ours.

Where a person is meant, only the API may read it (§6): it is encrypted, and carries the opaque token we know it by.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from clients import jwe
from idp.oidc import access_tokens
from idp.oidc.access_tokens import AccessToken
from idp.oidc.token_response import cnf
from idp.oidc.tokens import ID_BYTES
from idp.store.access_tokens import SERIAL_BYTES
from keys import InvalidToken
from keys.encoding import from_base64url, to_base64url
from keys.jws import sign_compact, verify_compact

if TYPE_CHECKING:
    from collections.abc import Mapping

    from idp.keyholder import Keyholder
    from idp.oidc.access_tokens import Named
    from keys import Signer

TYPE = "at+jwt"
DOTS_OF_JWS, DOTS_OF_JWE = 2, 4
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
    scope: str = ""
    signed_in: Mapping[str, object] = field(default_factory=dict)
    """How and when the person did (§2.2.1)."""


class _Read(msgspec.Struct, frozen=True):
    iss: str
    aud: str
    exp: int
    jti: str


def make(signer: Signer, token: ForResource, named: Named) -> str:
    """Sign a token; ``named`` is what it is revoked and introspected by."""
    payload: dict[str, Any] = {
        "iss": token.iss,
        "aud": token.aud,
        "client_id": token.client_id,
        "sub": token.sub,
        "iat": token.iat,
        "exp": token.exp,
        "jti": to_base64url(named.grant_id + named.serial).decode(),
    }
    if token.scope:
        payload["scope"] = token.scope
    payload |= token.signed_in
    if token.confirmation is not None:
        payload["cnf"] = cnf(token.confirmation)
    return sign_compact(signer, _encode(payload), TYPE)


def in_any_form(text: str, keyring: Keyholder, *, issuer: str) -> tuple[AccessToken | None, str | None]:
    """Return what a presented access token names, whatever its form, and the resource if it is one's that signed.

    One that is encrypted we cannot read; it carries the opaque one beside (``clients.jwe.party_of``).
    """
    if text.count(".") == DOTS_OF_JWS:
        return take_apart(text, keyring, issuer=issuer) or (None, None)
    return access_tokens.take_apart((jwe.party_of(text) or "") if is_encrypted(text) else text), None


def is_encrypted(text: str) -> bool:
    """Tell whether a presented token is one that only its API can open, so that what it carries says all we know."""
    return text.count(".") == DOTS_OF_JWE


def take_apart(text: str, keyring: Keyholder, *, issuer: str) -> tuple[AccessToken, str] | None:
    """Return what a token of ours names, its age unchecked, and the resource it is for; None for anything else."""
    try:
        read = msgspec.json.decode(verify_compact(text, keyring, TYPE), type=_Read)
        raw = from_base64url(read.jti)
    except (InvalidToken, msgspec.MsgspecError, ValueError):
        return None
    if read.iss != issuer or len(raw) != ID_BYTES + SERIAL_BYTES:
        return None
    return AccessToken(raw[:ID_BYTES], read.exp, raw[ID_BYTES:], proof=None), read.aud
