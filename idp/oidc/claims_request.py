"""The ``claims`` parameter (OIDC Core §5.5): single claims asked for by name, in the ID token or from userinfo.

The form is judged strictly, since two readers of one JSON text must not understand it differently. What is asked for
is judged mildly: a claim that is unknown, or whose value is another than the one asked for, is left out of the answer
and is never an error (§5.5.1).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from idp.oidc.errors import Code, OAuthError
from keys.jws import STRICT_JSON

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_BYTES = 4096
VERIFIED_CLAIMS = "verified_claims"


@dataclass(frozen=True, slots=True)
class ClaimRequest:
    """How one claim is asked for. ``null`` in the request is this with nothing set: voluntary, whatever its value."""

    essential: bool = False
    values: tuple[object, ...] | None = None
    """``values``, or ``value`` as the only one; None where any value will do."""

    def accepts(self, value: object) -> bool:
        """Tell whether a value is one of those asked for; in JSON ``true`` is not ``1``."""
        return self.values is None or any(type(each) is type(value) and each == value for each in self.values)


@dataclass(frozen=True, slots=True)
class Part:
    """What is asked for in one place. A name that is absent was not asked for."""

    claims: Mapping[str, ClaimRequest] = field(default_factory=lambda: MappingProxyType({}))
    verified_claims: Any = None
    """The member of that name as the JSON it is: well-formed and without duplicate members, not judged further."""


@dataclass(frozen=True, slots=True)
class ClaimsRequest:
    """The whole parameter; both parts are empty where it was not sent."""

    id_token: Part = Part()
    userinfo: Part = Part()

    @property
    def subjects(self) -> tuple[ClaimRequest, ...]:
        """What is asked of ``sub``: who else than such a person must not be answered for (§3.1.2.2, §5.5.1)."""
        return tuple(part.claims["sub"] for part in (self.id_token, self.userinfo) if "sub" in part.claims)


NOTHING = ClaimsRequest()


def read(text: str | None) -> ClaimsRequest:
    """Read the parameter. Raises OAuthError (``invalid_request``) for another form than OIDC Core §5.5 gives it."""
    return NOTHING if text is None else _read(text)


@lru_cache(maxsize=256)  # a site sends the same text with every request, and every step of a request reads it
def _read(text: str) -> ClaimsRequest:
    if len(text.encode()) > MAX_BYTES:
        raise _malformed(f"is longer than {MAX_BYTES} bytes")
    try:
        members = json.loads(text, **STRICT_JSON)
    except (ValueError, RecursionError):
        raise _malformed("is not JSON, or has a member twice") from None
    if not isinstance(members, dict):
        raise _malformed("is not a JSON object")
    return ClaimsRequest(_part(members, "id_token"), _part(members, "userinfo"))


def _part(members: dict[str, Any], name: str) -> Part:
    asked = members.get(name)
    if asked is None:
        return Part()
    if not isinstance(asked, dict):
        raise _malformed(f"has a member {name} that is not an object")
    if asked.get(VERIFIED_CLAIMS, asked) is None:  # wanted, and yet without anything wanted of it (OIDC4IDA §5.3)
        raise _malformed("asks for verified_claims by null")
    claims = {claim: _claim(wanted) for claim, wanted in asked.items() if claim != VERIFIED_CLAIMS}
    return Part(MappingProxyType(claims), asked.get(VERIFIED_CLAIMS))


def _claim(wanted: Any) -> ClaimRequest:
    """Read how one claim is asked for; members we do not know are ignored (§5.5.1)."""
    if wanted is None:
        return ClaimRequest()
    if not isinstance(wanted, dict):
        raise _malformed("asks for a claim by something else than null or an object")
    essential, values = wanted.get("essential", False), wanted.get("values")
    if not isinstance(essential, bool):
        raise _malformed("has a member essential that is not a boolean")
    if "values" in wanted and not (isinstance(values, list) and values):
        raise _malformed("has a member values that is not a list of values")
    if "value" in wanted:
        if values is not None:
            raise _malformed("asks for one claim by value and by values")
        values = [wanted["value"]]
    return ClaimRequest(essential, None if values is None else tuple(values))


def _malformed(fault: str) -> OAuthError:
    return OAuthError(Code.INVALID_REQUEST, f"claims {fault}")
