"""Templates without a library: ``[[a sentence]]`` is said in the reader's language, ``${name}`` is filled in.

Whatever is filled in is escaped, unless it is :class:`Html` already; so text of people cannot become markup.
"""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from clients.demo.words import Words

FOLDER = Path(__file__).parent / "templates" / "forum"

_PLACE = re.compile(r"\[\[(?P<sentence>[^\]]+)\]\]|\$\{(?P<name>[a-z_]+)\}")


class Html(str):
    """Markup of ours."""

    __slots__ = ()

    @classmethod
    def joined(cls, parts: Iterable[Html]) -> Html:
        """Put pieces of markup one after another."""
        return cls("".join(parts))


def render(template: str, words: Words, /, **values: object) -> Html:
    """Fill a template of :data:`FOLDER`. Raises KeyError for a name that is not given."""

    def filled(place: re.Match[str]) -> str:
        if sentence := place["sentence"]:
            return escape(words(sentence))
        value = values[place["name"]]
        return value if isinstance(value, Html) else escape(str(value))

    return Html(_PLACE.sub(filled, (FOLDER / template).read_text(encoding="utf-8")))
