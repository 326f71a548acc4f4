"""`idp config`: the settings in force, without secrets."""

from __future__ import annotations

import click

from idp import settings as configuration
from idp.cli import environment
from idp.cli.output import as_json_option, say, show


@click.group()
def config() -> None:
    """Look at the settings."""


@config.command("show")
@as_json_option
def show_config(*, as_json: bool) -> None:
    """Show every setting in force, without secrets."""
    chosen = environment.settings()
    rows = [{"setting": name, "value": str(value)} for name, value in configuration.values(chosen)]
    show(rows, as_json=as_json)


@config.command()
@as_json_option
def check(*, as_json: bool) -> None:
    """Check the settings; exit code 1 and every fault at once if they cannot be used."""
    environment.settings()
    say("The settings can be used.", as_json=as_json, usable=True)
