"""`idp db`: the schema."""

from __future__ import annotations

import click

from idp.cli import environment
from idp.cli.output import Failure, as_json_option, say
from idp.store import migrate


@click.group()
def db() -> None:
    """Look after the database."""


@db.command()
@as_json_option
def upgrade(*, as_json: bool) -> None:
    """Bring the database to this release's schema. Safe to run again."""
    chosen = environment.settings()
    with environment.database(chosen, ready=False) as database:
        environment.refuse_newer_schema(database)
        migrate.upgrade(database)
    say(f"The database has schema {migrate.head()}.", as_json=as_json, schema=migrate.head())


@db.command()
@as_json_option
def check(*, as_json: bool) -> None:
    """Compare the database with this release: exit code 1 if anything differs."""
    chosen = environment.settings()
    with environment.database(chosen) as database, database.read() as connection:
        differing = migrate.differences(connection)
    if differing:
        lines = "\n     ".join(str(each) for each in differing)
        raise Failure(f"the database differs from this release:\n     {lines}", "Restore it, or report the difference.")
    say(f"The database has schema {migrate.head()}, exactly.", as_json=as_json, schema=migrate.head(), exact=True)
