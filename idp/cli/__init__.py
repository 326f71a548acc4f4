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
from itertools import takewhile
from typing import TYPE_CHECKING

import click

from idp.cli.output import Failure, show_failure, words_for

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    arguments = sys.argv[1:]
    as_json = any(each.partition("=")[0] == "--json" for each in takewhile(lambda word: word != "--", arguments))
    try:
        _demand_text(arguments)
        idp(standalone_mode=False)
    except click.UsageError as wrong:
        if not as_json:
            wrong.show()
            sys.exit(wrong.exit_code)
        cure = "`idp --help`, and --help after a command, tell the usage."
        show_failure(wrong.format_message(), cure, as_json=True)
        sys.exit(wrong.exit_code)
    except (Failure, OSError, click.ClickException, click.Abort) as failed:
        if isinstance(failed, BrokenPipeError):  # whoever read our output has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        else:
            show_failure(*_told(failed), as_json=as_json)
        sys.exit(1)


def _demand_text(arguments: Sequence[str]) -> None:
    """Refuse arguments that are no text: neither a database nor an answer could hold them."""
    for place, each in enumerate(arguments, start=1):
        try:
            each.encode()
        except UnicodeEncodeError as undecodable:
            raise click.UsageError(f"Argument {place} is not UTF-8.") from undecodable


def _told(failed: Failure | OSError | click.ClickException | click.Abort) -> tuple[str, str]:
    """Return what is wrong, and the cure."""
    match failed:
        case Failure():
            return str(failed), failed.cure
        case OSError():
            return words_for(failed), "Check the path, its owner and its rights."
        case click.ClickException():
            return failed.format_message(), "--help after the command tells what it takes."
        case _:
            return "stopped before the end", "Run it again; --yes answers what a command asks."
