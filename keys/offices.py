"""The private keys of the officers and the authority, at the moment of their making.

Real offices make their own keys and hand over public halves; this is for a first run, a demo and tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from keys.hpke import OfficePrivateKey
from keys.vault import VaultSeal

if TYPE_CHECKING:
    from typing import Self

OFFICERS = 3
THRESHOLD = 2


@dataclass(frozen=True, slots=True)
class Offices:
    """Three officers, any two of whom act together, and the authority."""

    officers: tuple[OfficePrivateKey, ...]
    authority: OfficePrivateKey

    @classmethod
    def generate(cls) -> Self:
        """Make a key for each office."""
        return cls(tuple(OfficePrivateKey.generate() for _ in range(OFFICERS)), OfficePrivateKey.generate())

    @property
    def vault(self) -> VaultSeal:
        """Their public halves, as the vault seals to them."""
        return VaultSeal(tuple(key.public for key in self.officers), self.authority.public, threshold=THRESHOLD)
