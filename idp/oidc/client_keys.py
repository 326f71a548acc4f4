"""The public keys of clients: those registered, or those that the client publishes at its ``jwks_uri``.

A published set is fetched through the guarded way and kept for a while. A key that is asked for and not in it may mean
that the client has turned its keys, so the set is fetched again, though not more than once a minute: else anybody could
make us call the client as often as they send a made-up ``kid``. What cannot be fetched is remembered as briefly;
only the very first try is repeated sooner, as without any keys the client does not get in.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from clients.jwks import InvalidJwks, usable_keys
from idp.gateways.outbound import TIMEOUT_SECONDS, Unreachable
from idp.log import log_event

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from clients.client import Client
    from clients.jwks import PublicKey
    from idp.gateways.outbound import Outbound

    Wanted = Callable[[PublicKey], bool]

KEEP_S = 600
AGAIN_S = 60
SOON_S = 5
"""When the first try for a client is repeated, if nothing came of it."""
OUTAGE_S = 86400
"""How long keys are believed of a site that cannot be reached: it may have withdrawn them."""
MOST_SETS = 2000
MOST_WAITING = 4
"""So many requests of a process wait for another's first fetch: slow clients must not hold every thread."""
ACCEPT = "application/jwk-set+json, application/json"


@dataclass(frozen=True, slots=True)
class _Set:
    keys: tuple[PublicKey, ...]
    fetched_at: float | None
    """None where nothing came yet, or what came is too old to believe."""
    again_at: float


@dataclass(slots=True)
class ClientKeys:
    """Finds the keys of a client; remembers published sets for ``KEEP_S`` seconds."""

    outbound: Outbound
    _sets: dict[tuple[str, str], _Set] = field(default_factory=dict)
    _going: dict[tuple[str, str], threading.Event] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _seats: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(MOST_WAITING))

    def with_keys(self, client: Client, *, has: Wanted, now: datetime) -> Client:
        """Return the client with the keys that it has now; ``has`` tells whether one is that which is looked for."""
        if client.jwks_uri is None:
            return client
        return replace(client, jwks=self._published(client, client.jwks_uri, has=has, moment=now.timestamp()))

    def _published(self, client: Client, uri: str, *, has: Wanted, moment: float) -> tuple[PublicKey, ...]:
        """Whoever goes, goes alone: the others have the set as it was, or wait where there is none yet."""
        place = client.client_id, uri
        with self._lock:
            known, going = self._sets.get(place), self._going.get(place)
            if known is not None and (known.fetched_at is not None if going else not _is_due(known, has, moment)):
                return known.keys
            if going is None:
                self._going[place] = threading.Event()
        if going is not None:
            return self._awaited(place, going)
        found = _after_failure(known, moment)
        try:
            keys = _fetched(self.outbound, uri)
            found = found if keys is None else _Set(keys, moment, moment + AGAIN_S)
        finally:
            with self._lock:
                self._keep(place, found)
                self._going.pop(place).set()
        return found.keys

    def _awaited(self, place: tuple[str, str], going: threading.Event) -> tuple[PublicKey, ...]:
        if self._seats.acquire(blocking=False):
            try:
                going.wait(TIMEOUT_SECONDS)
            finally:
                self._seats.release()
        with self._lock:
            known = self._sets.get(place)
        return known.keys if known is not None else ()

    def _keep(self, place: tuple[str, str], kept: _Set) -> None:
        if len(self._sets) >= MOST_SETS and place not in self._sets:
            self._sets.pop(next(iter(self._sets)))
        self._sets[place] = kept


def named(kid: object) -> Wanted:
    """Look for the key of that name; any will do where a signature names none."""
    return lambda key: kid is None or key.kid == kid


def _is_due(known: _Set, has: Wanted, moment: float) -> bool:
    """Tell whether a set has to be fetched again: it is old, or has not what was asked for, and not just now."""
    fits = any(has(key) for key in known.keys)
    fresh = fits and known.fetched_at is not None and moment - known.fetched_at < KEEP_S
    return not fresh and moment >= known.again_at


def _after_failure(known: _Set | None, moment: float) -> _Set:
    """Give what is known when a fetch fails: a site that is down for a moment keeps its known keys, and no longer."""
    if known is None:
        return _Set((), None, moment + SOON_S)
    believed = known.fetched_at is not None and moment - known.fetched_at < OUTAGE_S
    return replace(known, again_at=moment + AGAIN_S) if believed else _Set((), None, moment + AGAIN_S)


def _fetched(outbound: Outbound, uri: str) -> tuple[PublicKey, ...] | None:
    try:
        return usable_keys(json.loads(outbound.get(uri, accept=ACCEPT).body))
    except Unreachable:
        return None
    except (InvalidJwks, ValueError, RecursionError):
        log_event("client_keys_refused", level="warning", reason="the published key set cannot be used")
        return None
