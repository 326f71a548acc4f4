"""Code names: what a person goes by at one site, chosen by themselves and unlike everybody else's there.

A name is shown as entered (NFKC) and compared by its skeleton, so that ``alice``, ``Ａlice`` and ``ALlCE`` are one
name and the second comer has to choose another.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from idp.domain import code_name_words as words
from idp.domain.confusables import skeleton
from idp.domain.errors import EntryError

if TYPE_CHECKING:
    from random import Random

SHORTEST = 2
LONGEST = 24
"""Code points, after normalisation."""

MOST_DIGITS = 6
"""Fewer than a telephone, bank or resident number has: nobody shall publish theirs by mistake."""

MARKS = frozenset(" -_.'’·・")

_ALLOWED = (
    range(0x30, 0x3A),  # digits
    range(0x41, 0x5B),  # Latin
    range(0x61, 0x7B),
    range(0xC0, 0xD7),
    range(0xD8, 0xF7),
    range(0xF8, 0x180),
    range(0x1E00, 0x1E9C),
    range(0x1EA0, 0x1EFA),  # Latin of Vietnam
    range(0x3005, 0x3008),  # 々 〆 〇
    range(0x3041, 0x3097),  # Hiragana
    range(0x30A1, 0x30FB),  # Katakana
    range(0x30FC, 0x30FD),
    range(0x3400, 0x4DC0),  # Han
    range(0x4E00, 0xA000),
    range(0x20000, 0x323B0),
    range(0xAC00, 0xD7A4),  # Hangul
)


class CodeNameFault(StrEnum):
    """Why a code name is refused, in the order in which the rules are looked at."""

    TOO_LONG = "too_long"
    INVISIBLE = "invisible"  # controls, direction overrides, zero-width and private-use characters
    TOO_SHORT = "too_short"
    SPACES = "spaces"  # at the start, at the end, or two in a row
    CHARACTERS = "characters"  # not Han, Latin, digits, Kana, Hangul or one of the few marks
    MARKS = "marks"  # a mark that does not stand between two letters or digits
    DIGITS = "digits"  # no letter, or so many digits that it could be a number of the person's
    RESERVED = "reserved"
    ABUSIVE = "abusive"


class InvalidCodeName(EntryError[CodeNameFault]):
    """The text cannot be a code name; ``reason`` names the first rule it breaks."""


@dataclass(frozen=True, slots=True)
class CodeName:
    """A name to show, and the skeleton by which a site's names are told apart."""

    display: str
    skeleton: str


def parse(text: str) -> CodeName:
    """Read a code name as a person enters it. Raises InvalidCodeName."""
    if len(text) > 4 * LONGEST:
        raise InvalidCodeName(CodeNameFault.TOO_LONG)
    display = unicodedata.normalize("NFKC", text)
    fault = next((reason for reason, broken in RULES if broken(display)), None)
    if fault is not None:
        raise InvalidCodeName(fault)
    return CodeName(display, skeleton(display))


def suggest(random: Random, *, language: Literal["en", "zh"] | None = None) -> str:
    """Return a pleasant name to accept, such as ``Quiet Heron 42`` or ``安静的白鹭42``; without a language, of either.

    One of 144,000 in each language; whether it is free at a site is for the caller to see.
    """
    number = random.randrange(10, 100)
    if (language or random.choice(("en", "zh"))) == "en":
        return f"{random.choice(words.ENGLISH_ADJECTIVES)} {random.choice(words.ENGLISH_ANIMALS)} {number}"
    return f"{random.choice(words.CHINESE_ADJECTIVES)}的{random.choice(words.CHINESE_ANIMALS)}{number}"


def _is_too_long(name: str) -> bool:
    return len(name) > LONGEST


def _is_too_short(name: str) -> bool:
    return len(name) < SHORTEST


def _hides_something(name: str) -> bool:
    return any(unicodedata.category(one)[0] == "C" and not _is_allowed(one) for one in name)


def _has_stray_spaces(name: str) -> bool:
    return name != " ".join(name.split())


def _has_strange_characters(name: str) -> bool:
    return not all(one in MARKS or _is_allowed(one) for one in name)


def _has_stray_marks(name: str) -> bool:
    return name[0] in MARKS or name[-1] in MARKS or any({one, next_one} <= MARKS for one, next_one in pairwise(name))


def _could_be_a_number(name: str) -> bool:
    digits = sum(one.isdecimal() for one in name)
    return digits > MOST_DIGITS or digits == sum(one not in MARKS for one in name)


def _is_reserved(name: str) -> bool:
    return _lists(_RESERVED_WORDS, _RESERVED_FRAGMENTS, name)


def _is_abusive(name: str) -> bool:
    return _lists(_ABUSIVE_WORDS, _ABUSIVE_FRAGMENTS, name)


def _lists(listed: frozenset[str], fragments: frozenset[str], name: str) -> bool:
    whole = skeleton(name)
    alone = {skeleton(one) for one in re.split(r"[\W\d_]+", name)}
    return not listed.isdisjoint(alone | {whole}) or any(fragment in whole for fragment in fragments)


def _is_allowed(character: str) -> bool:
    return any(ord(character) in block for block in _ALLOWED)


_RESERVED_WORDS = frozenset(map(skeleton, words.RESERVED_WORDS))
_RESERVED_FRAGMENTS = frozenset(map(skeleton, words.RESERVED_FRAGMENTS))
_ABUSIVE_WORDS = frozenset(map(skeleton, words.ABUSIVE_WORDS))
_ABUSIVE_FRAGMENTS = frozenset(map(skeleton, words.ABUSIVE_FRAGMENTS))

RULES = (
    (CodeNameFault.INVISIBLE, _hides_something),
    (CodeNameFault.TOO_LONG, _is_too_long),
    (CodeNameFault.TOO_SHORT, _is_too_short),
    (CodeNameFault.SPACES, _has_stray_spaces),
    (CodeNameFault.CHARACTERS, _has_strange_characters),
    (CodeNameFault.MARKS, _has_stray_marks),
    (CodeNameFault.DIGITS, _could_be_a_number),
    (CodeNameFault.RESERVED, _is_reserved),
    (CodeNameFault.ABUSIVE, _is_abusive),
)
"""What breaks a name, in order; each predicate sees only names that break none before it."""
