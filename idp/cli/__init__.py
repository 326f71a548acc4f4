"""The operators' command: `idp`.

Owns arguments, output (tables, or ``--json``), exit codes (0 done, 1 refused or failed, 2 wrong usage) and the words of
errors. Every command calls a service or a store function. Never imports the web's views.

Invariant: no command holds a rule, and none prints what the online processes could not read.
"""

from __future__ import annotations

import os
import sys

import click

from idp.cli.client import client
from idp.cli.config import config
from idp.cli.db import db
from idp.cli.demo import demo
from idp.cli.doctor import doctor
from idp.cli.keys import keys
from idp.cli.output import Failure
from idp.cli.person import person
from idp.cli.serve import purge, serve


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="yufu", prog_name="idp")
def idp() -> None:
    """Run and look after Yufu, the internet ID card."""


for command in (serve, db, keys, client, person, demo, config, doctor, purge):
    idp.add_command(command)


def main() -> None:
    """Run the command line; every foreseen failure is two lines: what is wrong, and the cure."""
    os.umask(0o077)  # databases, keys and secrets are for us alone
    try:
        idp(standalone_mode=False)
    except click.ClickException as wrong:
        wrong.show()
        sys.exit(wrong.exit_code)
    except click.Abort:
        click.echo("Stopped; nothing was done.", err=True)
        sys.exit(1)
    except Failure as failure:
        click.echo(f"idp: {failure}", err=True)
        if failure.cure:
            click.echo(f"     {failure.cure}", err=True)
        sys.exit(1)
