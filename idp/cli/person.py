"""`idp person`: who is registered, as far as an operator may see: nobody's name can be shown, for none is kept."""

from __future__ import annotations

import click

from idp.cli import environment
from idp.cli.output import PAGE, Failure, as_json_option, page_option, show_json, show_page
from idp.domain.assurance import Level
from idp.store import people


@click.group()
def person() -> None:
    """Look at the people registered here, as far as an operator may."""


@person.command("list")
@click.option("--level", type=click.Choice([each.value for each in Level]), help="Only people of this assurance level.")
@page_option
@as_json_option
def list_people(level: str | None, page: int, *, as_json: bool) -> None:
    """List people by their random id, a page at a time."""
    chosen = environment.settings()
    with environment.database(chosen) as database, database.read() as connection:
        found, total = people.search(connection, level=level, limit=PAGE, offset=PAGE * (page - 1))
    rows = [
        {
            "person_id": each.person_id,
            "status": each.status,
            "level": each.level,
            "verified_on": each.verified_on and each.verified_on.isoformat(),
        }
        for each in found
    ]
    show_page(rows, page=page, total=total, as_json=as_json, empty="Nobody is registered.")


@person.command()
@as_json_option
def seed(*, as_json: bool) -> None:
    """Make a verified person of the sandbox, with a passkey whose private key is printed. Refused in production.

    The JSON holds `credential` in the form that Chromium's virtual authenticator takes (CDP `WebAuthn.addCredential`).
    """
    from idp import services
    from idp.keyholder import Keyholder
    from idp.laboratory import EverybodyIsTaken, Laboratory

    chosen, now = environment.settings(), environment.now()
    if chosen.production or "http" in {chosen.registry.adapter, chosen.bank.adapter}:
        raise Failure(
            "people are made up only where nobody is real",
            "Set `production = false` and the simulators as adapters, in a place where no real person comes.",
        )
    keyring = Keyholder(environment.keyring(chosen), url=chosen.keys.url)
    with environment.database(chosen) as database:
        environment.bind_keys(database, keyring.keyring)
        built = services.build(chosen, database, keyring)
        try:
            made = Laboratory(database, built.proofing, built.erasure, chosen.host).seed(now=now)
        except EverybodyIsTaken as taken:
            raise Failure("everybody of the sandbox is somebody here already", "Start with a new database.") from taken
    if as_json:
        show_json({"person_id": made.person_id, "credential": made.credential})
        return
    click.echo(f"person_id: {made.person_id}")
    for name, value in made.credential.items():
        click.echo(f"{name}: {value}")
