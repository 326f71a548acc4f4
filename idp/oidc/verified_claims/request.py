"""The request language (OIDC4IDA §5.3, §5.4): which elements are wanted, and what they have to be like.

A member that is absent is not wanted; ``null`` wants it, whatever it is. Only the form can be at fault: names and
values that we do not know are left out of the answer (§5.7).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from idp.oidc.errors import Code, OAuthError

if TYPE_CHECKING:
    from collections.abc import Mapping

RESTRICTIONS = frozenset({"value", "values", "max_age"})
RESERVED = RESTRICTIONS | {"essential", "purpose"}
DEEPEST = 12
MOST_ELEMENTS = 10
"""In one array: each is answered in full, and an answer has to fit into an ID token."""


@dataclass(frozen=True, slots=True)
class Want:
    """How one element is wanted: with one of these values, at most so old; as a whole, or in parts.

    ``entries`` is what an array asks for: each entry is a filter and a template, and any of them will do.
    """

    values: tuple[object, ...] | None = None
    max_age: float | None = None
    parts: Mapping[str, Want] | None = None
    entries: tuple[Want, ...] | None = None

    @property
    def restricts(self) -> bool:
        """Whether something that is not there at all would fail what is wanted of it."""
        if self.values is not None or self.max_age is not None:
            return True
        if self.entries is not None:
            return all(entry.restricts for entry in self.entries)
        return any(part.restricts for part in (self.parts or {}).values())


@dataclass(frozen=True, slots=True)
class Element:
    """One ``verified_claims`` object of a request."""

    verification: Want
    claims: Mapping[str, Want] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Wanted:
    """All that is asked for in one place; ``several`` tells that it was an array, and wants one for an answer."""

    elements: tuple[Element, ...]
    several: bool


def parse(raw: Any) -> Wanted:
    """Read the member ``verified_claims`` of a claims request. Raises :class:`OAuthError` (``invalid_request``)."""
    if isinstance(raw, list) and raw:
        if len(raw) > MOST_ELEMENTS:
            raise _malformed(f"is an array of more than {MOST_ELEMENTS} elements")
        return Wanted(tuple(_element(each) for each in raw), several=True)
    return Wanted((_element(raw),), several=False)


def _element(raw: Any) -> Element:
    if not isinstance(raw, dict):
        raise _malformed("is not an object or an array of objects")
    verification, claims = raw.get("verification"), raw.get("claims")
    if not isinstance(verification, dict):
        raise _malformed("has no verification object")
    if not isinstance(claims, dict) or not claims:
        raise _malformed("has no claims")
    _require_elements(verification)
    _require_evidence_types(verification.get("evidence"))
    wanted = {name: _want(how, 0) for name, how in verification.items()}
    return Element(Want(parts=wanted), MappingProxyType({name: _claim(how) for name, how in claims.items()}))


def _require_elements(verification: dict[str, Any]) -> None:
    """An element is wanted by null, an object or an array: a bare value restricts nothing, and looks as if it did."""
    if any(not (how is None or isinstance(how, dict | list)) for how in verification.values()):
        raise _malformed("wants an element of verification by a bare value")


def _require_evidence_types(evidence: Any) -> None:
    """Each entry of ``evidence`` names its type by ``value`` (OIDC4IDA §5.4)."""
    if evidence is None:
        return
    entries = evidence if isinstance(evidence, list) and evidence else [None]
    kinds = [entry.get("type") if isinstance(entry, dict) else None for entry in entries]
    if any(not isinstance(kind, dict) or "value" not in kind or "values" in kind for kind in kinds):
        raise _malformed("has evidence that does not name its type by value")


def _claim(how: Any) -> Want:
    """Read how a claim is wanted; there is no asking for parts of one (OIDC4IDA §5.3)."""
    if how is None:
        return Want()
    if not isinstance(how, dict):
        raise _malformed("wants a claim by something else than null or an object")
    return Want(_values(how), _max_age(how))


def _want(how: Any, depth: int) -> Want:
    if depth > DEEPEST:
        raise _malformed("is nested too deeply")
    if how is None:
        return Want()
    if isinstance(how, list):
        if not how or not all(isinstance(entry, dict) for entry in how):
            raise _malformed("has an array that is not one of objects")
        return Want(entries=tuple(_want(entry, depth + 1) for entry in how))
    named = how.keys() - RESERVED
    parts = {
        name: _want(how[name], depth + 1) for name in named if how[name] is None or isinstance(how[name], dict | list)
    }
    return Want(_values(how), _max_age(how), MappingProxyType(parts) if named else None)


def _values(how: dict[str, Any]) -> tuple[object, ...] | None:
    if not isinstance(how.get("essential", False), bool):
        raise _malformed("has a member essential that is not a boolean")
    if "value" in how and "values" in how:
        raise _malformed("wants an element by value and by values")
    if "value" in how:
        return (how["value"],)
    if "values" not in how:
        return None
    if not isinstance(how["values"], list) or not how["values"]:
        raise _malformed("has a member values that is not a list of values")
    return tuple(how["values"])


def _max_age(how: dict[str, Any]) -> float | None:
    if "max_age" not in how:
        return None
    age = how["max_age"]
    if isinstance(age, bool) or not isinstance(age, int | float) or age < 0:
        raise _malformed("has a max_age that is not a number of seconds")
    return age


def _malformed(fault: str) -> OAuthError:
    return OAuthError(Code.INVALID_REQUEST, f"verified_claims {fault}")
