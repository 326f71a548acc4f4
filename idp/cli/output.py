"""How commands speak: tables for people, JSON for programs, and failures with a cure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


PAGE = 50
"""Rows to a page of a list."""
LAST_PAGE = 10**9
"""Beyond any list, and within what a database can count."""


class Failure(Exception):
    """Something an operator can mend. ``cure`` says how."""

    def __init__(self, what: str, cure: str) -> None:
        super().__init__(what)
        self.cure = cure


def as_json_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")(function)


def page_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--page``."""
    return click.option("--page", type=click.IntRange(1, LAST_PAGE), default=1, show_default=True)(function)


def show_page(
    rows: Sequence[Mapping[str, object]], *, page: int, total: int, as_json: bool, empty: str = "Nothing to show."
) -> None:
    """Print one page of a list, and say which it is where there are more. Raises Failure beyond the last."""
    last = max(1, -(-total // PAGE))
    if page > last:
        raise Failure(f"there is no page {page}", f"The last one is --page {last}.")
    show(rows, as_json=as_json, empty=empty)
    if last > 1 and not as_json:
        click.echo(f"page {page} of {last}; {total} in all", err=True)


def confirm(question: str, *, yes: bool, as_json: bool) -> None:
    """Ask before what cannot be undone, unless told ``--yes``; programs, which read JSON, are not asked."""
    if yes:
        return
    if as_json:
        raise click.UsageError("With --json nothing is asked: give --yes as well.")
    click.confirm(question, abort=True, err=True)


def say(words: str, *, as_json: bool, **content: object) -> None:
    """Print a sentence for people, or what it says as JSON."""
    if as_json:
        show_json(content)
    else:
        click.echo(words)


def show_failure(what: str, cure: str, *, as_json: bool) -> None:
    """Tell what went wrong and the cure, on standard error: two lines, or one JSON document."""
    if as_json:
        click.echo(msgspec.json.encode({"error": {"what": what, "cure": cure}}), err=True)
        return
    click.echo(f"idp: {what}", err=True)
    click.echo(f"     {cure}", err=True)


def words_for(refused: OSError) -> str:
    """Say what the operating system would not do, and with which file."""
    reason = refused.strerror or type(refused).__name__
    return f"{refused.filename}: {reason}" if refused.filename else reason


def show(rows: Sequence[Mapping[str, object]], *, as_json: bool, empty: str = "Nothing to show.") -> None:
    """Print rows that all have the same members."""
    if as_json:
        show_json(rows)
        return
    if not rows:
        click.echo(empty)
        return
    columns = list(rows[0])
    cells = [[str("" if row[column] is None else row[column]) for column in columns] for row in rows]
    widths = [max(len(text) for text in (name, *(line[at] for line in cells))) for at, name in enumerate(columns)]
    for line in ([name.replace("_", " ") for name in columns], *cells):
        click.echo("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip())


def show_json(content: object) -> None:
    """Print one JSON document."""
    click.echo(msgspec.json.format(msgspec.json.encode(content), indent=2).decode())
