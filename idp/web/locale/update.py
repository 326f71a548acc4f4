"""Bring the catalogue up to date with the source: `python -m idp.web.locale.update`.

Adds new English strings without a translation, drops those that are no longer used, and lists what is untranslated.
Only those need work in `zh_CN.po`. Exits with 1 while any is left.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import click
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

import templates

IDP: Final = Path(__file__).parents[2]
CATALOGUE: Final = Path(__file__).parent / "zh_CN.po"

KEYWORDS: Final = {"_": None, "gettext": None, "gettext_noop": None, "ngettext": (1, 2)}
JINJA_OPTIONS: Final = {"**.html": {"trimmed": "true", "silent": "false"}}


def extract() -> Catalog:
    """Return every English string in the templates and in `idp`, with the files that use it."""
    found = Catalog(locale="zh_CN")
    sources = ((templates.FOLDER, "templates", "**.html", "jinja2"), (IDP, "idp", "**.py", "python"))
    for folder, name, pattern, method in sources:
        strings = extract_from_dir(
            folder,
            method_map=[(pattern, method)],
            options_map=JINJA_OPTIONS,
            keywords=KEYWORDS,
            comment_tags=["Translators:"],
            strip_comment_tags=True,
        )
        for file, _line, message, comments, _context in sorted(strings, key=lambda found: found[:2]):
            found.add(message, locations=[(f"{name}/{file}", 0)], auto_comments=comments)
    return found


def read(path: Path = CATALOGUE) -> Catalog:
    """Return the catalogue as it lies on disk; a malformed file raises `babel.messages.pofile.PoFileError`."""
    with path.open("rb") as file:
        return read_po(file, locale="zh_CN", abort_invalid=True)


def merge(found: Catalog, known: Catalog) -> Catalog:
    """Return the strings of `found` with the translations of `known`, in the order of the source."""
    for message in found:
        before = known.get(message.id) if message.id else None
        if before is not None and before.pluralizable == message.pluralizable:
            message.string = before.string
            message.user_comments = before.user_comments
    return found


def write(catalogue: Catalog, path: Path = CATALOGUE) -> None:
    """Write without dates, line numbers or a header that changes, so that a diff shows words only."""
    with path.open("wb") as file:
        file.write(b"# The words of Yufu in Simplified Chinese; kept complete by `python -m idp.web.locale.update`.\n")
        write_po(file, catalogue, width=120, omit_header=True, include_lineno=False, ignore_obsolete=True)


def is_translated(message: Message) -> bool:
    """Tell whether every form has words that are nobody's guess."""
    forms = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
    return bool(forms) and all(forms) and not message.fuzzy


def main() -> None:
    """Update the file and say what is left to do."""
    catalogue = merge(extract(), read())
    write(catalogue)
    left = [message for message in catalogue if message.id and not is_translated(message)]
    for message in left:
        click.echo(f"{', '.join(file for file, _line in message.locations)}: {message.id!r}")
    click.echo(f"{len(catalogue)} strings, {len(left)} without a translation in {CATALOGUE.name}")
    sys.exit(1 if left else 0)


if __name__ == "__main__":
    main()
