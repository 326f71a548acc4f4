"""What of what we hold answers a request (OIDC4IDA §5.7): only what was wanted, and nothing where it does not fit.

There are no errors here. What is not held, or not as it is wanted, is left out: a claim alone, but the whole answer
where it is the verification that does not fit. Whatever is left without something it cannot be without, goes too.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from idp.oidc.verified_claims.request import Want

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from idp.oidc.verified_claims.request import Element, Wanted

NEEDS: Final = {
    "evidence": "type",
    "check_details": "check_method",
    "record": "type",
    "source": "name",
    "document_details": "type",
    "attestation": "type",
}
"""What an element cannot be without, by the schema of the answer; ``verification`` always has its framework."""

UNFILTERED: Final = "assurance_details"
"""Given whole where it is wanted, however it is wanted; it never stands in the way (OIDC4IDA §5.4)."""

_WHOLE: Final = Want()
_ABSENT: Final = object()


class _Unmet(Exception):
    """What is held is not what is wanted."""


@dataclass(frozen=True, slots=True)
class Held:
    """All that could be said of a person under one trust framework, in the form of an answer."""

    verification: Mapping[str, Any]
    claims: Mapping[str, Any]


def answer(wanted: Wanted, held: Sequence[Held], *, now: datetime) -> Any:
    """Return the member ``verified_claims``: an object, an array where an array was asked for, or None for nothing.

    ``held`` has the strongest first: an element is answered under one framework, the first that fits.
    """
    found = [each for each in (_first(element, held, now) for element in wanted.elements) if each is not None]
    if not found:
        return None
    return found if wanted.several else found[0]


def _first(element: Element, held: Iterable[Held], now: datetime) -> dict[str, Any] | None:
    return next((found for each in held if (found := _under(element, each, now)) is not None), None)


def _under(element: Element, held: Held, now: datetime) -> dict[str, Any] | None:
    claims = {name: held.claims[name] for name, want in element.claims.items() if _gives(want, held.claims, name, now)}
    if not claims:
        return None
    try:
        verification = _object(element.verification, held.verification, now)
    except _Unmet:
        return None
    framework = {"trust_framework": held.verification["trust_framework"]}
    return {"verification": framework | verification, "claims": claims}


def _gives(want: Want, claims: Mapping[str, Any], name: str, now: datetime) -> bool:
    return name in claims and _fits(want, claims[name], now)


def _taken(name: str, want: Want, held: Any, now: datetime) -> Any:
    """Return what of the element ``name`` is wanted, or `_ABSENT`. Raises `_Unmet`."""
    if held is _ABSENT:
        if want.restricts and name != UNFILTERED:
            raise _Unmet
        return _ABSENT
    if name == UNFILTERED:
        return held
    if not _fits(want, held, now):
        raise _Unmet
    if isinstance(held, list):
        return _array(name, want, held, now)
    if not isinstance(held, dict) or want.parts is None:
        return held
    found = _object(want, held, now)
    complete = NEEDS[name] in found if name in NEEDS else bool(found)
    return found if complete else _ABSENT


def _object(want: Want, held: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    parts = ((name, _taken(name, part, held.get(name, _ABSENT), now)) for name, part in (want.parts or {}).items())
    return {name: part for name, part in parts if part is not _ABSENT}


def _array(name: str, want: Want, held: list[Any], now: datetime) -> Any:
    """Return the items that fit an entry, each as the first such entry wants it."""
    entries = want.entries or (_WHOLE if want.parts is None else want,)
    fitting = [found for item in held if (found := _by_any(name, entries, item, now)) is not None]
    if not fitting:
        raise _Unmet
    return [found for found in fitting if found is not _ABSENT] or _ABSENT


def _by_any(name: str, entries: Iterable[Want], item: Any, now: datetime) -> Any:
    for entry in entries:
        try:
            return _taken(name, entry, item, now)
        except _Unmet:
            continue
    return None


def _fits(want: Want, held: Any, now: datetime) -> bool:
    if want.values is not None and _written(held) not in map(_written, want.values):
        return False
    return want.max_age is None or _is_at_most(want.max_age, held, now)


def _written(value: Any) -> str:
    """Write a value in one way: equal texts are equal values, and ``true`` is not ``1``."""
    return json.dumps(value, sort_keys=True)


def _is_at_most(seconds: float, held: Any, now: datetime) -> bool:
    """Tell whether a date or time is no older; a date lasts until its last second (OIDC4IDA §5.5.2)."""
    last = _last_second(held)
    return last is not None and (now - last).total_seconds() <= seconds


def _last_second(held: Any) -> datetime | None:
    try:
        if len(held) == len("YYYY-MM-DD"):
            return datetime.combine(date.fromisoformat(held), datetime.min.time(), UTC) + timedelta(days=1, seconds=-1)
        moment = datetime.fromisoformat(held)
    except (TypeError, ValueError, OverflowError):
        return None
    return moment if moment.tzinfo is not None else None
