"""Delivering what the outbox holds: attempts, waits between them, and when to give up.

Only what may pass is tried again: no answer, an answer of 429 or of 500 and above. A site that says 400 has understood
and refused; a redirect is not followed, as the address that counts is the registered one (Back-Channel Logout §2.8).
"""

from __future__ import annotations

import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import msgspec

from idp.domain.events import SessionEndUndelivered
from idp.domain.ids import ClientId
from idp.gateways.outbound import Unreachable
from idp.log import log_event
from idp.oidc import logout_token
from idp.oidc.session_ends import BACKCHANNEL, open_notice
from idp.store import audit, outbox
from keys import UnknownKey, WrongSeal

if TYPE_CHECKING:
    from collections.abc import Callable

    from idp.gateways.outbound import Outbound
    from idp.keyholder import Keyholder
    from idp.oidc.session_ends import Notice
    from idp.store.clients import ClientDirectory
    from idp.store.database import Database
    from idp.store.outbox import Claimed

WAITS_S = (5, 30, 120, 600, 3600)
"""Before the second attempt, the third, …; the last one repeats until the message is no longer worth telling."""
LEASE = timedelta(seconds=60)
AT_ONCE = 16
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Letter:
    """One logout token on its way."""

    address: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Delivery:
    """Delivers messages of the outbox. Several workers may do so at once."""

    issuer: str
    database: Database
    directory: ClientDirectory
    keyring: Keyholder
    outbound: Outbound

    def deliver_due(self, *, clock: Callable[[], datetime]) -> int:
        """Try every message that is due once; returns how many were tried."""
        tried = 0
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="delivery") as pool:
            while True:
                with self.database.write() as connection:
                    claimed = outbox.claim(connection, most=AT_ONCE, lease=LEASE, now=clock())
                if not claimed:
                    return tried
                tried += len(claimed)
                letters = [self._letter(message, now=clock()) for message in claimed]
                outcomes = list(pool.map(self._sent, letters))  # nothing but the network is left to those threads
                for message, outcome in zip(claimed, outcomes, strict=True):
                    self._settle(message, outcome, now=clock())

    def _letter(self, message: Claimed, *, now: datetime) -> Letter | str:
        """Make what is to be sent, or return a word for why nothing is."""
        try:
            notice = self._notice(message)
            client = self.directory.find(notice.client_id, now=now)
            if message.kind != BACKCHANNEL or client is None or client.backchannel_logout_uri is None:
                return "unwanted"  # the site is gone, or no longer wants to be told
            signer = self.keyring.signer(client.id_token_signed_response_alg)
        except (WrongSeal, UnknownKey, msgspec.MsgspecError):
            return "unreadable"  # nobody can send it, now or later
        token = logout_token.make(
            signer, issuer=self.issuer, client_id=client.client_id, sub=notice.sub, sid=notice.sid, now=now
        )
        return Letter(client.backchannel_logout_uri, urlencode({"logout_token": token}).encode())

    def _sent(self, letter: Letter | str) -> str:
        """Return a word for how one attempt went."""
        if isinstance(letter, str):
            return letter
        try:
            status = self.outbound.post(letter.address, letter.body, content_type=FORM)
        except Unreachable:
            return "unreachable"
        if 200 <= status < 300:
            return "delivered"
        return "failing" if status == 429 or status >= 500 else "refused"

    def _settle(self, message: Claimed, outcome: str, *, now: datetime) -> None:
        wait = WAITS_S[min(message.attempts, len(WAITS_S)) - 1]
        due = now + timedelta(seconds=wait + secrets.randbelow(wait))
        passing = outcome in {"unreachable", "failing"} and due < datetime.fromtimestamp(message.until_at, tz=UTC)
        delivered = outcome in {"delivered", "unwanted"}
        state = outbox.WAITING if passing else outbox.DELIVERED if delivered else outbox.DEAD
        with self.database.write() as connection:
            outbox.settle(connection, message.message_id, state=state, outcome=outcome, due=due if passing else now)
            if state == outbox.DEAD and outcome != "unreadable":
                client_id = ClientId(self._notice(message).client_id)
                audit.record(connection, SessionEndUndelivered(client_id=client_id), now=now)
        if not delivered:
            log_event("session_end_undelivered", level="warning", reason=outcome, detail=state)

    def _notice(self, message: Claimed) -> Notice:
        return open_notice(message.sealed, self.keyring.keyring.records, message.message_id)
