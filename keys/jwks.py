"""The published key set (RFC 7517 §5) as the bytes that are served, made once per keyring."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Self

    from keys.algorithms import PublicKey


@dataclass(frozen=True, slots=True)
class Jwks:
    """The body of the key set and its strong entity tag, quotes included (RFC 9110 §8.8.3)."""

    body: bytes = field(repr=False)
    etag: str

    @classmethod
    def of(cls, published: Iterable[PublicKey]) -> Self:
        """Set out the given public keys, in their order."""
        entries = [{**key.members, "kid": key.kid, "use": "sig", "alg": key.alg} for key in published]
        body = json.dumps({"keys": entries}, separators=(",", ":")).encode()
        return cls(body, f'"{hashlib.sha256(body).hexdigest()[:32]}"')
