"""What only the client can open: a compact JWE for the encryption key of its own set (RFC 7516, RFC 7518 §4.6).

The key agreement is fresh for every message, so that the provider keeps nothing that could open an old one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from clients.jws import JwsRefused, json_object

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clients.jwks import PublicKey

ALGORITHM = "ECDH-ES"
METHOD = "A256GCM"


def encryption_key(keys: Sequence[PublicKey]) -> PublicKey | None:
    """Return the client's first key that others may encrypt to."""
    return next((key for key in keys if key.use == "enc"), None)


def encrypt(plaintext: bytes, *, key: PublicKey, nested: bool, party: str | None = None) -> str:
    """Encrypt to a client's key; ``nested`` says that the content is a JWT itself (RFC 7519 §5.2).

    ``party``, in base64url, is what the sender says of itself in clear; another text than this, and nothing opens
    (RFC 7518 §4.6.1.2). Raises ValueError where the key is one that nothing can be agreed on with: it was judged by
    :mod:`clients.jwks`, though perhaps by an older one.
    """
    from joserfc import jwe  # imported late: few clients want it
    from joserfc.errors import JoseError

    header: dict[str, object] = {"alg": ALGORITHM, "enc": METHOD}
    if key.kid is not None:
        header["kid"] = key.kid
    if nested:
        header["cty"] = "JWT"
    if party is not None:
        header["apu"] = party
    try:
        return jwe.encrypt_compact(header, plaintext, key.parsed(), algorithms=[ALGORITHM, METHOD])
    except JoseError as error:
        raise ValueError("the key cannot be encrypted to") from error


def party_of(compact: str) -> str | None:
    """Return what the sender of a compact JWE says of itself, unproven; None where it says nothing, or it is none."""
    try:
        header = json_object(compact.partition(".")[0])
    except JwsRefused:
        return None
    party = header.get("apu")
    return party if isinstance(party, str) else None
