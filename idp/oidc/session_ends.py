"""Telling sites that a session has ended: Back-Channel Logout 1.0 through the outbox, Front-Channel Logout 1.0 by page.

What is told is written before the session goes: a crash in between tells a site of an end that comes a moment later,
when the person tries again, and never keeps one from it.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from idp.oidc.session_id import sid_of
from idp.store import clients, grants, outbox

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from clients.client import Client
    from idp.store.clients import ClientDirectory
    from idp.store.connection import Connection
    from idp.store.database import Database
    from idp.store.grants import Told
    from keys.seal import RecordSeal

BACKCHANNEL = "backchannel_logout"
WORTH_TELLING = timedelta(hours=24)
UNEVEN_S = 7200
AT_ONCE = 400
"""Ids looked for in one statement."""


class Notice(msgspec.Struct, frozen=True, array_like=True):
    """The content of a message: which client is told of which of its sessions, and who it is that leaves."""

    client_id: str
    sub: str
    sid: str


def seal_notice(notice: Notice, seal: RecordSeal, message_id: str) -> bytes:
    """Seal a notice to the row of its message."""
    return seal.seal(msgspec.json.encode(notice), table="outbox", column="sealed", row=message_id)


def open_notice(sealed: bytes, seal: RecordSeal, message_id: str) -> Notice:
    """Open the notice of a message. Raises WrongSeal."""
    return msgspec.json.decode(seal.open(sealed, table="outbox", column="sealed", row=message_id), type=Notice)


@dataclass(frozen=True, slots=True)
class SessionEnds:
    """Tells of ended sessions. ``spread`` is the longest that a site which did not ask may have to wait.

    Sites told at one moment could find one another's visitors by it; so each hears at a random one. The site that asked
    for the sign-out knows the moment anyway, and hears at once.
    """

    database: Database
    directory: ClientDirectory
    key: bytes
    record_seal: RecordSeal
    spread: timedelta

    def announce(
        self, seeds: Sequence[bytes], *, now: datetime, asked_by: str | None = None
    ) -> list[tuple[Client, str]]:
        """Write what has to be told; returns the clients with front-channel addresses, each with its ``sid``."""
        with self.database.read() as connection:
            wanted = clients.told_of_sign_outs(connection)
            sids = [sid_of(self.key, each, client_id) for each in seeds for client_id in wanted]
            parts = [sids[at : at + AT_ONCE] for at in range(0, len(sids), AT_ONCE)]
            told = [one for part in parts for one in grants.told_of(connection, part)]
        known = [(client, one) for one in told if (client := self.directory.find(one.client_id, now=now)) is not None]
        with self.database.write() as connection:
            for client, one in known:
                if client.backchannel_logout_uri is not None:
                    self._write(connection, one, now=now, at_once=one.client_id == asked_by)
        return [(client, one.sid) for client, one in known if client.frontchannel_logout_uri is not None]

    def _write(self, connection: Connection, one: Told, *, now: datetime, at_once: bool) -> None:
        notice = Notice(one.client_id, one.sub, one.sid)
        wait = 0 if at_once else secrets.randbelow(int(self.spread.total_seconds()) + 1)
        outbox.put(
            connection,
            kind=BACKCHANNEL,
            seal=lambda message_id: seal_notice(notice, self.record_seal, message_id),
            due=now + timedelta(seconds=wait),
            until=now + WORTH_TELLING - timedelta(seconds=secrets.randbelow(UNEVEN_S)),  # one moment would join them
        )
