"""The citizen identification number of the People's Republic of China (GB 11643-1999).

Eighteen characters ``AAAAAA YYYYMMDD SSS C``: the division that issued it (GB/T 2260 as of that day), the date of
birth, an order code, and a check character (ISO 7064 MOD 11-2). The older form of fifteen digits, ``AAAAAA YYMMDD SSS``
(GB 11643-1989), is read and completed. Since 2018 the residence permits for Hong Kong, Macau and Taiwan people (81, 82,
83), and since 2023 the foreign permanent resident's card (9, province, nationality), carry numbers of the same form.

Every rule but the region is decisive. Regions only warn: divisions are renamed, merged and added faster than any table
follows, and no honest person should be turned away for where they were born.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from idp.domain.errors import EntryError
from idp.domain.secrecy import Private, ResidentId

LONGEST_ENTRY = 64
"""Code points that are looked at before anything is folded; generous for separators."""

OLDEST_AGE = 130
"""Completed years."""

SANDBOX_PREFIX = "99"
"""No province, and as a permanent resident's card it would stand for a province that does not exist."""

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"

# Order codes that the 1989 form kept for people a hundred years old: born in the 1800s. The revision of 1999 writes
# the century out and has no such rule.
CENTENARIANS = frozenset({"996", "997", "998", "999"})

MAINLAND = {
    "11": "Beijing",
    "12": "Tianjin",
    "13": "Hebei",
    "14": "Shanxi",
    "15": "Inner Mongolia",
    "21": "Liaoning",
    "22": "Jilin",
    "23": "Heilongjiang",
    "31": "Shanghai",
    "32": "Jiangsu",
    "33": "Zhejiang",
    "34": "Anhui",
    "35": "Fujian",
    "36": "Jiangxi",
    "37": "Shandong",
    "41": "Henan",
    "42": "Hubei",
    "43": "Hunan",
    "44": "Guangdong",
    "45": "Guangxi",
    "46": "Hainan",
    "50": "Chongqing",
    "51": "Sichuan",
    "52": "Guizhou",
    "53": "Yunnan",
    "54": "Tibet",
    "61": "Shaanxi",
    "62": "Gansu",
    "63": "Qinghai",
    "64": "Ningxia",
    "65": "Xinjiang",
}
REGIONS = MAINLAND | {"71": "Taiwan", "81": "Hong Kong", "82": "Macau", "83": "Taiwan (residence permit)"}

_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015\u2212]+")
_SHAPE = re.compile(r"[0-9]{15}|[0-9]{17}[0-9X]")


class ResidentIdFault(StrEnum):
    """Why a number is refused, in the order in which the rules are looked at."""

    LENGTH = "length"
    CHARACTERS = "characters"
    SANDBOX = "sandbox"  # a test number where real people are verified
    NOT_SANDBOX = "not_sandbox"  # a number that may belong to a real person where tests are run
    DATE = "date"
    FUTURE = "future"
    TOO_OLD = "too_old"
    CHECK_CHARACTER = "check_character"


class ResidentIdWarning(StrEnum):
    """What a reviewer may want to know of a number that is accepted."""

    UNKNOWN_REGION = "unknown_region"  # its first digits stand for no province, territory or permit we know of
    HISTORIC_FORM = "historic_form"  # entered with fifteen digits, from a card that expired by 2013


class InvalidResidentId(EntryError[ResidentIdFault]):
    """The text is no resident number; ``reason`` names the first rule it breaks."""


@dataclass(frozen=True, slots=True)
class ResidentNumber:
    """A valid number: its canonical form, what was typed, and the date of birth it states."""

    number: ResidentId
    entered_form: Private
    born_on: date = field(repr=False)
    warnings: tuple[ResidentIdWarning, ...] = ()


def canonicalise(text: str) -> str:
    """Fold full-width characters, drop spaces and hyphens, write the check character as ``X``. Judges nothing."""
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper()


def well_formed(text: str) -> ResidentId:
    """Return the canonical eighteen characters by the rules that need no calendar. Raises InvalidResidentId."""
    compact = _shaped(text)
    _birth_date(compact)
    return _completed(compact)


def parse(text: str, *, on: date) -> ResidentNumber:
    """Read a number as a person enters it, judged as of the day ``on`` (GB 11643-1999). Raises InvalidResidentId."""
    compact = _shaped(text)
    born_on = _birth_date(compact)
    if born_on > on:
        raise InvalidResidentId(ResidentIdFault.FUTURE)
    if _completed_years(born_on, on) > OLDEST_AGE:
        raise InvalidResidentId(ResidentIdFault.TOO_OLD)
    number = _completed(compact)
    return ResidentNumber(number, Private(text), born_on, _warnings(compact))


def admit(text: str, *, on: date, sandbox: bool) -> ResidentNumber:
    """Read a number where it counts: a sandbox takes only sandbox numbers, production takes all others.

    That comes before anything else is said about the number. Raises InvalidResidentId.
    """
    if (_shaped(text)[:2] == SANDBOX_PREFIX) != sandbox:
        raise InvalidResidentId(ResidentIdFault.NOT_SANDBOX if sandbox else ResidentIdFault.SANDBOX)
    return parse(text, on=on)


def is_sandbox(number: ResidentId) -> bool:
    """Tell whether a number is one that no real person can have."""
    return number.reveal().startswith(SANDBOX_PREFIX)


def check_character(first_seventeen: str) -> str:
    """Return the check character that belongs to seventeen digits (GB 11643-1999, ISO 7064 MOD 11-2)."""
    weighted = sum(int(digit) * weight for digit, weight in zip(first_seventeen, WEIGHTS, strict=True))
    return CHECK_CHARACTERS[weighted % 11]


def region_of(number: ResidentId) -> str | None:
    """Return the English name of the province, territory or permit that the number's first digits stand for."""
    return _region(number.reveal())


def _shaped(text: str) -> str:
    if len(text) > LONGEST_ENTRY:
        raise InvalidResidentId(ResidentIdFault.LENGTH)
    compact = canonicalise(text)
    if len(compact) not in {15, 18}:
        raise InvalidResidentId(ResidentIdFault.LENGTH)
    if not _SHAPE.fullmatch(compact):
        raise InvalidResidentId(ResidentIdFault.CHARACTERS)
    return compact


def _birth_date(compact: str) -> date:
    stated = compact[6:14] if len(compact) == 18 else _century(compact) + compact[6:12]
    try:
        return date(int(stated[:4]), int(stated[4:6]), int(stated[6:]))
    except ValueError:
        raise InvalidResidentId(ResidentIdFault.DATE) from None


def _century(fifteen: str) -> str:
    return "18" if fifteen[12:] in CENTENARIANS else "19"


def _completed(compact: str) -> ResidentId:
    """Complete fifteen digits to eighteen characters, or hold eighteen to their check character."""
    if len(compact) == 15:
        seventeen = compact[:6] + _century(compact) + compact[6:]
        return ResidentId(seventeen + check_character(seventeen))
    if check_character(compact[:17]) != compact[17]:
        raise InvalidResidentId(ResidentIdFault.CHECK_CHARACTER)
    return ResidentId(compact)


def _completed_years(born_on: date, on: date) -> int:
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))


def _warnings(compact: str) -> tuple[ResidentIdWarning, ...]:
    warnings = []
    if _region(compact) is None and not compact.startswith(SANDBOX_PREFIX):
        warnings.append(ResidentIdWarning.UNKNOWN_REGION)
    if len(compact) == 15:
        warnings.append(ResidentIdWarning.HISTORIC_FORM)
    return tuple(warnings)


def _region(compact: str) -> str | None:
    if compact.startswith("9"):
        return MAINLAND.get(compact[1:3])
    return REGIONS.get(compact[:2])
