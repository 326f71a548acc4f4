"""What a claim is, and the facts claims are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from idp.value import Value

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date


class Facts(Value, frozen=True):
    """All that may ever reach a site about a person, as of ``today``. There is no name or number among it."""

    code_name: str | None
    level: str
    verified: bool
    verified_on: date | None
    adult_from: date | None
    today: date


ClaimValue = str | bool | int


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim: its scope, what people call it, and how its value follows from the facts.

    ``value`` returns None where there is nothing true to say; the claim is then left out, for no claim is ever null.
    ``in_id_token`` tells whether the scope delivers it in the ID token besides userinfo.
    """

    name: str
    scope: str
    label: str
    value: Callable[[Facts], ClaimValue | None]
    in_id_token: bool = False
