"""A sender that holds a key and proves it with each request (RFC 9449)."""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from clients.jwks import parse_jwks
from tests.house import ISSUER
from tests.signing_client import Key, new_key, sign

if TYPE_CHECKING:
    from tests.house import House


@dataclass
class Sender:
    """Makes proofs with its key; ``nonces`` holds the nonce to be used, once it was told one."""

    house: House
    algorithm: str = "ES256"
    key: Key = field(default_factory=lambda: new_key("ES256"))
    nonce: str | None = None

    @property
    def jkt(self) -> str:
        """The thumbprint of its key."""
        (key,) = parse_jwks({"keys": [self.key.as_dict(private=False)]})
        return key.thumbprint

    def proof(
        self, path: str, *, method: str = "POST", token: str | None = None, header: dict[str, Any] | None = None,
        signed_by: Key | None = None, **changes: Any,
    ) -> str:  # fmt: skip
        """Make a proof for a request; a change of None leaves a claim out."""
        usual: dict[str, Any] = {
            "jti": secrets.token_hex(8),
            "htm": method,
            "htu": ISSUER + path,
            "iat": int(self.house.now.timestamp()),
            "nonce": self.nonce,
            "ath": None
            if token is None
            else urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).rstrip(b"=").decode(),
        }
        payload = {name: value for name, value in (usual | changes).items() if value is not None}
        public = self.key.as_dict(private=False)
        jwk = {name: public[name] for name in ("kty", "crv", "x", "y", "n", "e") if name in public}
        protected = {"typ": "dpop+jwt", "kid": None, "jwk": jwk} | (header or {})
        return sign(payload, signed_by or self.key, self.algorithm, **protected)
