"""Invitations are good so many times, resources are one client's, and a retired client keeps nothing but its sector."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from clients.client import Registration
from idp import jobs
from idp.oidc import tokens
from idp.store import clients, grants, invitations, logos
from tests.store.test_single_use import CLIENT, grant_for, redeem

if TYPE_CHECKING:
    from idp.store.database import Database

NOW = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
HASH = b"h" * 32


def invited(database: Database, *, uses: int, days: int = 1, token_hash: bytes = HASH) -> None:
    made = invitations.Invitation(token_hash, "Suite", uses, (NOW + timedelta(days=days)).date())
    with database.write() as connection:
        invitations.add(connection, made, now=NOW)


def test_however_many_race_for_an_invitation_it_is_used_as_often_as_it_allows(database: Database) -> None:
    invited(database, uses=3)

    def use(_: int) -> bool:
        with database.write() as connection:
            return invitations.use(connection, HASH, now=NOW)

    with ThreadPoolExecutor(6) as strangers:
        assert sum(strangers.map(use, range(12))) == 3


def test_invitations_that_nobody_can_use_are_cleared_away(database: Database) -> None:
    invited(database, uses=1)
    invited(database, uses=1, days=0, token_hash=b"g" * 32)
    with database.write() as connection:
        assert invitations.use(connection, HASH, now=NOW)
    assert jobs.purge(database, now=NOW)["invitations"] == 1
    assert jobs.purge(database, now=NOW + timedelta(days=1))["invitations"] == 1
    with database.write() as connection:
        assert invitations.revoke(connection, label="Suite", now=NOW) == 0


def test_a_resource_is_one_clients(database: Database) -> None:
    api = replace(CLIENT, client_id="api", resources=("https://api.example/",))
    with database.write() as connection:
        clients.add(connection, api, now=NOW)
    with pytest.raises(clients.ResourceTaken), database.write() as connection:
        clients.add(connection, replace(api, client_id="other"), now=NOW)
    with database.write() as connection:
        assert clients.find(connection, client_id="other") is None
        clients.replace(connection, replace(api, resources=()), now=NOW)
    with database.write() as connection:
        clients.add(connection, replace(api, client_id="other"), now=NOW)


def test_a_retired_client_keeps_nothing_but_its_sector(database: Database) -> None:
    code, client = (
        tokens.fresh(),
        Registration(sector="shop.example", name="Shop", redirect_uris=("https://shop.example/callback",)).issued(
            client_id="shop"
        ),
    )
    with database.write() as connection:
        clients.add(connection, client, now=NOW, registration_hash=HASH)
        grants.add(connection, grant_for(code))
        logos.put(connection, logos.Logo(b"x", "image/png", "d"), client_id="shop", now=NOW)
        assert clients.find_by_token(connection, client_id="shop", registration_hash=b"x" * 32) is None
        assert clients.find_by_token(connection, client_id="shop", registration_hash=HASH) == client
    with database.write() as connection:
        assert clients.retire(connection, client_id="shop", now=NOW)
        assert not clients.retire(connection, client_id="shop", now=NOW)
    with database.read() as connection:
        assert clients.find_by_token(connection, client_id="shop", registration_hash=HASH) is None
        assert clients.find(connection, client_id="shop") is None
        assert clients.sector_has_client(connection, sector="shop.example")
        assert list(clients.sectors(connection)) == ["shop.example"]
        assert logos.find(connection, client_id="shop") is None
    assert not redeem(database, code)
