"""The life of signing keys: coming → current → retiring → gone, as a pure function over what is known of each key.

Times make it safe for sites that cache the key set: a key is published for longer than a cached set lives before it
signs its first token, and stays published until the last token it signed has expired.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from keys.errors import RotationRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

JWKS_MAX_AGE = timedelta(seconds=300)
"""How long sites may cache the key set: the ``max-age`` it is served with."""
MARGIN = timedelta(seconds=60)
"""Covers clocks, and workers that reopen a little late."""
LEAD = JWKS_MAX_AGE + MARGIN
"""How long a key is published before its first use, unless sites may cache the key set for longer."""
LONGEST_TOKEN = timedelta(hours=24)
"""No token that is signed here lives longer."""
AFTERLIFE = LONGEST_TOKEN + LEAD
"""How long a retired key stays published; a worker that reopens late may have used it a little longer."""


class State(StrEnum):
    """Where a key stands; all but ``gone`` are published."""

    COMING = "coming"
    CURRENT = "current"
    RETIRING = "retiring"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class KeyInfo:
    """What is known of a key, apart from the key.

    ``since`` is when its present state began; ``until`` the earliest end of it: when a coming key may first be used,
    when a retiring key may go. A current key has none.
    """

    kid: str
    alg: str
    state: State
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rotation:
    """The keys afterwards, and those that have changed, each in the state it has now."""

    keys: tuple[KeyInfo, ...]
    changes: tuple[KeyInfo, ...]


def start(alg: str, *, now: datetime, new_kid: Callable[[str], str], lead: timedelta = LEAD) -> tuple[KeyInfo, KeyInfo]:
    """Return the first two keys of an algorithm: no site can have cached a set without the one that is used at once."""
    return KeyInfo(new_kid(alg), alg, State.CURRENT, now), _coming(alg, now=now, new_kid=new_kid, lead=lead)


def rotate(
    keys: Iterable[KeyInfo],
    *,
    now: datetime,
    new_kid: Callable[[str], str],
    alg: str | None = None,
    emergency: bool = False,
    lead: timedelta = LEAD,
    wanted: Iterable[str] = (),
) -> Rotation:
    """Move every algorithm, or only ``alg``, one step on; a key whose time has not come is left as it is.

    An algorithm of ``wanted`` that has no key yet starts; no site has asked for it before.

    ``lead`` is how long a key has to be published before it signs, also one that was promised a shorter wait.
    ``emergency`` is for keys that may be in wrong hands: every key of the algorithm goes at once, and new ones start.
    ``RotationRefused`` if ``now`` lies before something that has already happened.
    """
    before = tuple(keys)
    if any(now < key.since for key in before):
        raise RotationRefused("the clock stands before the last rotation; set it right and try again")
    algorithms = dict.fromkeys([*(key.alg for key in before), *wanted] if alg is None else [alg])
    after: list[KeyInfo] = [key for key in before if key.alg not in algorithms]
    changes: list[KeyInfo] = []
    for each in algorithms:
        mine = [key for key in before if key.alg == each]
        if emergency or not mine:
            stepped = [*(replace(key, state=State.GONE, since=now, until=None) for key in mine)]
            stepped += start(each, now=now, new_kid=new_kid, lead=lead)
        else:
            stepped = _step(mine, now=now, new_kid=new_kid, lead=lead)
        after += [key for key in stepped if key.state is not State.GONE]
        changes += [key for key in stepped if key not in mine]
    return Rotation(tuple(after), tuple(changes))


def _step(keys: list[KeyInfo], *, now: datetime, new_kid: Callable[[str], str], lead: timedelta) -> list[KeyInfo]:
    """Move the keys of one algorithm on: at most one is promoted, and one is always on its way."""
    ripe = any(key.state is State.COMING and _over(key, now) and now - key.since >= lead for key in keys)
    stepped = [_next(key, now=now, ripe=ripe) for key in keys]
    if ripe:
        stepped.append(_coming(keys[0].alg, now=now, new_kid=new_kid, lead=lead))
    return stepped


def _next(key: KeyInfo, *, now: datetime, ripe: bool) -> KeyInfo:
    match key.state:
        case State.COMING if ripe:
            return replace(key, state=State.CURRENT, since=now, until=None)
        case State.CURRENT if ripe:
            return replace(key, state=State.RETIRING, since=now, until=now + AFTERLIFE)
        case State.RETIRING if _over(key, now):
            return replace(key, state=State.GONE, since=now, until=None)
    return key


def _coming(alg: str, *, now: datetime, new_kid: Callable[[str], str], lead: timedelta) -> KeyInfo:
    return KeyInfo(new_kid(alg), alg, State.COMING, now, now + lead)


def _over(key: KeyInfo, now: datetime) -> bool:
    return key.until is not None and now >= key.until
