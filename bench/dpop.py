"""DPoP proofs (RFC 9449 §4.2) as a client makes them: one key, a proof for each request."""

from __future__ import annotations

import secrets
import time
from base64 import urlsafe_b64encode

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256


def _encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


class Sender:
    """Whoever holds a key."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        point = self._key.public_key().public_numbers()
        x, y = (_encoded(each.to_bytes(32, "big")) for each in (point.x, point.y))
        jwk = {"kty": "EC", "crv": "P-256", "x": x, "y": y}
        self._header = _encoded(msgspec.json.encode({"typ": "dpop+jwt", "alg": "ES256", "jwk": jwk}))

    def proof(self, method: str, address: str) -> str:
        """Return a proof for one request to ``address``."""
        claims = {"jti": secrets.token_urlsafe(16), "htm": method, "htu": address, "iat": int(time.time())}
        message = f"{self._header}.{_encoded(msgspec.json.encode(claims))}"
        r, s = decode_dss_signature(self._key.sign(message.encode(), ec.ECDSA(SHA256())))
        return f"{message}.{_encoded(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"
