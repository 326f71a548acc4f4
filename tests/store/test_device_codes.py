"""Devices that wait, on both databases: each step is taken once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from clients.metadata import MetadataPolicy, validate
from idp.store import clients, device_codes
from idp.store.device_codes import Waiting

if TYPE_CHECKING:
    from datetime import datetime

    from idp.store.database import Database


def test_a_device_is_polled_allowed_and_spent_once(database: Database, now: datetime) -> None:
    submitted = {"client_name": "TV", "redirect_uris": ["https://tv.example/callback"]}
    client = validate(submitted, policy=MetadataPolicy(by_operator=True)).issued(client_id="tv", secret_hash=b"x" * 32)
    one, until = b"1" * 32, now + timedelta(minutes=10)
    with database.write() as connection:
        clients.add(connection, client, now=now)
        assert device_codes.add(connection, Waiting(one, "tv", b"asked"), user_code_key="k", interval=5, until=until)
        other = Waiting(b"2" * 32, "tv", b"asked")
        assert not device_codes.add(connection, other, user_code_key="k", interval=5, until=until)
    with database.write() as connection:
        assert device_codes.waiting(connection, user_code_key="k", now=now) == Waiting(one, "tv", b"asked")
        seen = device_codes.polled(connection, device_hash=one, client_id="tv")
        assert seen is not None
        assert device_codes.note_poll(connection, seen, device_hash=one, interval=5, now=now)
        assert not device_codes.note_poll(connection, seen, device_hash=one, interval=5, now=now)
        assert not device_codes.spend(connection, device_hash=one, now=now)
        assert device_codes.allow(connection, device_hash=one, sealed=b"given", now=now)
        assert not device_codes.allow(connection, device_hash=one, sealed=b"again", now=now)
        assert not device_codes.deny(connection, device_hash=one, now=now)
        assert not device_codes.spend(connection, device_hash=one, now=until)
        assert device_codes.spend(connection, device_hash=one, now=now)
        assert not device_codes.spend(connection, device_hash=one, now=now)
