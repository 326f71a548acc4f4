"""`idp client invite` and its like: who may register sites without an operator at hand (RFC 7591 §3)."""

from __future__ import annotations

from datetime import timedelta

import click

from idp.cli import environment
from idp.cli.output import PAGE, Failure, as_json_option, page_option, say, show_page


@click.command()
@click.option("--label", required=True, help="Whom it is for; it is listed and revoked by it.")
@click.option("--uses", type=click.IntRange(1, 10_000), default=1, show_default=True, help="Registrations it allows.")
@click.option("--days", type=click.IntRange(1, 3650), default=7, show_default=True, help="Days until it ends.")
@as_json_option
def invite(label: str, uses: int, days: int, *, as_json: bool) -> None:
    """Make a token to register sites with. It is shown once and kept nowhere."""
    from clients.secret import generate_secret
    from idp.store import invitations as store

    if not 0 < len(label) <= 64 or not label.isprintable():
        raise click.UsageError("--label takes 1 to 64 printable characters.")
    now, token = environment.now(), generate_secret()
    made = store.Invitation(token.digest, label, uses, (now + timedelta(days=days)).date())
    with environment.database(environment.settings()) as database, database.write() as connection:
        store.add(connection, made, now=now)
    shown = token.reveal()
    say(
        f"initial_access_token: {shown}",
        as_json=as_json,
        initial_access_token=shown,
        label=label,
        uses=uses,
        until=made.until_on.isoformat(),
    )
    if not as_json:
        click.echo("Hand it over now: it is shown this once.", err=True)


@click.command()
@page_option
@as_json_option
def invitations(page: int, *, as_json: bool) -> None:
    """List the tokens to register sites with, fifty to a page; the tokens themselves are kept nowhere."""
    from idp.store import invitations as store

    with environment.database(environment.settings()) as database, database.read() as connection:
        found, total = store.listed(connection, limit=PAGE, offset=PAGE * (page - 1))
    rows = [{"label": each.label, "uses_left": each.uses_left, "until": each.until_on.isoformat()} for each in found]
    show_page(rows, page=page, total=total, as_json=as_json, empty="Nobody is invited.")


@click.command()
@click.argument("label")
@as_json_option
def uninvite(label: str, *, as_json: bool) -> None:
    """Take back every token of a label. Sites that registered by one stay."""
    from idp.store import invitations as store

    with environment.database(environment.settings()) as database, database.write() as connection:
        gone = store.revoke(connection, label=label, now=environment.now())
    if not gone:
        raise Failure(f"nobody is invited as {label}", "`idp client invitations` shows who is.")
    say(f"{gone} taken back.", as_json=as_json, label=label, revoked=gone)


@click.command("refresh-logo")
@click.argument("client_id")
@as_json_option
def refresh_logo(client_id: str, *, as_json: bool) -> None:
    """Fetch a site's logo anew. Where that fails, pages show its initial."""
    from idp import services
    from idp.oidc.logos import Logos
    from idp.store import clients

    chosen = environment.settings()
    with environment.database(chosen) as database:
        with database.read() as connection:
            found = clients.find(connection, client_id=client_id)
        if found is None:
            raise Failure(f"there is no client {client_id}", "`idp client list` shows those there are.")
        shown = Logos(database, services.build_outbound(chosen)).refresh(found, now=environment.now())
    say("Its logo is shown." if shown else "Its initial is shown.", as_json=as_json, client_id=client_id, logo=shown)


COMMANDS = (invite, invitations, uninvite, refresh_logo)
