"""Everything that a backend keeps, as one frozen value."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from keys import algorithms
from keys.root import Bridge, Root
from keys.rotation import KeyInfo, Rotation, State, rotate, start

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Self

    from keys.algorithms import SigningKey
    from keys.vault import VaultSeal

SEALING_ALG = "A256GCM"
SEALING_LIFE = timedelta(days=365)
"""How long one version of the record and ticket keys seals; all versions stay readable."""


@dataclass(frozen=True, slots=True)
class Sealing:
    """Which version of the record and ticket keys seals, and since when."""

    version: int
    since: datetime

    @property
    def info(self) -> KeyInfo:
        """The same, as it stands in the operator's list."""
        return KeyInfo(f"seal-{self.version}", SEALING_ALG, State.CURRENT, self.since)

    def turned(self, *, now: datetime) -> Self:
        """Return the next version if this one's time is over."""
        return replace(self, version=self.version + 1, since=now) if now - self.since >= SEALING_LIFE else self


@dataclass(frozen=True, slots=True)
class Signing:
    """The signing keys and where each stands; ``pairs`` holds exactly one key for each of ``known``."""

    known: tuple[KeyInfo, ...]
    pairs: tuple[SigningKey, ...]

    def __post_init__(self) -> None:
        pairs = {pair.kid: pair.alg for pair in self.pairs}
        if pairs != {key.kid: key.alg for key in self.known} or len(pairs) != len(self.pairs):
            raise ValueError("the signing keys and what is known of them do not agree")
        current = [key.alg for key in self.known if key.state is State.CURRENT]
        if sorted(current) != sorted({key.alg for key in self.known}):
            raise ValueError("there is not exactly one current key for each algorithm")

    @classmethod
    def fresh(cls, wanted: Iterable[str], *, now: datetime) -> Self:
        """Make a current and a coming key for each of the ``wanted`` algorithms."""
        maker = _Maker()
        known = tuple(key for alg in wanted for key in start(alg, now=now, new_kid=maker))
        return cls(known, tuple(maker.made))

    def rotated(
        self, *, now: datetime, alg: str | None, emergency: bool, lead: timedelta, wanted: Iterable[str]
    ) -> tuple[Signing, Rotation]:
        """Move the keys on (see :func:`keys.rotation.rotate`); private keys that go are not kept."""
        maker = _Maker()
        rotation = rotate(self.known, now=now, new_kid=maker, alg=alg, emergency=emergency, lead=lead, wanted=wanted)
        by_kid = {pair.kid: pair for pair in (*self.pairs, *maker.made)}
        return Signing(rotation.keys, tuple(by_kid[key.kid] for key in rotation.keys)), rotation


@dataclass(frozen=True, slots=True)
class Contents:
    """A whole keyring. ``name`` is random and stands in every part, so that parts of two keyrings never mix."""

    name: str
    created_at: datetime
    root: Root
    bridge: Bridge
    signing: Signing
    sealing: Sealing
    vault: VaultSeal

    @classmethod
    def fresh(cls, *, now: datetime, vault: VaultSeal, wanted: Iterable[str]) -> Self:
        """Make every key anew."""
        return cls(
            name=secrets.token_hex(8),
            created_at=now,
            root=Root.generate(),
            bridge=Bridge.generate(),
            signing=Signing.fresh(wanted, now=now),
            sealing=Sealing(1, now),
            vault=vault,
        )

    def turned(
        self, *, now: datetime, alg: str | None, emergency: bool, lead: timedelta, wanted: Iterable[str] = ()
    ) -> tuple[Contents, tuple[KeyInfo, ...]]:
        """Return the contents after a rotation, and what has changed. Seals turn by age, and only when all keys do."""
        signing, rotation = self.signing.rotated(now=now, alg=alg, emergency=emergency, lead=lead, wanted=wanted)
        sealing = self.sealing.turned(now=now) if alg is None else self.sealing
        changes = rotation.changes if sealing == self.sealing else (*rotation.changes, sealing.info)
        return replace(self, signing=signing, sealing=sealing), changes


class _Maker:
    """Makes the keys that a rotation asks for by algorithm, and remembers them until they are kept."""

    def __init__(self) -> None:
        self.made: list[SigningKey] = []

    def __call__(self, alg: str) -> str:
        self.made.append(algorithms.generate(alg))
        return self.made[-1].kid
