"""Words for people: written in English where they belong, translated by the page that shows them."""

from __future__ import annotations


def mark(message: str) -> str:
    """Mark a text for the catalogue and return it as it is. Import it as ``_``, so that extraction finds it."""
    return message
