"""`idp client`: relying sites."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from clients.client import CLIENT_ID, SECRET_METHODS
from clients.secret import generate_secret
from idp.cli import client_change, environment, invitations, registering
from idp.cli.output import PAGE, Failure, as_json_option, confirm, page_option, say, show_json, show_page
from idp.store import clients as store

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clients.client import Client


@click.group()
def client() -> None:
    """Register, look up and change relying sites."""


for command in (*invitations.COMMANDS, client_change.change):
    client.add_command(command)


@client.command()
@click.argument("name", required=False)
@click.option("--redirect-uri", "redirect_uris", multiple=True, help="Where people return to; may be repeated.")
@click.option(
    "--post-logout-redirect-uri", "post_logout_uris", multiple=True, help="Where people return to after signing out."
)
@click.option("--scope", default="openid profile verified", show_default=True, help="What the site may ask for.")
@click.option(
    "--auth-method", "method", default="client_secret_basic", show_default=True, help="How the site authenticates."
)
@click.option("--alg", default="ES256", show_default=True, help="Signature of its ID tokens.")
@click.option("--require-verified", is_flag=True, help="Let in verified people only.")
@click.option("--require-age-over-18", is_flag=True, help="Let in adults only.")
@click.option("--client-id", help="Choose the id; made up if left out.")
@click.option("--sector", help="Sector of the pseudonyms; by default the host of the redirect URIs.")
@registering.json_with_file(
    "Print JSON; with a FILE (or - for standard input) also read OpenID client metadata from it."
)
@click.pass_context
def add(
    context: click.Context, /, document: str | None, client_id: str | None, sector: str | None, **given: Any
) -> None:
    """Register a relying site. Its secret is shown once and kept nowhere.

    With a FILE, the site's metadata comes from there alone; --client-id and --sector are yours to decide in any case.
    """
    if document:
        _refuse_beside_a_file(context, given)
    if client_id is not None and not CLIENT_ID.fullmatch(client_id):
        raise click.UsageError("--client-id takes 1 to 128 visible ASCII characters.")
    metadata = registering.from_file(document) if document else _from_options(given)
    chosen = environment.settings()
    registered, secret = registering.issue(metadata, chosen, client_id=client_id, sector=sector)
    with environment.database(chosen) as database, database.write() as connection:
        try:
            store.add(connection, registered, now=environment.now())
        except store.ClientExists as taken:
            raise Failure(f"there is a client {registered.client_id} already", "Choose another --client-id.") from taken
        except store.ResourceTaken as taken:
            raise registering.resource_taken() from taken
    if registered.logo_uri is not None:
        registering.fetch_logo(registered, chosen)
    answer = registering.describe(registered) | ({"client_secret": secret} if secret else {})
    if document is not None:
        show_json(answer)
        return
    for key, value in answer.items():
        click.echo(f"{key}: {value}")
    if secret:
        registering.warn_of_secret()


@client.command("list")
@click.option("--search", default="", help="Words in the id, the name or the sector.")
@page_option
@as_json_option
def list_clients(search: str, page: int, *, as_json: bool) -> None:
    """List relying sites, a page at a time."""
    chosen = environment.settings()
    with environment.database(chosen) as database, database.read() as connection:
        found, total = store.search(connection, words=search, limit=PAGE, offset=PAGE * (page - 1))
    rows = [
        {"client_id": each.client_id, "name": each.name, "sector": each.sector, "status": status}
        for each, status in found
    ]
    nothing = "No relying site fits." if search else "No relying site is registered."
    show_page(rows, page=page, total=total, as_json=as_json, empty=nothing)


@client.command("show")
@click.argument("client_id")
@as_json_option
def show_client(client_id: str, *, as_json: bool) -> None:
    """Show one relying site as registered, whether it is still let in or not."""
    chosen = environment.settings()
    with environment.database(chosen) as database, database.read() as connection:
        found = store.look_up(connection, client_id=client_id)
    if found is None:
        raise registering.unknown(client_id)
    shown, status = found
    answer = registering.describe(shown) | {"status": status}
    if as_json:
        show_json(answer)
        return
    for key, value in answer.items():
        click.echo(f"{key}: {value}")


@client.command()
@click.argument("client_id")
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json_option
def disable(client_id: str, *, yes: bool, as_json: bool) -> None:
    """Turn a relying site away from now on. Its people's pseudonyms stay theirs."""
    confirm(f"Nobody will be able to sign in at {client_id}. Disable it?", yes=yes, as_json=as_json)
    with environment.database(environment.settings()) as database, database.write() as connection:
        _active(store.look_up(connection, client_id=client_id), client_id)
        store.disable(connection, client_id=client_id, now=environment.now())
    say(f"{client_id} is turned away.", as_json=as_json, client_id=client_id, status="disabled")


@client.command()
@click.argument("client_id")
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json_option
def secret(client_id: str, *, yes: bool, as_json: bool) -> None:
    """Give a relying site a new secret, shown once; the old one ends at once."""
    confirm(f"The present secret of {client_id} will end at once. Replace it?", yes=yes, as_json=as_json)
    made = generate_secret()
    with environment.database(environment.settings()) as database, database.write() as connection:
        method = _active(store.look_up(connection, client_id=client_id), client_id).token_endpoint_auth_method
        if method not in SECRET_METHODS:
            raise Failure(f"{client_id} has no secret: it authenticates by {method}", "Nothing needs replacing here.")
        store.give_secret(connection, client_id=client_id, secret_hash=made.digest, now=environment.now())
    shown = made.reveal()
    say(f"client_secret: {shown}", as_json=as_json, client_id=client_id, client_secret=shown)
    if not as_json:
        registering.warn_of_secret()


def _active(found: tuple[Client, str] | None, client_id: str) -> Client:
    if found is None:
        raise registering.unknown(client_id)
    if found[1] != "active":
        raise Failure(f"{client_id} is {found[1]} already", "`idp client add` registers a site anew, under another id.")
    return found[0]


def _refuse_beside_a_file(context: click.Context, given: Mapping[str, Any]) -> None:
    """Refuse options that the file would overrule without a word."""
    typed = [name for name in given if context.get_parameter_source(name) is ParameterSource.COMMANDLINE]
    if typed:
        options = {parameter.name: parameter.opts[-1] for parameter in context.command.params}
        named = ", ".join(str(options[name]) for name in typed)
        raise click.UsageError(f"{named} beside a FILE: put it into the file.")


def _from_options(given: Mapping[str, Any]) -> dict[str, object]:
    if not given["name"] or not given["redirect_uris"]:
        raise click.UsageError("Give a NAME and at least one --redirect-uri, or --json FILE.")
    return {
        "client_name": given["name"],
        "redirect_uris": list(given["redirect_uris"]),
        "post_logout_redirect_uris": list(given["post_logout_uris"]),
        "scope": given["scope"],
        "token_endpoint_auth_method": given["method"],
        "id_token_signed_response_alg": given["alg"],
        "require_verified": given["require_verified"],
        "require_age_over_18": given["require_age_over_18"],
    }
