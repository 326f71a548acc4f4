"""The two codes of a waiting device (RFC 8628 §3.2): one that it keeps, and a short one that a person types."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from idp.oidc.errors import PageError
from idp.store import device_codes, grants
from idp.store.device_codes import Waiting

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from idp.oidc.interactions import Visitor
    from idp.oidc.issuing import Issuing
    from idp.oidc.offer import Offer
    from idp.store.database import Database
    from keys.seal import RecordSeal

KEY = "yufu/index/user-code/1"
"""The purpose of the root that user codes are looked up under."""
ALPHABET = "BCDFGHJKLMNPQRSTVWXZ"
"""No vowels, so that no word comes out, and nothing that is taken for a digit (RFC 8628 §6.1)."""
LETTERS = 8
INTERVAL = 5
"""Seconds that a device waits between two polls, and by which that grows when it does not."""


@dataclass(frozen=True, slots=True)
class Codes:
    """Both codes in clear: they go to the client, once."""

    device_code: str
    user_code: str

    def __repr__(self) -> str:
        """Show nothing: these are credentials."""
        return "…"


@dataclass(frozen=True, slots=True)
class DeviceCodes:
    """Keeps waiting devices. ``key`` is 32 bytes of the root's purpose :data:`KEY`."""

    database: Database
    record_seal: RecordSeal
    key: bytes
    lifetime: timedelta

    def open(self, client_id: str, scope: str, *, now: datetime) -> Codes:
        """Let a device wait."""
        device_code = secrets.token_urlsafe(32)
        device_hash = hash_of(device_code)
        waiting = Waiting(device_hash, client_id, seal(scope, record_seal=self.record_seal, device_hash=device_hash))
        while True:
            user_code = "".join(secrets.choice(ALPHABET) for _ in range(LETTERS))
            if self._add(waiting, self._key_of(user_code), now=now):
                return Codes(device_code, shown(user_code))

    def waiting(self, typed: str, *, now: datetime) -> tuple[Waiting, str, str] | None:
        """Return the device that waits under what a person typed, the code as it is shown, and the scope asked for."""
        user_code = read(typed)
        if user_code is None:
            return None
        with self.database.read() as connection:
            found = device_codes.waiting(connection, user_code_key=self._key_of(user_code), now=now)
        if found is None:
            return None
        scope = unseal(found.sealed, record_seal=self.record_seal, device_hash=found.device_hash)
        return found, shown(user_code), scope

    def state(self, device_hash: bytes) -> str | None:
        """Return the state of a device."""
        with self.database.read() as connection:
            found = device_codes.standing(connection, device_hash=device_hash)
        return found[0] if found is not None else None

    def deny(self, device_hash: bytes, *, now: datetime) -> None:
        """Answer a device with no. Raises PageError where it does not wait any more."""
        if not self.database.once(lambda here: device_codes.deny(here, device_hash=device_hash, now=now)):
            raise PageError("device_not_waiting")

    def allow(self, device_hash: bytes, issuing: Issuing, offer: Offer, visitor: Visitor, *, now: datetime) -> None:
        """Answer a device with a grant that it redeems by its next poll. Raises PageError as :meth:`deny` does.

        The grant is written now, so that withdrawing a consent, or erasing an account, ends it at once.
        """
        with self.database.write() as connection:
            standing = device_codes.standing(connection, device_hash=device_hash)
            until = standing[1] if standing is not None else 0
            code, grant = issuing.for_device(offer, visitor, until=until, now=now)
            sealed = seal(code.text, record_seal=self.record_seal, device_hash=device_hash)
            if not device_codes.allow(connection, device_hash=device_hash, sealed=sealed, now=now):
                raise PageError("device_not_waiting")
            grants.add(connection, grant)

    def _add(self, waiting: Waiting, user_code_key: str, *, now: datetime) -> bool:
        until = now + self.lifetime
        return self.database.once(
            lambda here: device_codes.add(here, waiting, user_code_key=user_code_key, interval=INTERVAL, until=until)
        )

    def _key_of(self, user_code: str) -> str:
        return urlsafe_b64encode(hmac.digest(self.key, user_code.encode(), "sha256")).rstrip(b"=").decode()


def hash_of(device_code: str) -> bytes:
    """Return what the row of a device code is found by."""
    return hashlib.sha256(device_code.encode()).digest()


def read(typed: str) -> str | None:
    """Return the letters of a user code, forgiving case, spaces and hyphens; None for what can be none of ours."""
    letters = "".join(each for each in typed.upper() if each not in "-‐‑–—－_" and not each.isspace())
    return letters if len(letters) == LETTERS and set(letters) <= set(ALPHABET) else None


def shown(user_code: str) -> str:
    """Return a user code in two halves, as people read it."""
    return f"{user_code[:4]}-{user_code[4:]}"


def seal(text: str, *, record_seal: RecordSeal, device_hash: bytes) -> bytes:
    """Seal what a device asks for, or what it gets, to its row."""
    return record_seal.seal(msgspec.json.encode(text), **_place(device_hash))


def unseal(sealed: bytes, *, record_seal: RecordSeal, device_hash: bytes) -> str:
    """Open what :func:`seal` sealed. Raises WrongSeal where the cell was moved or changed."""
    return msgspec.json.decode(record_seal.open(sealed, **_place(device_hash)), type=str)


def _place(device_hash: bytes) -> dict[str, str]:
    return {"table": "device_codes", "column": "sealed", "row": device_hash.hex()}
