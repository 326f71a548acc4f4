"""`idp client change`: what an operator decides of a site after it was registered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import msgspec

from clients import changes
from clients.metadata import InvalidClientMetadata
from idp.cli import environment, registering
from idp.cli.output import Failure, confirm, show_json
from idp.store import clients as store

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from clients.changes import Difference
    from clients.client import Client
    from idp.settings import Settings


@click.command()
@click.argument("client_id")
@click.argument("file", required=False)
@click.option("--sector", help="The sector it has: say so where its new addresses do not show it.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@registering.json_with_file("Print JSON, which asks nothing; the FILE (or - for standard input) may be named here.")
def change(client_id: str, file: str | None, document: str | None, sector: str | None, *, yes: bool) -> None:
    """Change what a relying site is registered with.

    FILE (- for standard input) is a JSON object of the members to change; null takes one back to its default. The whole
    is judged anew, and nothing changes if anything is wrong with it. Asks where a running site may miss something.
    """
    as_json = document is not None
    if (file is None) is not bool(document):
        raise click.UsageError("Name one FILE with the members to change, or - for standard input.")
    chosen = environment.settings()
    patch = registering.from_file(document or file or "")
    with environment.database(chosen) as database, database.read() as connection:
        found = store.look_up(connection, client_id=client_id)
    if found is None:
        raise registering.unknown(client_id)
    after, secret = _judged(found[0], patch, chosen, sector=sector)
    differing = changes.differences(found[0], after)
    if missed := [_missed(each) for each in differing if each.takes]:
        confirm(f"A running {client_id} may miss {'; '.join(missed)}. Change it?", yes=yes, as_json=as_json)
    if differing:
        _keep(found, after, chosen)
    if as_json:
        show_json(registering.describe(after) | {"status": found[1]} | ({"client_secret": secret} if secret else {}))
        return
    _tell(differing, secret, found, chosen)


def _judged(
    before: Client, patch: Mapping[str, object], chosen: Settings, *, sector: str | None
) -> tuple[Client, str | None]:
    try:
        registration = changes.changed(before, patch, policy=registering.policy(chosen), sector=sector)
    except InvalidClientMetadata as invalid:
        raise registering.refused(invalid) from invalid
    return registering.with_secret(registration, client_id=before.client_id, held=before.secret_hash)


def _keep(found: tuple[Client, str], after: Client, chosen: Settings) -> None:
    """Store the change, unless what it was judged by is no longer there: the question may have waited long."""
    with environment.database(chosen) as database, database.write() as connection:
        if store.look_up(connection, client_id=after.client_id) != found:
            raise Failure(f"{after.client_id} was changed by somebody else meanwhile", "Look at it and try again.")
        try:
            store.replace(connection, after, now=environment.now())
        except store.ResourceTaken as taken:
            raise registering.resource_taken() from taken
    if after.logo_uri != found[0].logo_uri:
        registering.fetch_logo(after, chosen)


def _tell(differing: Sequence[Difference], secret: str | None, found: tuple[Client, str], chosen: Settings) -> None:
    client_id, status = found[0].client_id, found[1]
    for each in differing:
        click.echo(f"{each.member}: {_text(each.old)} → {_text(each.new)}")
    if secret:
        click.echo(f"client_secret: {secret}")
        registering.warn_of_secret()
    if not differing:
        click.echo(f"{client_id} is registered so already.")
    elif status == "active":
        click.echo(f"In effect within {chosen.oidc.client_cache_seconds:g} seconds.")
    else:
        click.echo(f"{client_id} stays {status}.")


def _missed(difference: Difference) -> str:
    if difference.lost:
        return f"{', '.join(map(_text, difference.lost))} of {difference.member}"
    return f"that {difference.member} was {_text(difference.old)}, not {_text(difference.new)}"


def _text(value: object) -> str:
    return "none" if value is None else msgspec.json.encode(value).decode()
