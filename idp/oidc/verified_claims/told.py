"""Answers in plain words: what a person is shown before they agree, and what a consent remembers of it.

A consent keeps words (``verified:time``), never values. What an answer says anew needs a new consent; the same thing
said of another day does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from idp.domain.words import mark as _

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Set as AbstractSet

WORD: Final = "verified:"

LABELS: Final = {
    "::real_person": _("Whether you are a verified person"),
    "::age_18_or_over": _("Whether you are 18 or older"),
    "::age_14_or_over": _("Whether you are 14 or older"),
    "trust_framework": _("That your legal identity was checked"),
    "assurance_level": _("How well your identity was checked"),
    "time": _("The day you were verified"),
    "assurance_process": _("By which procedure your identity was checked"),
    "population_register": _("That your identity was checked against the population register"),
    "bank_account": _("That you hold a bank account in your name"),
    "document": _("Which kind of document you showed"),
    "vouch": _("That friends vouched for you"),
    "electronic_record": _("That there are electronic records about you"),
}
"""What each word means to a person, in the order of the page."""

PARTS: Final = ("record", "document_details", "attestation")


@dataclass(frozen=True, slots=True)
class Told:
    """One line on the consent page. ``value`` is a day where one is told, a level, or True."""

    name: str
    value: str | bool | date

    @property
    def label(self) -> str:
        """What it says, an English source string."""
        return LABELS[self.name]


@dataclass(frozen=True, slots=True)
class Answers:
    """``verified_claims`` for each place it goes to; None for nothing."""

    id_token: Any = None
    userinfo: Any = None

    @property
    def lines(self) -> tuple[Told, ...]:
        """What they say to the site, in plain words."""
        return told(self.id_token, self.userinfo)

    @property
    def words(self) -> frozenset[str]:
        """What a consent to them remembers."""
        return words(self.lines)


NOTHING: Final = Answers()


def told(*answers: Any) -> tuple[Told, ...]:
    """Return what answers say, each thing once, in the order of the page."""
    said: dict[str, str | bool | date] = {}
    for answer in answers:
        for element in answer if isinstance(answer, list) else [answer] if answer else []:
            for name, value in _element(element):
                if not isinstance(said.get(name), date):
                    said[name] = value
    return tuple(Told(name, said[name]) for name in LABELS if name in said)


def words(lines: Iterable[Told]) -> frozenset[str]:
    """Return what a consent to these lines remembers."""
    dated = (line.name + ("@day" if isinstance(line.value, date) else "") for line in lines)
    return frozenset(WORD + name for name in dated)


def described(consented: AbstractSet[str]) -> tuple[str, ...]:
    """Return the labels of what a consent remembers of verified claims."""
    names = {word.removeprefix(WORD).partition("@")[0] for word in consented if word.startswith(WORD)}
    return tuple(label for name, label in LABELS.items() if name in names)


def _element(element: dict[str, Any]) -> Iterator[tuple[str, str | bool | date]]:
    verification = element["verification"]
    yield "trust_framework", True
    yield from ((name, value) for name, value in element["claims"].items() if name in LABELS)
    if "assurance_level" in verification:
        yield "assurance_level", verification["assurance_level"].rpartition("/")[2]
    if "time" in verification:
        yield "time", _day(verification["time"])
    if "assurance_process" in verification:
        yield "assurance_process", True
    for evidence in verification.get("evidence", ()):
        yield _evidence(evidence)


def _evidence(evidence: dict[str, Any]) -> tuple[str, bool | date]:
    named = [evidence[part]["type"] for part in PARTS if part in evidence]
    name: str = named[0] if named and named[0] in LABELS else evidence["type"]
    days = [check["time"] for check in evidence.get("check_details", ()) if "time" in check]
    return name, _day(max(days)) if days else True


def _day(moment: str) -> date:
    return date.fromisoformat(moment[:10])
