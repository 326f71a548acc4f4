"""The parts of a keyring as they are written down, each in a document of its own.

``of`` takes a part out of the contents; ``value`` makes it anew and raises ``ValueError`` if it is not a usable one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypeVar

import msgspec

from keys import algorithms
from keys.contents import Contents, Sealing, Signing
from keys.documents import Moment
from keys.hpke import OfficePublicKey
from keys.root import Bridge, Root
from keys.rotation import KeyInfo, State
from keys.secret import Secret
from keys.vault import VaultSeal

if TYPE_CHECKING:
    from typing import Self

Key = TypeVar("Key", Root, Bridge)
VERSIONS = msgspec.Meta(ge=1, le=1000)


class RootPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="holds", tag="root"):
    """The root secret."""

    keyring: str
    created_at: Moment
    check_value: str
    secret: Secret

    @classmethod
    def of(cls, contents: Contents) -> Self:
        """Take the root."""
        return cls(contents.name, contents.created_at, contents.root.check_value, contents.root.secret)

    def value(self) -> Root:
        """Make the root; its check value must be the one noted."""
        return _checked(Root(self.secret), self.check_value)


class BridgePart(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="holds", tag="bridge"):
    """The bridge key."""

    keyring: str
    created_at: Moment
    check_value: str
    secret: Secret

    @classmethod
    def of(cls, contents: Contents) -> Self:
        """Take the bridge."""
        return cls(contents.name, contents.created_at, contents.bridge.check_value, contents.bridge.secret)

    def value(self) -> Bridge:
        """Make the bridge; its check value must be the one noted."""
        return _checked(Bridge(self.secret), self.check_value)


class SigningEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One signing key: where it stands, and its private half as PKCS #8."""

    kid: str
    alg: str
    state: State
    since: Moment
    until: Moment | None
    private: Secret


class SigningPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="holds", tag="signing"):
    """Every published signing key."""

    keyring: str
    keys: list[SigningEntry]

    @classmethod
    def of(cls, contents: Contents) -> Self:
        """Take the signing keys."""
        pairs = {pair.kid: pair for pair in contents.signing.pairs}
        entries = [
            SigningEntry(key.kid, key.alg, key.state, key.since, key.until, pairs[key.kid].pem)
            for key in contents.signing.known
        ]
        return cls(contents.name, entries)

    def value(self) -> Signing:
        """Make the signing keys; each must have the ``kid`` it is listed under."""
        known = tuple(KeyInfo(entry.kid, entry.alg, entry.state, entry.since, entry.until) for entry in self.keys)
        return Signing(known, tuple(algorithms.load(entry.alg, entry.private) for entry in self.keys))


class SealingPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="holds", tag="sealing"):
    """Which version of the record and ticket keys seals."""

    keyring: str
    version: Annotated[int, VERSIONS]
    since: Moment

    @classmethod
    def of(cls, contents: Contents) -> Self:
        """Take the version."""
        return cls(contents.name, contents.sealing.version, contents.sealing.since)

    def value(self) -> Sealing:
        """Make it anew."""
        return Sealing(self.version, self.since)


class VaultPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="holds", tag="vault-public"):
    """The public keys of the officers and the authority."""

    keyring: str
    threshold: int
    officers: list[bytes]
    authority: bytes

    @classmethod
    def of(cls, contents: Contents) -> Self:
        """Take the public keys."""
        vault = contents.vault
        return cls(contents.name, vault.threshold, [office.raw for office in vault.officers], vault.authority.raw)

    def value(self) -> VaultSeal:
        """Make the vault's lock."""
        return VaultSeal(
            tuple(OfficePublicKey.from_raw(raw) for raw in self.officers),
            OfficePublicKey.from_raw(self.authority),
            threshold=self.threshold,
        )


Part = RootPart | BridgePart | SigningPart | SealingPart | VaultPart


def _checked(key: Key, noted: str) -> Key:
    if key.check_value != noted:
        raise ValueError("the check value is another one")
    return key
