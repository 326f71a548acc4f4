"""The operators' command: `idp`.

Owns arguments, output (tables, or ``--json``, for failures too), exit codes (0 done, 1 refused or failed, 2 wrong
usage) and the words of errors. Every command calls a service or a store function; never imports Flask or SQLAlchemy,
nor holds a rule.

Invariant: a command imports what it needs when it runs, so that asking for help does not load a database.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module

import click

from idp.cli.output import Failure, show_failure

COMMANDS = {
    "serve": "serve",
    "db": "db",
    "keys": "keys",
    "client": "client",
    "person": "person",
    "config": "config",
    "doctor": "doctor",
    "purge": "serve",
    "worker": "worker",
    "outbox": "worker",
    "demo": "demo",
}
"""Command → the module of this package that has it under its own name."""


class _Commands(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"idp.cli.{COMMANDS[cmd_name]}"), cmd_name)
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="yufu", prog_name="idp")
def idp() -> None:
    """Run and look after Yufu, the internet ID card."""


def main() -> None:
    """Run the command line; every foreseen failure is what is wrong, and the cure; with --json as JSON."""
    os.umask(0o077)  # databases, keys and secrets are for us alone
    as_json = "--json" in sys.argv
    try:
        idp(standalone_mode=False)
    except click.UsageError as wrong:
        if as_json:
            show_failure(
                wrong.format_message(), "`idp --help`, and --help after a command, tell the usage.", as_json=True
            )
        else:
            wrong.show()
        sys.exit(wrong.exit_code)
    except click.ClickException as wrong:
        show_failure(wrong.format_message(), as_json=as_json)
        sys.exit(wrong.exit_code)
    except click.Abort:
        show_failure("stopped; nothing was done", as_json=as_json)
        sys.exit(1)
    except Failure as failure:
        show_failure(str(failure), failure.cure, as_json=as_json)
        sys.exit(1)
