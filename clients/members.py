"""Reading submitted JSON members with their types, and keeping count of what is wrong instead of stopping at it."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping


class Members:
    """The members of one submitted document, and the faults found so far.

    Each reader gives the member's value, or its default where it is absent or at fault. A null counts as absent.
    """

    def __init__(self, submitted: Mapping[str, object]) -> None:
        self.submitted = {member: value for member, value in submitted.items() if value is not None}
        self.faults: list[tuple[str, str]] = []

    def fault(self, member: str, words: str) -> None:
        """Note a fault: words that continue the member's name."""
        self.faults.append((member, words))

    def text(self, member: str, *, longest: int) -> str | None:
        """Read a line of text for people: composed, trimmed, and without characters that steer its display."""
        if member not in self.submitted:
            return None
        value = self.submitted[member]
        text = unicodedata.normalize("NFC", value).strip() if isinstance(value, str) else ""
        if not 0 < len(text) <= longest:
            self.fault(member, f"is not a text of 1 to {longest} characters")
        elif any(unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} for character in text):
            self.fault(member, "has control or invisible characters")
        else:
            return text
        return None

    def choice(self, member: str, among: Collection[str], *, default: str) -> str:
        """Read one of the values that are offered."""
        value = self.submitted.get(member, default)
        if isinstance(value, str) and value in among:
            return value
        self.fault(member, f"is not one of: {' '.join(among)}")
        return default

    def flag(self, member: str, *, default: bool) -> bool:
        """Read true or false."""
        value = self.submitted.get(member, default)
        if isinstance(value, bool):
            return value
        self.fault(member, "is not true or false")
        return default

    def number(self, member: str, *, largest: int) -> int | None:
        """Read a whole number from 0 on."""
        value = self.submitted.get(member)
        if value is None:
            return None
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= largest:
            return value
        self.fault(member, f"is not a whole number from 0 to {largest}")
        return None

    def words(self, member: str, among: Collection[str], *, default: tuple[str, ...]) -> tuple[str, ...]:
        """Read a space-separated list of values that are offered (RFC 6749 §3.3), each once."""
        value = self.submitted.get(member)
        if value is None:
            return default
        words = tuple(dict.fromkeys(value.split(" "))) if isinstance(value, str) else ()
        if words and all(word in among for word in words):
            return words
        self.fault(member, f"is not a space-separated list out of: {' '.join(among)}")
        return default

    def items(self, member: str, judge: Callable[[object], str | None], *, most: int) -> tuple[str, ...]:
        """Read a list of texts; ``judge`` says in words what is wrong with one, or None."""
        value = self.submitted.get(member, [])
        if not isinstance(value, list) or len(value) > most:
            self.fault(member, f"is not a list of at most {most} items")
            return ()
        faults = [f"item {place} {fault}" for place, each in enumerate(value, start=1) if (fault := judge(each))]
        if not faults and len(set(value)) < len(value):
            faults = ["has an item twice"]
        for fault in faults:
            self.fault(member, fault)
        return () if faults else tuple(value)
