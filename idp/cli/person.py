"""`idp person`: who is registered, as far as an operator may see: nobody's name can be shown, for none is kept."""

from __future__ import annotations

import click

from idp.cli import environment
from idp.cli.output import PAGE, as_json_option, page_option, show_page
from idp.store import people


@click.group()
def person() -> None:
    """Look at the people registered here, as far as an operator may."""


@person.command("list")
@click.option("--level", help="Only people of this assurance level.")
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
