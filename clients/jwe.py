"""What only the client can open: a compact JWE for the encryption key of its own set (RFC 7516, RFC 7518 §4.6).

The key agreement is fresh for every message, so that the provider keeps nothing that could open an old one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clients.jwks import PublicKey

ALGORITHM = "ECDH-ES"
METHOD = "A256GCM"


def encryption_key(keys: Sequence[PublicKey]) -> PublicKey | None:
    """Return the client's first key that others may encrypt to."""
    return next((key for key in keys if key.use == "enc"), None)


def encrypt(plaintext: bytes, *, key: PublicKey, nested: bool) -> str:
    """Encrypt to a client's key; ``nested`` says that the content is a JWT itself (RFC 7519 §5.2)."""
    from joserfc import jwe  # imported late: few clients want it

    header: dict[str, object] = {"alg": ALGORITHM, "enc": METHOD}
    if key.kid is not None:
        header["kid"] = key.kid
    if nested:
        header["cty"] = "JWT"
    return jwe.encrypt_compact(header, plaintext, key.parsed(), algorithms=[ALGORITHM, METHOD])
