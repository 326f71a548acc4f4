"""Signing keys: one builder per JWS algorithm (RFC 7518 §3, RFC 8037 §3.1), each for a private and a public half.

Signatures are in the JOSE form: ES256 is r ‖ s in 64 bytes, not DER. A ``kid`` is the RFC 7638 thumbprint, so it
tells the key itself; RS256 and PS256 have separate RSA keys, so theirs differ too.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from keys.encoding import to_base64url
from keys.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

DEFAULT_ALGORITHMS = ("ES256", "RS256", "PS256", "EdDSA")
RSA_BITS = 2048
P256_BYTES = 32


@dataclass(frozen=True, slots=True)
class PublicKey:
    """What anybody may hold of a signing key."""

    kid: str
    alg: str
    members: Mapping[str, str]
    """The members of its JWK that describe the key (RFC 7518 §6): never a private one."""
    _verify: Callable[[bytes, bytes], None] = field(repr=False, compare=False)

    def accepts(self, signature: bytes, message: bytes) -> bool:
        """Tell whether ``signature`` (JOSE form) was made over ``message`` with the private half."""
        try:
            self._verify(signature, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key that is held in this process; a ``keys.Signer``."""

    kid: str
    alg: str
    public: PublicKey
    pem: Secret
    """PKCS #8, for the backend that keeps it."""
    sign: Callable[[bytes], bytes] = field(repr=False, compare=False)
    """Sign a message; gives the signature in JOSE form."""


def generate(alg: str) -> SigningKey:
    """Make a new key for ``alg``; ``ValueError`` if there is no such algorithm."""
    return _algorithm(alg).build(_algorithm(alg).generate())


def load(alg: str, pem: Secret) -> SigningKey:
    """Take back a key kept as PKCS #8; ``ValueError`` if it is no key for ``alg``."""
    return _algorithm(alg).build(load_pem_private_key(pem.reveal(), password=None))


@dataclass(frozen=True, slots=True)
class _Algorithm:
    generate: Callable[[], PrivateKeyTypes]
    build: Callable[[PrivateKeyTypes], SigningKey]


def _algorithm(alg: str) -> _Algorithm:
    if alg not in ALGORITHMS:
        raise ValueError(f"{alg!r} is none of {', '.join(ALGORITHMS)}")
    return ALGORITHMS[alg]


def _es256(private: PrivateKeyTypes) -> SigningKey:
    if not isinstance(private, ec.EllipticCurvePrivateKey) or not isinstance(private.curve, ec.SECP256R1):
        raise _unfit("ES256", "a key on P-256")
    public, scheme = private.public_key(), ec.ECDSA(SHA256())

    def sign(message: bytes) -> bytes:
        r, s = decode_dss_signature(private.sign(message, scheme))
        return r.to_bytes(P256_BYTES, "big") + s.to_bytes(P256_BYTES, "big")

    def verify(signature: bytes, message: bytes) -> None:
        if len(signature) != 2 * P256_BYTES:
            raise InvalidSignature
        r, s = (int.from_bytes(half, "big") for half in (signature[:P256_BYTES], signature[P256_BYTES:]))
        public.verify(encode_dss_signature(r, s), message, scheme)

    point = public.public_numbers()
    members = {"kty": "EC", "crv": "P-256", "x": _coordinate(point.x), "y": _coordinate(point.y)}
    return _signing_key("ES256", members, private, sign, verify)


def _rsa(alg: str, scheme: padding.AsymmetricPadding) -> Callable[[PrivateKeyTypes], SigningKey]:
    digest = SHA256()

    def build(private: PrivateKeyTypes) -> SigningKey:
        if not isinstance(private, rsa.RSAPrivateKey) or private.key_size < RSA_BITS:
            raise _unfit(alg, f"an RSA key of at least {RSA_BITS} bits")
        public, numbers = private.public_key(), private.public_key().public_numbers()

        def sign(message: bytes) -> bytes:
            return private.sign(message, scheme, digest)

        def verify(signature: bytes, message: bytes) -> None:
            public.verify(signature, message, scheme, digest)

        members = {"kty": "RSA", "n": _integer(numbers.n), "e": _integer(numbers.e)}
        return _signing_key(alg, members, private, sign, verify)

    return build


def _ed25519(alg: str) -> Callable[[PrivateKeyTypes], SigningKey]:
    def build(private: PrivateKeyTypes) -> SigningKey:
        if not isinstance(private, ed25519.Ed25519PrivateKey):
            raise _unfit(alg, "an Ed25519 key")
        public = private.public_key()
        members = {"kty": "OKP", "crv": "Ed25519", "x": to_base64url(public.public_bytes_raw()).decode()}
        return _signing_key(alg, members, private, private.sign, public.verify)

    return build


def _signing_key(
    alg: str,
    members: Mapping[str, str],
    private: PrivateKeyTypes,
    sign: Callable[[bytes], bytes],
    verify: Callable[[bytes, bytes], None],
) -> SigningKey:
    kid = thumbprint(members)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return SigningKey(kid, alg, PublicKey(kid, alg, members, verify), Secret(pem), sign)


def _unfit(alg: str, needed: str) -> ValueError:
    return ValueError(f"{alg} needs {needed}")


def thumbprint(members: Mapping[str, str]) -> str:
    """Return the SHA-256 thumbprint of the members that make up the key (RFC 7638 §3)."""
    canonical = json.dumps(dict(members), sort_keys=True, separators=(",", ":"))
    return to_base64url(hashlib.sha256(canonical.encode()).digest()).decode()


def _coordinate(value: int) -> str:
    return to_base64url(value.to_bytes(P256_BYTES, "big")).decode()


def _integer(value: int) -> str:
    return to_base64url(value.to_bytes((value.bit_length() + 7) // 8, "big")).decode()


def _new_p256() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def _new_rsa() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)


_PSS = padding.PSS(mgf=padding.MGF1(SHA256()), salt_length=padding.PSS.DIGEST_LENGTH)

ALGORITHMS: Mapping[str, _Algorithm] = {
    "ES256": _Algorithm(_new_p256, _es256),
    "RS256": _Algorithm(_new_rsa, _rsa("RS256", padding.PKCS1v15())),
    "PS256": _Algorithm(_new_rsa, _rsa("PS256", _PSS)),
    "Ed25519": _Algorithm(ed25519.Ed25519PrivateKey.generate, _ed25519("Ed25519")),
    "EdDSA": _Algorithm(ed25519.Ed25519PrivateKey.generate, _ed25519("EdDSA")),
}
"""Every algorithm that can be turned on; ``none`` and the symmetric ones are not among them.

Ed25519 is the name that RFC 9864 §2.2 gives to what EdDSA said of two curves; older sites know only the old name.
"""
