"""Comparing notes: two sites lay everything they have about a person side by side and look for what joins it.

Equal values join two records unless everybody has them. A coarse value, such as a date, joins them as far as it is
rare: so each equal value is shown with how many of the other site's people it fits.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from clients.demo.records import Received

Record = dict[str, str]
"""Field name to value, both as text; fields of the ID token and of userinfo keep their origin in the name."""

CONSTANT = frozenset({"iss", "alg", "kid", "typ", "verified", "age_over_18", "acr", "amr"})
"""Claims with one value for everybody who gets in here."""
COARSE = frozenset({"assurance_level", "verified_on"})
"""Claims with few values, which tell people apart only where they are few."""
TIMES = frozenset({"iat", "exp"})
"""When somebody came, which every site sees by its own clock anyway; two visits in one second are chance."""
SHORTEST_ECHO = 6
"""Values shorter than this turn up inside others by chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One field, as this site and as the other site has it."""

    field: str
    ours: str | None
    theirs: str | None
    fits: int
    """How many of the other site's people have our value in this field."""
    of: int

    @property
    def equal(self) -> bool:
        """Whether both sites have the same value."""
        return self.ours is not None and self.ours == self.theirs

    @property
    def telling(self) -> bool:
        """Whether the equal value could lead from one record to the other."""
        name = _name(self.field)
        return self.equal and name not in CONSTANT | TIMES and (name not in COARSE or self.fits < self.of)

    @property
    def verdict(self) -> str:
        """One of ``differs``, ``telling``, ``common``, ``only-here`` and ``only-there``."""
        if self.ours is None or self.theirs is None:
            return "only-there" if self.ours is None else "only-here"
        if not self.equal:
            return "differs"
        return "telling" if self.telling else "common"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two records of one person, line by line, and our values that turned up anywhere else in their record."""

    lines: tuple[Line, ...]
    echoes: tuple[tuple[str, str], ...]
    """(our field, their field) where our value is inside theirs under another name."""

    @property
    def equal(self) -> int:
        """How many fields have the same value at both sites."""
        return sum(line.equal for line in self.lines)

    @property
    def differing(self) -> int:
        """How many fields both sites have, with different values."""
        return sum(line.verdict == "differs" for line in self.lines)

    @property
    def joined(self) -> bool:
        """Whether anything here could tell that the two records are of one person."""
        return bool(self.echoes) or any(line.telling for line in self.lines)


def record_of(received: Received) -> Record:
    """Flatten what a site received into fields."""
    parts: tuple[tuple[str, Mapping[str, Any]], ...] = (
        ("userinfo", received.userinfo),
        ("ID token", received.claims),
        ("ID token header", received.header),
        ("access token", {"SHA-256": received.access_token_hash}),
    )
    return {f"{part} · {name}": _text(value) for part, values in parts for name, value in values.items()}


def compare(ours: Record, theirs: Record, *, everybody: Sequence[Record]) -> Comparison:
    """Compare our record of a person with theirs; ``everybody`` is all the other site has, that record included."""
    fields = [*ours, *(field for field in theirs if field not in ours)]
    lines = tuple(
        Line(
            field=field,
            ours=ours.get(field),
            theirs=theirs.get(field),
            fits=sum(field in ours and record.get(field) == ours[field] for record in everybody),
            of=len(everybody),
        )
        for field in fields
    )
    return Comparison(lines=lines, echoes=tuple(_echoes(ours, theirs)))


def _echoes(ours: Record, theirs: Record) -> list[tuple[str, str]]:
    """Look for our values inside theirs under other names."""
    return [
        (field, other)
        for field, value in ours.items()
        for other, their_value in theirs.items()
        if _name(field) != _name(other) and len(value) >= SHORTEST_ECHO and value in their_value
    ]


def _name(field: str) -> str:
    """Give the claim's own name: ``sub`` is the same thing in userinfo and in the ID token."""
    return field.rpartition(" · ")[2]


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
