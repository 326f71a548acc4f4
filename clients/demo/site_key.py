"""The teahouse's own signing key: made on first need, kept in a file that only its owner reads."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteKey:
    """An ES256 key pair; ``kid`` is the public half's thumbprint (RFC 7638)."""

    pem: str = field(repr=False)
    kid: str
    jwks: dict[str, object]
    """The public half, as it is handed in for registration."""


def load_or_create(path: Path) -> SiteKey:
    """Read the key file, or write a new one. Two processes that begin at once end up with the same key."""
    if not path.exists():
        fresh = ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        whole = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        with os.fdopen(os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(fresh)
        with contextlib.suppress(FileExistsError):
            os.link(whole, path)
        whole.unlink()
    return _read(path.read_bytes())


def _read(pem: bytes) -> SiteKey:
    private = serialization.load_pem_private_key(pem, password=None)
    if not isinstance(private, ec.EllipticCurvePrivateKey):
        raise TypeError("the key file holds another kind of key than EC P-256")
    numbers = private.public_key().public_numbers()
    jwk = {"crv": "P-256", "kty": "EC", "x": _base64url(numbers.x), "y": _base64url(numbers.y)}
    thumbprint = hashlib.sha256(json.dumps(jwk, sort_keys=True, separators=(",", ":")).encode()).digest()
    kid = base64.urlsafe_b64encode(thumbprint).rstrip(b"=").decode()
    return SiteKey(pem=pem.decode(), kid=kid, jwks={"keys": [jwk | {"kid": kid, "use": "sig", "alg": "ES256"}]})


def _base64url(coordinate: int) -> str:
    return base64.urlsafe_b64encode(coordinate.to_bytes(32)).rstrip(b"=").decode()
