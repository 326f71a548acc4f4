"""`idp demo seed`: the demo's people and sites, made by the steps that real ones take."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clients.demo import registration, site_key
from idp import demo as people_of_the_demo
from idp import services
from idp.cli import environment
from idp.cli.output import Failure, as_json_option, show
from idp.cli.registering import issue
from idp.keyholder import Keyholder
from idp.store import clients

if TYPE_CHECKING:
    from collections.abc import Mapping

    from idp.settings import Settings
    from idp.store.database import Database

WRITTEN_FOR = ("http://localhost:9001", "http://localhost:9002")


@click.group()
def demo() -> None:
    """Fill a demonstration. Refused wherever the settings do not allow demo people."""


@demo.command()
@click.option("--folder", type=click.Path(path_type=Path), default=Path(), help="Where the sites' credentials go.")
@as_json_option
def seed(folder: Path, *, as_json: bool) -> None:
    """Register the two demo sites and verify the demo's people. Safe to run again."""
    chosen = environment.settings()
    if not chosen.demo.people:
        raise Failure("this is no demonstration", "Set `demo.people = true` in a place where no real person comes.")
    now = environment.now()
    keyring = Keyholder(environment.keyring(chosen), url=chosen.keys.url)
    with environment.database(chosen) as database:
        environment.bind_keys(database, keyring.keyring)
        sites = _register_sites(chosen, database, folder)
        built = services.build(chosen, database, keyring)
        for person in people_of_the_demo.PEOPLE:
            people_of_the_demo.make(person, database, built.proofing, now=now)
    rows = [{"kind": "site", "name": each} for each in sites]
    rows += [{"kind": "person", "name": each.key} for each in people_of_the_demo.PEOPLE]
    show(rows, as_json=as_json)


def _register_sites(chosen: Settings, database: Database, folder: Path) -> list[str]:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    bases = chosen.demo.sites if len(chosen.demo.sites) == len(WRITTEN_FOR) else WRITTEN_FOR
    key = site_key.load_or_create(folder / "forum.key")
    _register(registration.SHOP_ID, _moved(registration.SHOP, bases), chosen, database, folder / "shop.secret")
    _register(registration.FORUM_ID, _moved(registration.forum(key.jwks), bases), chosen, database, None)
    return [registration.SHOP_ID, registration.FORUM_ID]


def _register(
    client_id: str, metadata: Mapping[str, object], chosen: Settings, database: Database, secret_file: Path | None
) -> None:
    """Register a site, or put its registration right; a site whose secret is still in its file keeps it."""
    with database.read() as connection:
        known = clients.find(connection, client_id=client_id)
    client, secret = issue(metadata, chosen, client_id=client_id)
    keeps_secret = known is not None and secret_file is not None and secret_file.exists()
    if known is not None and keeps_secret:
        client = replace(client, secret_hash=known.secret_hash)
    with database.write() as connection:
        if known is None:
            clients.add(connection, client, now=environment.now())
        elif client != known:
            clients.replace(connection, client, now=environment.now())
    if secret_file is not None and secret is not None and not keeps_secret:
        secret_file.touch(mode=0o600)
        secret_file.write_text(secret)


def _moved(metadata: Mapping[str, object], bases: tuple[str, ...]) -> dict[str, object]:
    """Return metadata for sites that run elsewhere than it was written for."""
    return {name: _moved_value(value, bases) for name, value in metadata.items()}


def _moved_value(value: object, bases: tuple[str, ...]) -> object:
    if isinstance(value, list):
        return [_moved_value(each, bases) for each in value]
    if isinstance(value, str):
        for written, base in zip(WRITTEN_FOR, bases, strict=True):
            value = value.replace(written, base.rstrip("/"))
    return value
