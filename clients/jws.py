"""The strict door for what clients sign: parse narrowly, then verify with a key of theirs that we already had.

The arithmetic of signatures is joserfc's; what comes before it is here, because a general parser is more lenient than
a provider may be: it takes the last of two equal members, and more than one spelling of the same bytes.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from joserfc.errors import JoseError
from joserfc.jws import JWSRegistry

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from clients.jwks import PublicKey

MAX_LENGTH = 8192
"""Characters of a compact JWS that are looked at at all."""
MAX_DEPTH = 8
LARGEST_NUMBER = 2**53
"""Beyond it JSON is read differently by different readers (RFC 8259 §6)."""


class JwsRefused(ValueError):
    """A JWS that is malformed, or signed by nobody we know; the text is for the log and quotes nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """A well-formed compact JWS with a JSON object inside. Nothing in it is believed yet."""

    header: dict[str, object]
    payload: dict[str, object]
    signing_input: bytes
    signature: bytes


def parse(compact: str) -> Parsed:
    """Take a compact JWS apart (RFC 7515 §7.1). Raises :class:`JwsRefused`."""
    if len(compact) > MAX_LENGTH:
        raise JwsRefused("longer than 8192 characters")
    if not compact.isascii() or compact.count(".") != 2:
        raise JwsRefused("not three parts of base64url")
    signing_input, _, signature = compact.rpartition(".")
    header, _, payload = signing_input.partition(".")
    return Parsed(
        header=json_object(header),
        payload=json_object(payload),
        signing_input=signing_input.encode(),
        signature=decode_base64url(signature),
    )


def verify(jws: Parsed, *, keys: Sequence[PublicKey], algorithms: Collection[str], types: Collection[str]) -> None:
    """Check the header against what is allowed here, and the signature against the signer's registered keys.

    ``types`` are the values that ``typ`` may have, lower-case; it may also be absent. ``jwk``, ``jku`` and ``x5*`` in
    the header are not looked at: a key that comes with its signature proves nothing. Raises :class:`JwsRefused`.
    """
    algorithm = jws.header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in algorithms:
        raise JwsRefused("algorithm not allowed for this client")
    if "crit" in jws.header or "b64" in jws.header:
        raise JwsRefused("critical header extension")
    typ = jws.header.get("typ", "")
    if not isinstance(typ, str) or (typ and typ.lower().removeprefix("application/") not in types):
        raise JwsRefused("made for another purpose (typ)")
    key = _key(keys, kid=jws.header.get("kid"), algorithm=algorithm)
    if not _signed(jws, key=key, algorithm=algorithm):
        raise JwsRefused("signature does not verify")


def decode_base64url(text: str) -> bytes:
    """Decode base64url in its one canonical spelling (RFC 4648 §3.5, RFC 7515 §2). Raises :class:`JwsRefused`."""
    try:
        decoded = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise JwsRefused("not base64url") from error
    if base64.urlsafe_b64encode(decoded).rstrip(b"=").decode() != text:
        raise JwsRefused("not canonical base64url")
    return decoded


def _key(keys: Sequence[PublicKey], *, kid: object, algorithm: str) -> PublicKey:
    """Choose by ``kid``; without one there must be just one key it could be (OIDC Core §10.1)."""
    fitting = [key for key in keys if algorithm in key.algorithms and kid in (None, key.kid)]
    if len(fitting) != 1:
        raise JwsRefused("no registered key fits" if not fitting else "several registered keys fit and no kid chooses")
    return fitting[0]


def _signed(jws: Parsed, *, key: PublicKey, algorithm: str) -> bool:
    try:
        model = JWSRegistry.algorithms[algorithm]
        verifying = key.parsed()
        model.check_key(verifying)
        return model.verify(jws.signing_input, jws.signature, verifying)
    except (JoseError, ValueError):
        return False


def json_object(part: str) -> dict[str, object]:
    """Read a part of a compact JWS or JWE as a JSON object without surprises. Raises :class:`JwsRefused`."""
    data = decode_base64url(part)
    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=_distinct, parse_constant=_no_constant)
    except JwsRefused:
        raise
    except (ValueError, RecursionError) as error:
        raise JwsRefused("not JSON") from error
    if not isinstance(value, dict):
        raise JwsRefused("not a JSON object")
    _bounded(value, depth=MAX_DEPTH)
    return value


def _distinct(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Refuse an object that says two things under one name (RFC 7515 §4, RFC 7519 §4)."""
    members = dict(pairs)
    if len(members) != len(pairs):
        raise JwsRefused("a member twice")
    return members


def _no_constant(_name: str) -> NoReturn:
    raise JwsRefused("NaN and infinities are not JSON")


def _bounded(value: object, *, depth: int) -> None:
    """Refuse what no form could carry, and no database: endless nesting, half characters, NUL, numbers without end."""
    if depth == 0:
        raise JwsRefused("nested too deeply")
    if isinstance(value, str):
        _demand_text(value)
    elif isinstance(value, int | float) and abs(value) > LARGEST_NUMBER:
        raise JwsRefused("a number too large")
    elif isinstance(value, dict):
        for name, inner in value.items():
            _demand_text(str(name))
            _bounded(inner, depth=depth - 1)
    elif isinstance(value, list):
        for inner in value:
            _bounded(inner, depth=depth - 1)


def _demand_text(text: str) -> None:
    if "\0" in text or (not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text)):
        raise JwsRefused("text that is none")
