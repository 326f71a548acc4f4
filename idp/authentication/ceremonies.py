"""Challenges: made for one browser and one purpose, spent by the first answer.

The row is found under SHA-256(browser binding ‖ challenge): to another browser, the same challenge does not exist.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

from idp.authentication.randomness import random_bytes
from idp.authentication.refusals import PasskeyRefused, Reason
from idp.store import ceremonies

if TYPE_CHECKING:
    from datetime import datetime

    from idp.store.database import Database
    from keys.seal import RecordSeal

CHALLENGE_BYTES = 32
LIFETIME = timedelta(minutes=5)
"""WebAuthn Level 3 §15.1 recommends five to ten minutes for ceremonies with user verification."""


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """For whom a challenge was made: the account, its handle, the credentials that may answer. Empty where unknown."""

    person_id: str = ""
    user_handle: str = ""
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ceremonies:
    """Makes challenges and spends them."""

    database: Database
    seal: RecordSeal

    def begin(self, purpose: str, made: Made, *, browser: bytes, now: datetime) -> bytes:
        """Return a fresh challenge; those whose time is over go, as their rows hold precise times."""
        challenge = random_bytes(CHALLENGE_BYTES)
        key = _key(browser, challenge)
        sealed = self.seal.seal(msgspec.json.encode(made), **_place(key))
        with self.database.write() as connection:
            ceremonies.purge(connection, now=now)
            ceremonies.add(connection, challenge_hash=key, purpose=purpose, sealed=sealed, until=now + LIFETIME)
        return challenge

    def spend(self, purpose: str, challenge: bytes, *, browser: bytes, now: datetime) -> Made:
        """Use a challenge up, whatever comes of its answer. Raises :class:`PasskeyRefused` if it is gone."""
        key = _key(browser, challenge)
        with self.database.write() as connection:
            sealed = ceremonies.spend(connection, challenge_hash=key, purpose=purpose, now=now)
        if sealed is None:
            raise PasskeyRefused(Reason.CHALLENGE_SPENT)
        return msgspec.json.decode(self.seal.open(sealed, **_place(key)), type=Made)


def _key(browser: bytes, challenge: bytes) -> bytes:
    return sha256(browser + challenge).digest()


def _place(key: bytes) -> dict[str, str]:
    return {"table": "ceremonies", "column": "sealed", "row": urlsafe_b64encode(key).decode()}
