"""Compact JWS (RFC 7515 §7.1), signed fast and verified strictly: for tokens that we sign ourselves."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

from keys.encoding import from_base64url, to_base64url
from keys.errors import InvalidToken, UnknownKey

if TYPE_CHECKING:
    from keys import Signer
    from keys.algorithms import PublicKey

MAX_TOKEN = 8192
"""Characters; a longer token is refused before anything is decoded."""


class PublicKeys(Protocol):
    """Whatever finds a public key by its ``kid``: a keyring."""

    def public_key(self, kid: str, /) -> PublicKey:
        """Return the published key of that name; :class:`UnknownKey` if there is none."""


def sign_compact(signer: Signer, payload: bytes, typ: str = "JWT") -> str:
    """Sign ``payload`` as it stands and return the compact serialisation."""
    message = _protected(signer.alg, signer.kid, typ) + b"." + to_base64url(payload)
    return (message + b"." + to_base64url(signer.sign(message))).decode()


def verify_compact(token: str, keys: PublicKeys, typ: str = "JWT", *, max_size: int = MAX_TOKEN) -> bytes:
    """Return the payload of a token that one of ``keys`` signed; :class:`InvalidToken` otherwise.

    The key is found by ``kid`` and says which algorithm it signs with; the header's ``alg`` must agree and never
    chooses (RFC 8725 §3.1). Claims, the expiry among them, are the caller's to check.
    """
    if len(token) > max_size:
        raise InvalidToken("too long")
    message, _, signature = token.rpartition(".")
    header, dot, payload = message.partition(".")
    if not dot:
        raise InvalidToken("not three parts")
    try:
        key = _key_for(json.loads(from_base64url(header), **STRICT_JSON), keys, typ)
        body, proof = from_base64url(payload), from_base64url(signature)
    except (ValueError, RecursionError, UnknownKey):
        raise InvalidToken("not a token of ours") from None
    if not key.accepts(proof, message.encode()):
        raise InvalidToken("the signature does not fit")
    return body


@lru_cache(maxsize=64)
def _protected(alg: str, kid: str, typ: str) -> bytes:
    """Return the encoded protected header, which is the same for every token of one key and type."""
    return to_base64url(json.dumps({"alg": alg, "kid": kid, "typ": typ}, separators=(",", ":")).encode())


def _key_for(header: object, keys: PublicKeys, typ: str) -> PublicKey:
    kid = header.get("kid") if isinstance(header, dict) and "crit" not in header else None  # RFC 7515 §4.1.11
    if not isinstance(header, dict) or not isinstance(kid, str):
        raise InvalidToken("no key is named, or an extension is critical")
    key = keys.public_key(kid)
    if header.get("alg") != key.alg or header.get("typ") != typ:
        raise InvalidToken("another algorithm or type")
    return key


def _without_duplicates(members: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse what two readers could understand differently (RFC 7515 §4)."""
    found = dict(members)
    if len(found) != len(members):
        raise ValueError("a member is there twice")
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


STRICT_JSON: dict[str, Any] = {"object_pairs_hook": _without_duplicates, "parse_constant": _refuse_constant}
