"""The keyring as a long-lived process holds it: opened again when an operator has turned the keys."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import keys
from idp.log import log_event

if TYPE_CHECKING:
    from collections.abc import Callable

    from keys import Bridge, Jwks, Keyring, Root, Signer
    from keys.algorithms import PublicKey

LOOK_EVERY = 1.0  # seconds; keys are published for minutes before they sign
OPEN_EVERY = 30.0
"""Seconds for which the outcome of opening the keys stands: opening reads every key and costs more than a request."""


class Keyholder:
    """Gives the keys in force. The bridge and the root never turn; the signing keys do.

    What cannot be read, or has another bridge or root, is never taken: the last good keyring stays in force.
    """

    def __init__(self, keyring: Keyring, *, url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._keyring = keyring
        self._url = url
        self._clock = clock
        self._look_at = clock() + LOOK_EVERY
        self._open_at = clock() + OPEN_EVERY
        self._good = True

    @property
    def keyring(self) -> Keyring:
        """The keyring as it stands, at most a second old, or the last good one."""
        moment = self._clock()
        if moment >= self._look_at:
            self._look_at = moment + LOOK_EVERY
            if self._keyring.stale() and (self._good or moment >= self._open_at):
                self._open(moment)
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

    @property
    def algorithms(self) -> tuple[str, ...]:
        """The algorithms that can be signed with."""
        return self.keyring.algorithms

    def signer(self, alg: str) -> Signer:
        """Return the current key for ``alg``."""
        return self.keyring.signer(alg)

    def public_key(self, kid: str, /) -> PublicKey:
        """Return a published key of ours."""
        return self.keyring.public_key(kid)

    def readable(self) -> bool:
        """Tell whether the kept keys can be opened and are ours; the answer is at most ``OPEN_EVERY`` seconds old."""
        moment = self._clock()
        if moment >= self._open_at or (self._good and self._keyring.stale()):
            self._open(moment)
        return self._good

    def _open(self, moment: float) -> None:
        self._open_at = moment + OPEN_EVERY
        try:
            found = keys.open_keyring(self._url)
        except keys.KeyFileError as fault:
            self._good = False
            log_event("keys_refused", level="error", reason=fault.fault, detail=fault.cure)
            return
        self._good = _check_values(found) == _check_values(self._keyring)
        if self._good:
            self._keyring = found
        else:
            log_event("keys_refused", level="error", reason="another bridge or root lies in the place of ours")


def _check_values(keyring: Keyring) -> tuple[str, str]:
    return keyring.bridge.check_value, keyring.root.check_value
