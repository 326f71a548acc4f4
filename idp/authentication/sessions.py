"""Sessions: an opaque cookie, of which the database keeps a hash, and the sealed facts of one sign-in.

The moment of signing in travels to relying sites as ``auth_time``. Next to a person id it would join the two halves of
the schema, so the row keeps it sealed and shows whole hours only.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Protocol

import msgspec

from idp.authentication.randomness import is_token, random_bytes, token
from idp.store import sessions
from idp.store.times import from_milliseconds, milliseconds
from idp.value import Value
from keys import WrongSeal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime, timedelta

    from idp.domain.ids import PersonId
    from idp.store.database import Database
    from keys.seal import RecordSeal


SEED_BYTES = 16


@dataclass(frozen=True, slots=True)
class SignedIn:
    """One successful sign-in: who, when (to the millisecond), and how (``acr``, ``amr``: RFC 8176, EAP ACR Values)."""

    person_id: PersonId
    auth_time: datetime
    acr: str
    amr: tuple[str, ...]


class Session(Value, frozen=True):
    """A signed-in browser and what is known of its person without opening anything sealed offline."""

    id_hash: bytes
    person_id: PersonId
    auth_time: datetime
    acr: str
    amr: tuple[str, ...]
    level: str
    verified_on: date | None
    review_on: date | None
    adult_from: date | None
    sid_seed: bytes = b""
    """What the ``sid`` of each site follows from; the same for as long as the same person stays at this browser."""


class _Authentication(msgspec.Struct, frozen=True):
    ms: int
    acr: str
    amr: tuple[str, ...]


class Announce(Protocol):
    """Tells whoever has to know that sessions end. Called before they do, as nothing finds them afterwards."""

    def __call__(self, seeds: Sequence[bytes], *, now: datetime) -> object:
        """Announce the end of the sessions with these ``sid_seed`` values."""


_decode = msgspec.json.Decoder(_Authentication).decode


@dataclass(frozen=True, slots=True)
class Sessions:
    """Opens, finds and ends sessions. ``lifetime`` counts from signing in and is never extended."""

    database: Database
    seal: RecordSeal
    lifetime: timedelta
    announce: Announce

    def load(self, cookie: str | None, *, now: datetime) -> Session | None:
        """Return the live session of a cookie: one statement, and none for a cookie that cannot be ours."""
        if not is_token(cookie):
            return None
        id_hash = _hash(cookie)
        with self.database.read() as connection:
            found = sessions.find(connection, id_hash=id_hash, now=now)
        if found is None:
            return None
        try:
            how = _decode(self.seal.open(found.sealed, **_place(id_hash)))
        except (WrongSeal, msgspec.MsgspecError):
            return None  # a row that was damaged or moved signs nobody in
        auth_time = from_milliseconds(how.ms)
        if auth_time + self.lifetime <= now:
            return None
        return Session(
            id_hash,
            found.person_id,
            auth_time,
            how.acr,
            how.amr,
            found.level,
            found.verified_on,
            found.review_on,
            found.adult_from,
            found.sid_seed or b"",
        )

    def open(self, signed_in: SignedIn, *, device: str, replacing: str | None, now: datetime) -> str:
        """Begin a session under a new cookie, which is returned; the one it replaces ends in the same transaction.

        To sites it is the same session if the person is the same; of somebody else's, they are told the end.
        """
        seed = self._seed_after(replacing, signed_in.person_id, now=now)
        cookie = token()
        id_hash = _hash(cookie)
        how = _Authentication(milliseconds(signed_in.auth_time), signed_in.acr, signed_in.amr)
        sealed = self.seal.seal(msgspec.json.encode(how), **_place(id_hash))
        with self.database.write() as connection:
            if is_token(replacing):
                sessions.remove(connection, id_hash=_hash(replacing))
            sessions.add(
                connection,
                id_hash=id_hash,
                person_id=signed_in.person_id,
                sealed=sealed,
                sid_seed=seed,
                device=device,
                until=signed_in.auth_time + self.lifetime,
                now=now,
            )
        return cookie

    def forget(self, session: Session) -> None:
        """End a session whose end has been announced."""
        with self.database.write() as connection:
            sessions.remove(connection, id_hash=session.id_hash)

    def end_one(self, person_id: PersonId, id_hash: bytes, *, now: datetime) -> bool:
        """End one of a person's own sessions; False when it is not theirs or not there."""
        with self.database.read() as connection:
            seed = sessions.seeds(connection, person_id=person_id).get(id_hash)
        if seed:
            self.announce([seed], now=now)
        with self.database.write() as connection:
            return sessions.remove_one(connection, person_id=person_id, id_hash=id_hash)

    def end_others(self, session: Session, *, now: datetime) -> int:
        """Sign a person out everywhere but here; returns how many sessions ended."""
        self.announce_all(session.person_id, keep=session.id_hash, now=now)
        with self.database.write() as connection:
            return sessions.remove_all(connection, person_id=session.person_id, keep=session.id_hash, now=now)

    def announce_all(self, person_id: PersonId, *, now: datetime, keep: bytes | None = None) -> None:
        """Announce the end of a person's sessions, or of all but one, to whoever is about to end them."""
        with self.database.read() as connection:
            seeds = sessions.seeds(connection, person_id=person_id)
        ending = [seed for id_hash, seed in seeds.items() if seed and id_hash != keep]
        if ending:
            self.announce(ending, now=now)

    def _seed_after(self, replaced: str | None, person_id: PersonId, *, now: datetime) -> bytes:
        before = self.load(replaced, now=now)
        if before is not None and before.sid_seed:
            if before.person_id == person_id:
                return before.sid_seed
            self.announce([before.sid_seed], now=now)
        return random_bytes(SEED_BYTES)

    def listed(self, person_id: PersonId, *, now: datetime) -> list[sessions.Listed]:
        """Return a person's live sessions, newest first."""
        with self.database.read() as connection:
            return sessions.listed(connection, person_id=person_id, now=now)


def _hash(cookie: str) -> bytes:
    return sha256(cookie.encode()).digest()


def _place(id_hash: bytes) -> dict[str, str]:
    """Where a sealed value belongs: it opens in this row and nowhere else."""
    return {"table": "sessions", "column": "sealed", "row": urlsafe_b64encode(id_hash).decode()}
