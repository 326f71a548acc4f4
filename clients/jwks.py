"""A client's public keys: parsed and judged once, at registration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """One public key for signatures, as a JSON Web Key with nothing but what verifying needs."""

    kty: str
    kid: str | None
    alg: str | None
    """The one algorithm the key is for, if its owner said so."""
    numbers: tuple[tuple[str, str], ...]
    """The key material by member name: (crv, x, y), (n, e) or (crv, x)."""

    def to_jwk(self) -> dict[str, str]:
        """Give the key as a JSON Web Key (RFC 7517 §4)."""
        named = {"kty": self.kty, "kid": self.kid, "alg": self.alg, "use": "sig"}
        return {member: value for member, value in named.items() if value is not None} | dict(self.numbers)

    @classmethod
    def from_jwk(cls, jwk: Mapping[str, str]) -> Self:
        """Rebuild a key from what :meth:`to_jwk` gave."""
        numbers = tuple((member, jwk[member]) for member in MATERIAL[jwk["kty"]])
        return cls(kty=jwk["kty"], kid=jwk.get("kid"), alg=jwk.get("alg"), numbers=numbers)


MATERIAL = {"EC": ("crv", "x", "y"), "RSA": ("n", "e"), "OKP": ("crv", "x")}
"""Key material members by key type (RFC 7518 §6, RFC 8037 §2)."""
