"""A client's public keys: parsed and judged once, at registration, so that verifying needs no further questions.

Sources: RFC 7517 §4-5, RFC 7518 §6, RFC 8037 §2, RFC 8705 §2.2.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Self

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from clients.certificate import Certificate
from clients.jws import JwsRefused, decode_base64url

if TYPE_CHECKING:
    from collections.abc import Callable

SIGNING_ALGORITHMS = ("ES256", "PS256", "RS256", "EdDSA")
"""What a client may sign with; of these its keys and its registration choose."""
FAPI_ALGORITHMS = ("PS256", "ES256", "EdDSA")
"""The ones that FAPI 2.0 Security Profile §5.4 leaves."""
MAX_KEYS = 10
MAX_PUBLISHED = 50
RSA_BITS = range(2048, 4097)
"""Below is weak; above costs us more than it costs the sender."""

X5T = "x5t#S256"
_DIGEST = re.compile(r"[A-Za-z0-9_-]{43}")
_SECRET_MEMBERS = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}
_MATERIAL = {"EC": ("crv", "x", "y"), "RSA": ("n", "e"), "OKP": ("crv", "x")}
_ALGORITHMS = {"EC": ("ES256",), "RSA": ("PS256", "RS256"), "OKP": ("EdDSA",)}
_CURVE = {"EC": "P-256", "OKP": "Ed25519"}
_ENCRYPTION_CURVE = {"EC": "P-256", "OKP": "X25519"}
"""Of the keys that others may agree on a key with (ECDH-ES)."""
_IMPORT: dict[str, Callable[[dict[str, str | list[str]]], ECKey | RSAKey | OKPKey]] = {
    "EC": ECKey.import_key,
    "RSA": RSAKey.import_key,
    "OKP": OKPKey.import_key,
}


class InvalidJwks(ValueError):
    """The key set cannot be registered; ``faults`` are its reasons in words."""

    def __init__(self, *faults: str) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """One public key: nothing of the JWK but what verifying, or encrypting to its owner, needs."""

    kty: str
    kid: str | None
    alg: str | None
    """The one algorithm its owner made it for, if the owner said so."""
    material: tuple[tuple[str, str], ...]
    """The key itself, as (member, value): ``crv x y``, ``n e`` or ``crv x``."""
    use: str = "sig"
    """``sig``, or ``enc`` for a key that others may encrypt to: it verifies nothing."""
    x5t: str | None = None
    """SHA-256 of the certificate that its owner shows for it, in base64url (RFC 8705 §2.2.2)."""

    @property
    def algorithms(self) -> tuple[str, ...]:
        """The JWS algorithms this key may verify. Each kind of key has its own, so they can't be confused."""
        return tuple(each for each in _ALGORITHMS[self.kty] if self.use == "sig" and self.alg in {None, each})

    @property
    def thumbprint(self) -> str:
        """The SHA-256 thumbprint of the key (RFC 7638 §3)."""
        return _thumbprint(self.kty, self.material)

    def to_jwk(self) -> dict[str, str]:
        """Give the key as a JSON Web Key."""
        named = {"kty": self.kty, "kid": self.kid, "alg": self.alg, "use": self.use, X5T: self.x5t}
        return {member: value for member, value in named.items() if value is not None} | dict(self.material)

    @classmethod
    def from_jwk(cls, jwk: Mapping[str, str]) -> Self:
        """Take what we keep from a JWK that :func:`parse_jwks` has judged or :meth:`to_jwk` has written."""
        material = tuple((member, jwk[member]) for member in _MATERIAL[jwk["kty"]])
        use = jwk.get("use", "sig")
        return cls(kty=jwk["kty"], kid=jwk.get("kid"), alg=jwk.get("alg"), material=material, use=use, x5t=jwk.get(X5T))

    def parsed(self) -> ECKey | RSAKey | OKPKey:
        """Give the key as the signature library wants it. Raises joserfc's errors or ValueError if it is none."""
        return _imported(self.kty, self.material)


@lru_cache(maxsize=256)
def _imported(kty: str, material: tuple[tuple[str, str], ...]) -> ECKey | RSAKey | OKPKey:
    """Remember what costs as much as verifying with it: a sender's key comes with each of its requests."""
    return _IMPORT[kty]({"kty": kty, **dict(material)})


@lru_cache(maxsize=256)
def _thumbprint(kty: str, material: tuple[tuple[str, str], ...]) -> str:
    canonical = json.dumps({"kty": kty, **dict(material)}, sort_keys=True, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(hashlib.sha256(canonical).digest()).rstrip(b"=").decode()


def parse_jwks(document: object) -> tuple[PublicKey, ...]:
    """Judge a client's JWK Set; keep its signature keys, and of those for encryption the first that we can use.

    Raises :class:`InvalidJwks` with the faults of every key.
    """
    listed = document.get("keys") if isinstance(document, Mapping) else None
    if not isinstance(listed, list) or not listed:
        raise InvalidJwks("has no list of keys")
    if len(listed) > MAX_KEYS:
        raise InvalidJwks(f"has more than {MAX_KEYS} keys")
    keys, faults = [], []
    for place, jwk in enumerate(listed, start=1):
        try:
            keys.append(_judged(jwk))
        except InvalidJwks as invalid:
            faults.append(f"key {place} {invalid}")
    signing = tuple(key for key in keys if key is not None and key.use == "sig")
    if len(signing) > 1 and len({key.kid for key in signing} - {None}) < len(signing):
        faults.append("has several keys, so each needs a kid of its own")
    if faults:
        raise InvalidJwks(*faults)
    return signing + tuple(key for key in keys if key is not None and key.use == "enc")[:1]


def usable_keys(document: object) -> tuple[PublicKey, ...]:
    """Keep of a published JWK Set the keys that we can verify with, and pass over all others.

    A site publishes one set for everybody it talks to (RFC 7517 §5: what is not understood is ignored); at registration
    :func:`parse_jwks` is stricter, for there is somebody to tell.
    """
    listed = document.get("keys") if isinstance(document, Mapping) else None
    if not isinstance(listed, list) or len(listed) > MAX_PUBLISHED:
        raise InvalidJwks(f"has no list of at most {MAX_PUBLISHED} keys")
    kept = []
    for jwk in listed:
        with suppress(InvalidJwks):
            kept.append(_judged(jwk))
    return tuple(key for key in kept if key is not None)


def _judged(jwk: object) -> PublicKey | None:
    """Make a key of a JWK, or None of one for an encryption we don't do. Raises :class:`InvalidJwks` with one fault."""
    if not isinstance(jwk, Mapping):
        raise InvalidJwks("is not an object")
    if jwk.get("kty") == "oct" or not _SECRET_MEMBERS.isdisjoint(jwk):
        raise InvalidJwks(
            "holds secret members: send public ones only, and make a new key, for this one has been shown"
        )
    texts = {member: value for member, value in jwk.items() if isinstance(value, str) and len(value) <= 1024}
    if texts.get("use") == "enc":
        return _for_encryption(texts)
    kty, alg = texts.get("kty", ""), texts.get("alg")
    if kty not in _MATERIAL:
        raise InvalidJwks("is not an EC, RSA or OKP key")
    if jwk.get("use", "sig") != "sig" or not _may_verify(jwk.get("key_ops", ["verify"])):
        raise InvalidJwks("is not for verifying signatures")
    if any(member in jwk and len(texts.get(member, "")) not in range(1, 256) for member in ("kid", "alg")):
        raise InvalidJwks("has a kid or alg that is not a short text")
    if alg is not None and alg not in _ALGORITHMS[kty]:
        raise InvalidJwks(f"has another alg than {' or '.join(_ALGORITHMS[kty])}")
    if kty in _CURVE and texts.get("crv") != _CURVE[kty]:
        raise InvalidJwks(f"is on another curve than {_CURVE[kty]}")
    return _with_certificate(_well_formed(texts), jwk)


def _with_certificate(key: PublicKey, jwk: Mapping[str, object]) -> PublicKey:
    """Keep the digest of the certificate that comes with a key, be it as ``x5c`` or as what we tell of it ourselves.

    One that cannot be read, or is about another key (RFC 7517 §4.7), is as good as none: nobody is known by it.
    """
    chain = jwk.get("x5c")
    if chain is None:
        told = key.x5t is not None and _DIGEST.fullmatch(key.x5t)
        return key if told or key.x5t is None else replace(key, x5t=None)
    first = chain[0] if isinstance(chain, list) and chain else None
    try:
        certificate = Certificate.read(base64.b64decode(first if isinstance(first, str) else "", validate=True))
        own = certificate.is_of(key.parsed().public_key)
    except ValueError:
        return replace(key, x5t=None)
    return replace(key, x5t=certificate.thumbprint if own else None)


def _for_encryption(jwk: Mapping[str, str]) -> PublicKey | None:
    fits = jwk.get("crv") == _ENCRYPTION_CURVE.get(jwk.get("kty", ""), "") and jwk.get("alg") in {None, "ECDH-ES"}
    if not fits or len(jwk.get("kid", "")) >= 256:
        return None
    key = _well_formed(jwk)
    try:
        _agree_with(key.parsed())
    except (JoseError, ValueError) as error:
        raise InvalidJwks("is no key that anybody can agree on a secret with") from error
    return key


def _agree_with(key: ECKey | RSAKey | OKPKey) -> None:
    """Try what encrypting will do: a point of X25519 may be of low order, which only shows here (RFC 7748 §6.1)."""
    if isinstance(key, OKPKey):
        OKPKey.generate_key("X25519").exchange_derive_key(key)


def _may_verify(operations: object) -> bool:
    return isinstance(operations, list) and "verify" in operations


def _well_formed(jwk: Mapping[str, str]) -> PublicKey:
    try:
        key = PublicKey.from_jwk(jwk)
        modulus, exponent = (int.from_bytes(decode_base64url(jwk.get(member, ""))) for member in ("n", "e"))
        key.parsed()
    except (KeyError, JoseError, JwsRefused, ValueError) as error:
        raise InvalidJwks("is not a well-formed public key") from error
    if key.kty == "RSA" and modulus.bit_length() not in RSA_BITS:
        raise InvalidJwks(f"has a modulus outside {RSA_BITS.start} to {RSA_BITS.stop - 1} bits")
    if key.kty == "RSA" and not 65537 <= exponent < 2**32:
        raise InvalidJwks("has an exponent below 65537 or beyond 32 bits")
    return key
