"""Answers in plain words: what a person is shown before they agree, and what a consent remembers of it.

A consent keeps words (``verified:time``), never values. They follow from the request alone: if they followed from the
answer, a site could learn whether there is one from being sent, or not, to the consent page.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from idp.domain.words import mark as _

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

    from idp.oidc.verified_claims.request import Wanted

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
    "electronic_record": _("That records about you were checked"),
    "document": _("That you showed a document"),
    "vouch": _("That friends vouched for you"),
}
"""What each word means to a person, in the order of the page."""

NAMES: Final = ("name", "given_name", "family_name", "birthdate")
"""Claims that say who somebody is. They take three consents: the operator's, the law's and the person's own."""

PARTS: Final = ("record", "document_details", "attestation")

Value = str | bool | date | None


@dataclass(frozen=True, slots=True)
class Told:
    """One line on the consent page. ``value`` is a day where one is told, a level, a truth, or None for nothing yet."""

    name: str
    value: Value

    @property
    def label(self) -> str:
        """What it says, an English source string."""
        return LABELS[self.name]


@dataclass(frozen=True, slots=True)
class NameOffer:
    """Names and birth date that a site asks for, the law it names for them, and whether the person allowed that."""

    claims: frozenset[str]
    basis: str
    allowed: bool = False

    @property
    def word(self) -> str:
        """What a consent remembers of having been asked, whatever the answer was."""
        return f"{WORD}?{','.join(sorted(self.claims))}#{hashlib.sha256(self.basis.encode()).hexdigest()[:8]}"


@dataclass(frozen=True, slots=True)
class Answers:
    """``verified_claims`` for each place it goes to, None for nothing; ``asked`` for in the words of `LABELS`.

    ``named`` is the ID token's with legal names in it, where they are allowed.
    """

    asked: frozenset[str] = frozenset()
    id_token: Any = None
    userinfo: Any = None
    names: NameOffer | None = None
    named: Any = field(default=None, repr=False)

    @property
    def lines(self) -> tuple[Told, ...]:
        """What they say to the site, in plain words, and what was asked for that they do not say."""
        said = _said(self.id_token, self.userinfo)
        silent = self.asked - said.keys() - _covered(said.keys())
        return tuple(Told(name, said.get(name)) for name in LABELS if name in said or name in silent)

    @property
    def words(self) -> frozenset[str]:
        """What a consent to them remembers."""
        words = frozenset(WORD + name for name in self.asked)
        return words if self.names is None else words | {self.names.word}


NOTHING: Final = Answers()


def asked_by(*places: Wanted | None) -> frozenset[str]:
    """Return what requests ask for, in the words of `LABELS`."""
    elements = [element for wanted in places if wanted is not None for element in wanted.elements]
    named = {name for element in elements for name in (*element.claims, *(element.verification.parts or ()))}
    evidence = [(element.verification.parts or {}).get("evidence") for element in elements]
    entries = [entry for want in evidence if want is not None for entry in want.entries or ()]
    kinds = {value for entry in entries for value in (entry.parts or {})["type"].values or () if isinstance(value, str)}
    every = (
        {"electronic_record", "document", "vouch"} if any(w is not None and not w.entries for w in evidence) else set()
    )
    return frozenset((named | kinds | every | ({"trust_framework"} if elements else set())) & LABELS.keys())


def described(consented: AbstractSet[str]) -> tuple[str, ...]:
    """Return the labels of what a consent remembers of verified claims."""
    return tuple(label for name, label in LABELS.items() if WORD + name in consented)


def _said(*answers: Any) -> dict[str, Value]:
    """Return what answers say, each thing once; a day rather than a mere yes."""
    said: dict[str, Value] = {}
    for answer in answers:
        for element in answer if isinstance(answer, list) else [answer] if answer else []:
            for name, value in _element(element):
                if not isinstance(said.get(name), date):
                    said[name] = value
    return said


def _covered(said: AbstractSet[str]) -> frozenset[str]:
    """Return the word for all records where single ones are told of."""
    return frozenset({"electronic_record"}) if said & {"population_register", "bank_account"} else frozenset()


def _element(element: dict[str, Any]) -> Iterator[tuple[str, Value]]:
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


def _evidence(evidence: dict[str, Any]) -> tuple[str, Value]:
    named = [evidence[part]["type"] for part in PARTS if part in evidence]
    name: str = named[0] if named and named[0] in LABELS else evidence["type"]
    days = [check["time"] for check in evidence.get("check_details", ()) if "time" in check]
    return name, _day(max(days)) if days else True


def _day(moment: str) -> date:
    return date.fromisoformat(moment[:10])
