"""Legal names, as the population register writes them.

A name is kept as it was entered, compared in a form that ignores how it was typed, and shown to its owner masked.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from idp.domain.errors import EntryError
from idp.domain.secrecy import LegalName

LONGEST_NAME = 128
"""Code points, after normalisation."""

DOT = "·"
"""The dot of the register, between the parts of a transcribed name (阿依古丽·买买提); U+00B7."""

_DOTS = re.compile("[.\u2022\u2027\u2219\u22c5\u30fb\u00b7]")
_SPACES = re.compile("[ \u00a0\u3000]+")

# Rare characters that GB 18030 kept at private code points until Unicode had a place for them. Names typed on old
# systems still carry them; the register, since the edition of 2022, does not.
_PRIVATE_USE = str.maketrans(
    {
        0xE816: 0x20087,
        0xE817: 0x20089,
        0xE818: 0x200CC,
        0xE81E: 0x9FB4,
        0xE826: 0x9FB5,
        0xE82B: 0x9FB6,
        0xE82C: 0x9FB7,
        0xE831: 0x215D7,
        0xE832: 0x9FB8,
        0xE83B: 0x2298F,
        0xE843: 0x9FB9,
        0xE854: 0x9FBA,
        0xE855: 0x241FE,
        0xE864: 0x9FBB,
    }
)

COMPOUND_SURNAMES = frozenset(
    re.findall(
        "..",
        "欧阳太史端木上官司马东方独孤南宫万俟闻人夏侯诸葛尉迟公羊赫连澹台皇甫宗政濮阳公冶"
        "太叔申屠公孙慕容仲孙钟离长孙宇文司徒鲜于司空闾丘子车亓官司寇巫马公西颛孙壤驷公良"
        "漆雕乐正宰父谷梁拓跋夹谷轩辕令狐段干百里呼延东郭南门羊舌微生梁丘左丘东门西门第五"
        "纳兰完颜",
    )
)
"""Surnames of two characters that are in use."""

# Python's character database is older than some ideographs in people's names (Extension H, Unicode 15): the planes
# set aside for ideographs are taken on trust.
_IDEOGRAPHIC_PLANES = range(0x20000, 0x40000)


class NameFault(StrEnum):
    """Why a name is refused."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    CHARACTERS = "characters"  # controls, direction overrides, invisible characters, halves of surrogate pairs
    PRIVATE_USE = "private_use"  # a character that only one font knows: a human has to look
    NO_LETTER = "no_letter"


class InvalidLegalName(EntryError[NameFault]):
    """The text is no name; ``reason`` says why."""


def parse(text: str) -> LegalName:
    """Read a name as entered: NFC, outer and repeated spaces dropped, otherwise untouched. Raises InvalidLegalName."""
    if len(text) > 4 * LONGEST_NAME:
        raise InvalidLegalName(NameFault.TOO_LONG)
    name = _SPACES.sub(" ", unicodedata.normalize("NFC", text.translate(_PRIVATE_USE))).strip(" ")
    if not name:
        raise InvalidLegalName(NameFault.EMPTY)
    if len(name) > LONGEST_NAME:
        raise InvalidLegalName(NameFault.TOO_LONG)
    for character in name:
        _require_visible(character)
    if not any(map(_is_letter, name)):
        raise InvalidLegalName(NameFault.NO_LETTER)
    return LegalName(name)


def comparison_form(name: LegalName) -> LegalName:
    """Return the form in which two writings of one name are equal: NFKC, every dot the same, no spaces."""
    return LegalName(_DOTS.sub(DOT, "".join(unicodedata.normalize("NFKC", name.reveal()).split())))


def same_name(one: LegalName, other: LegalName) -> bool:
    """Tell, in constant time, whether two names are one name written twice."""
    return comparison_form(one) == comparison_form(other)


def masked(name: LegalName) -> str:
    """Return what the person's own page shows: the first character and two stars, whatever the length (``王**``)."""
    return f"{name.reveal()[0]}**"


def split(name: LegalName) -> tuple[LegalName, LegalName] | None:
    """Return family name and given name where a name has only one reading; None otherwise.

    The register writes names whole. Two or three ideographs are one for the family and the rest given, unless they
    begin like a compound surname; four are two and two if they do. A transcribed name has no family name at all.
    """
    text = name.reveal()
    if not all(unicodedata.name(character, "").startswith("CJK UNIFIED") for character in text):
        return None
    compound = text[:2] in COMPOUND_SURNAMES
    if len(text) == 4 and compound:
        return LegalName(text[:2]), LegalName(text[2:])
    if len(text) in {2, 3} and not compound:
        return LegalName(text[:1]), LegalName(text[1:])
    return None


def _require_visible(character: str) -> None:
    category = unicodedata.category(character)
    if category == "Co":
        raise InvalidLegalName(NameFault.PRIVATE_USE)
    if category == "Cn" and ord(character) in _IDEOGRAPHIC_PLANES:
        return
    if category[0] == "C" or category in {"Zl", "Zp"}:
        raise InvalidLegalName(NameFault.CHARACTERS)


def _is_letter(character: str) -> bool:
    return unicodedata.category(character)[0] == "L" or ord(character) in _IDEOGRAPHIC_PLANES
