"""Rate limits: how often something may be tried, counted under keys that tell nothing.

Everything that is limited is hashed under a key of ours first, so that the table shows neither a network address nor a
resident number, and a thief cannot try numbers against it.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from idp.store import throttles

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from idp.settings import LimitSettings
    from idp.store.database import Database

KEY = "yufu/throttle/1"
"""Label of the purpose that the key is derived for."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """Go on; ``left`` more attempts fit into the window."""

    left: int


@dataclass(frozen=True, slots=True)
class Refused:
    """Too often; worth trying again after so many seconds."""

    retry_after: int


@dataclass(frozen=True, slots=True)
class Limit:
    """So many attempts, as the settings say, in a window that begins with the first."""

    name: str
    window: timedelta
    attempts: Callable[[LimitSettings], int]


LIMITS = (
    Limit("sign-in", timedelta(minutes=1), lambda limits: limits.sign_ins_per_address_per_minute),
    Limit("sign-up", timedelta(hours=1), lambda limits: limits.sign_ups_per_address_per_hour),
    Limit("user-code-address", timedelta(hours=1), lambda limits: limits.user_codes_per_address_per_hour),
    Limit("user-code", timedelta(hours=1), lambda limits: limits.user_codes_per_hour),
    Limit("public-request", timedelta(minutes=1), lambda limits: limits.public_requests_per_address_per_minute),
    Limit("registration", timedelta(hours=1), lambda limits: limits.registrations_per_address_per_hour),
    Limit("registry-query-person", timedelta(days=1), lambda limits: limits.registry_queries_per_person_per_day),
    Limit("registry-query-number", timedelta(days=1), lambda limits: limits.registry_queries_per_number_per_day),
    Limit("registry-query", timedelta(hours=1), lambda limits: limits.registry_queries_per_hour),
    Limit("deposit-person", timedelta(days=30), lambda limits: limits.deposits_per_person_per_month),
    Limit("deposit-card", timedelta(days=30), lambda limits: limits.deposits_per_card_per_month),
    Limit("deposit", timedelta(hours=1), lambda limits: limits.deposits_per_hour),
)
BY_NAME = {limit.name: limit for limit in LIMITS}


@dataclass(frozen=True, slots=True)
class Throttles:
    """Counts attempts. ``key`` is 32 bytes of the root's purpose :data:`KEY`."""

    database: Database
    key: bytes
    limits: LimitSettings

    def hit(self, name: str, *parts: str, now: datetime) -> Allowed | Refused:
        """Count one attempt at what ``name`` of :data:`LIMITS` limits, for exactly these ``parts``.

        The count stands whatever becomes of the attempt: it is a transaction of its own.
        """
        limit = BY_NAME[name]
        most = limit.attempts(self.limits)
        with self.database.write() as connection:
            hits, until = throttles.hit(connection, key=self._digest(name, *parts), window=limit.window, now=now)
        if hits <= most:
            return Allowed(left=most - hits)
        return Refused(retry_after=max(1, until - int(now.timestamp())))

    def used_up(self, name: str, *parts: str, now: datetime) -> Refused | None:
        """Tell, counting nothing, whether the attempts that ``name`` allows for these ``parts`` are used up."""
        with self.database.read() as connection:
            found = throttles.find(connection, key=self._digest(name, *parts), now=now)
        if found is None or found[0] < BY_NAME[name].attempts(self.limits):
            return None
        return Refused(retry_after=max(1, found[1] - int(now.timestamp())))

    def _digest(self, *parts: str) -> str:
        message = b"".join(len(part := text.encode()).to_bytes(4, "big") + part for text in parts)
        return hmac.digest(self.key, message, "sha256").hex()
