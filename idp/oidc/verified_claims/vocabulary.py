"""The words of our own in ``verified_claims``: addresses below the issuer, where each of them is explained.

OIDC4IDA §12 wants words that nobody else can mean otherwise. What stands on the working group's list is used as it is
(see `idp.domain.evidence.VOCABULARY`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idp.domain.assurance import POLICIES, Level
from idp.domain.evidence import VOCABULARY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from idp.domain.evidence import EvidenceKind

REAL_NAME: Final = "tf/realname"
"""Who somebody is by law was established; the only framework that our methods serve."""

LEVELS: Final = tuple(level for level in Level if level not in {Level.NONE, Level.MATCHED, Level.PLAUSIBLE})
"""Levels under that framework: at the others nobody's legal identity was established."""


def level(issuer: str, name: str) -> str:
    """Return the address of a level."""
    return f"{issuer}/al/{name}"


def policy(issuer: str, version: str) -> str:
    """Return the address of a version of the rules."""
    return f"{issuer}/policy/{version}"


def check_method(issuer: str, name: str) -> str:
    """Return a check method as sites receive it: from the list, or with a slash our own."""
    return f"{issuer}/{name}" if "/" in name else name


def check_methods(issuer: str, kinds: Iterable[EvidenceKind]) -> tuple[str, ...]:
    """Return every check method of these kinds of evidence, each once."""
    names = (name for kind in kinds for name in VOCABULARY[kind].check_methods)
    return tuple(dict.fromkeys(check_method(issuer, name) for name in names))


def paths(kinds: Iterable[EvidenceKind]) -> frozenset[str]:
    """Return the path below the issuer of every word of our own, each of which has to answer."""
    ours = {method for kind in kinds for method in VOCABULARY[kind].check_methods if "/" in method}
    return frozenset(
        {REAL_NAME, *ours, *(f"al/{each}" for each in LEVELS), *(f"policy/{version}" for version in POLICIES)}
    )
