"""How sure we are who a person is: a level, computed from the evidence by a versioned table of rules.

The computation is a pure function of the evidence, the day and the policy, so that any past answer can be had again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from idp.domain.evidence import DOCUMENTS, EvidenceKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from idp.domain.evidence import Evidence


class Level(StrEnum):
    """What the evidence amounts to. Compare with `satisfies`, never by order or by name."""

    NONE = "none"
    MATCHED = "matched"  # the name and number exist; nothing says who typed them
    PLAUSIBLE = "plausible"  # a school record that reads true; no statement about legal identity
    VOUCHED = "vouched"
    DOCUMENT = "document"
    REGISTRY = "registry"
    HIGH = "high"


# What each level stands for. A stronger check stands for the weaker ones of the same question ("who is this by law?");
# a school record answers another question, so nothing stands for it but itself; and a match with no proof of control
# stands for nothing a site could build on.
_STANDS_FOR = {
    Level.NONE: frozenset[Level](),
    Level.MATCHED: frozenset({Level.MATCHED}),
    Level.PLAUSIBLE: frozenset({Level.PLAUSIBLE}),
    Level.VOUCHED: frozenset({Level.VOUCHED}),
    Level.DOCUMENT: frozenset({Level.VOUCHED, Level.DOCUMENT}),
    Level.REGISTRY: frozenset({Level.MATCHED, Level.VOUCHED, Level.DOCUMENT, Level.REGISTRY}),
    Level.HIGH: frozenset({Level.MATCHED, Level.VOUCHED, Level.DOCUMENT, Level.REGISTRY, Level.HIGH}),
}


def satisfies(held: Level, demanded: Level) -> bool:
    """Tell whether whoever holds one level meets a demand for another: a partial order, by inclusion of sets."""
    return _STANDS_FOR[demanded] <= _STANDS_FOR[held]


def verified(level: Level, verified_levels: Collection[str]) -> bool:
    """Return the ``verified`` claim: whether the deployment's policy names this very level."""
    return level in verified_levels


@dataclass(frozen=True, slots=True)
class Requirement:
    """``count`` pieces of evidence of any of these kinds, each at most ``max_age`` old."""

    any_of: frozenset[EvidenceKind]
    count: int = 1
    max_age: timedelta | None = None

    def __post_init__(self) -> None:
        if not self.any_of or self.count < 1:
            raise ValueError("a requirement that asks for nothing would be met by nothing")


@dataclass(frozen=True, slots=True)
class Rule:
    """A level is reached when every requirement is met."""

    level: Level
    needs: tuple[Requirement, ...]

    def __post_init__(self) -> None:
        if not self.needs:
            raise ValueError(f"a rule without requirements would give {self.level} to everybody")


@dataclass(frozen=True, slots=True)
class AssurancePolicy:
    """A version of the rules, strongest first: the first rule that is met gives the level, and none gives ``none``."""

    version: str
    rules: tuple[Rule, ...]

    def __post_init__(self) -> None:
        levels = [rule.level for rule in self.rules]
        for place, level in enumerate(levels):
            if any(satisfies(later, level) for later in levels[place + 1 :]):
                raise ValueError(f"policy {self.version}: {level} hides a rule for the same or a stronger level")


@dataclass(frozen=True, slots=True)
class Assessment:
    """A level; the day since which the evidence that counts now has sufficed for it; and when to look again.

    ``review_on`` is the first day on which level or ``since`` will differ if nothing is added; None means never.
    """

    level: Level
    since: date | None
    review_on: date | None


def assess(evidence: Iterable[Evidence], *, on: date, policy: AssurancePolicy) -> Assessment:
    """Compute the level on a day. Evidence obtained later than that does not exist yet."""
    known = frozenset(one for one in evidence if one.obtained_on <= on)
    held = _held(known, on=on, policy=policy)
    changes = (day for day in sorted(_last_days(known, policy)) if on <= day < date.max)
    next_days = (day + timedelta(days=1) for day in changes)
    review_on = next((day for day in next_days if _held(known, on=day, policy=policy) != held), None)
    return Assessment(*held, review_on)


def _held(evidence: frozenset[Evidence], *, on: date, policy: AssurancePolicy) -> tuple[Level, date | None]:
    for rule in policy.rules:
        met = [_met_since(need, evidence, on=on) for need in rule.needs]
        days = [day for day in met if day is not None]
        if len(days) == len(met):
            return rule.level, max(days)
    return Level.NONE, None


def _met_since(need: Requirement, evidence: frozenset[Evidence], *, on: date) -> date | None:
    """Return the day on which the requirement was first met by what counts today, or None where it is not met."""
    counting = sorted(
        one.obtained_on for one in evidence if one.kind in need.any_of and one.obtained_on <= on <= _last_day(one, need)
    )
    return counting[need.count - 1] if len(counting) >= need.count else None


def _last_day(one: Evidence, need: Requirement) -> date:
    """Return the last day on which a piece of evidence counts towards a requirement."""
    last = one.expires_on or date.max
    if one.withdrawn_on is not None:
        last = min(last, _plus(one.withdrawn_on, -1))
    if need.max_age is not None:
        last = min(last, _plus(one.obtained_on, need.max_age.days))
    return last


def _last_days(evidence: frozenset[Evidence], policy: AssurancePolicy) -> set[date]:
    needs = [need for rule in policy.rules for need in rule.needs]
    return {_last_day(one, need) for one in evidence for need in needs if one.kind in need.any_of}


def _plus(day: date, days: int) -> date:
    """Add days within the calendar that Python knows."""
    ordinal = day.toordinal() + days
    return date.fromordinal(min(max(ordinal, date.min.toordinal()), date.max.toordinal()))


def _one(*kinds: EvidenceKind, max_age: timedelta | None = None) -> Requirement:
    return Requirement(frozenset(kinds), max_age=max_age)


_TWO_YEARS = timedelta(days=730)
_FIVE_YEARS = timedelta(days=1826)  # a bank may close an account and not tell us, so control of it ages

POLICY_2026_1 = AssurancePolicy(
    version="2026-1",
    rules=(
        Rule(
            Level.HIGH,
            (
                _one(EvidenceKind.REGISTRY_MATCH, max_age=_TWO_YEARS),
                _one(*DOCUMENTS, max_age=_TWO_YEARS),
                _one(EvidenceKind.BANK_CONTROL, max_age=_TWO_YEARS),
                _one(EvidenceKind.SECOND_PASSKEY),
                _one(EvidenceKind.SECOND_REVIEW, max_age=_TWO_YEARS),
            ),
        ),
        Rule(
            Level.REGISTRY,
            (
                _one(EvidenceKind.REGISTRY_MATCH),
                Requirement(DOCUMENTS | {EvidenceKind.BANK_CONTROL}, max_age=_FIVE_YEARS),
            ),
        ),
        Rule(Level.DOCUMENT, (_one(*DOCUMENTS),)),
        Rule(Level.VOUCHED, (Requirement(frozenset({EvidenceKind.VOUCH}), count=3), _one(EvidenceKind.STATED_NUMBER))),
        Rule(Level.PLAUSIBLE, (_one(EvidenceKind.SCHOOL_RECORD),)),
        Rule(Level.MATCHED, (_one(EvidenceKind.REGISTRY_MATCH),)),
    ),
)

POLICIES = MappingProxyType({policy.version: policy for policy in (POLICY_2026_1,)})
"""Every policy that ever decided, by version: old decisions are replayed under the policy of their day."""

CURRENT_POLICY = POLICY_2026_1
