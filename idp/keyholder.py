"""The keyring as a long-lived process holds it: opened again when an operator has turned the keys."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import keys

if TYPE_CHECKING:
    from keys import Bridge, Jwks, Keyring, Root, Signer
    from keys.algorithms import PublicKey

LOOK_EVERY = 1.0  # seconds; keys are published for minutes before they sign


class Keyholder:
    """Gives the keys in force. The bridge and the root never turn; the signing keys do."""

    def __init__(self, keyring: Keyring, *, url: str) -> None:
        self._keyring = keyring
        self._url = url
        self._looked = time.monotonic()

    @property
    def keyring(self) -> Keyring:
        """The keyring as it stands, at most a second old. One that cannot be read keeps the last good one in force."""
        moment = time.monotonic()
        if moment - self._looked >= LOOK_EVERY:
            self._looked = moment
            if self._keyring.stale():
                self._keyring = self._opened_again()
        return self._keyring

    @property
    def bridge(self) -> Bridge:
        """The way from a person to that person's subjects."""
        return self._keyring.bridge

    @property
    def root(self) -> Root:
        """What purposes are derived from."""
        return self._keyring.root

    @property
    def jwks(self) -> Jwks:
        """The key set to publish."""
        return self.keyring.jwks

    def signer(self, alg: str) -> Signer:
        """Return the current key for ``alg``."""
        return self.keyring.signer(alg)

    def public_key(self, kid: str, /) -> PublicKey:
        """Return a published key of ours."""
        return self.keyring.public_key(kid)

    def readable(self) -> bool:
        """Tell whether the keys could be opened now."""
        try:
            keys.open_keyring(self._url)
        except keys.KeyFileError:
            return False
        return True

    def _opened_again(self) -> Keyring:
        try:
            return keys.open_keyring(self._url)
        except keys.KeyFileError:
            return self._keyring  # `idp doctor` and the readiness probe tell what is wrong with it
