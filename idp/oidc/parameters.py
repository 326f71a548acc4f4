"""One strict reader for query strings and form bodies (RFC 6749 §3.1, §3.2).

Each name counts once, text is UTF-8 or refused, sizes are capped before anything is decoded, and a parameter without a
value is as good as absent.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from idp.value import Value

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_BYTES = 64 * 1024
MAX_PARAMETERS = 200
MAX_VALUE = 16 * 1024


class UnreadableParameters(Exception):
    """The query or body is too large, has too many parts, or is not UTF-8; nothing in it can be trusted."""


class Parameters(Value, frozen=True):
    """Decoded parameters, and the names that came more than once (their first value is kept, to be refused later)."""

    values: Mapping[str, str]
    repeated: frozenset[str] = frozenset()

    def get(self, name: str) -> str | None:
        """Return the value of ``name`` or None."""
        return self.values.get(name)


def parse(raw: bytes) -> Parameters:
    """Read ``application/x-www-form-urlencoded`` bytes. Raises :class:`UnreadableParameters`."""
    if len(raw) > MAX_BYTES:
        raise UnreadableParameters("too large")
    parts = raw.split(b"&")
    if len(parts) > MAX_PARAMETERS:
        raise UnreadableParameters("too many parameters")
    values: dict[str, str] = {}
    repeated: set[str] = set()
    for part in parts:
        name, _, value = part.partition(b"=")
        if not value:
            continue
        key = _name(name)
        if key in values:
            repeated.add(key)
        else:
            values[key] = _decode(value)
    return Parameters(values, frozenset(repeated))


@lru_cache(maxsize=256)
def _name(part: bytes) -> str:
    """Decode a name: the same few come with every request."""
    return _decode(part)


def _decode(part: bytes) -> str:
    if len(part) > MAX_VALUE:
        raise UnreadableParameters("a parameter is too long")
    part = part.replace(b"+", b" ")
    if part.find(b"%") >= 0:  # `in` tries bytes for a number first, at the price of an exception
        part = unquote_to_bytes(part)
    try:
        text = part.decode("utf-8")
    except UnicodeDecodeError:
        raise UnreadableParameters("not UTF-8") from None
    if "\0" in text:
        raise UnreadableParameters("NUL in a parameter")
    return text
