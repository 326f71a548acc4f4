"""How a person signed in, as an ordered lattice (OIDC Core §2 ``acr``, EAP ACR Values 1.0).

Both classes are phishing-resistant; ``phrh`` says besides that the key cannot leave its hardware, so that it is also
everything ``phr`` is. Neither says how well an identity was checked: that is the assurance level's part.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from idp.value import Value

if TYPE_CHECKING:
    from idp.oidc.authorization_request import AuthorizationRequest

ACR_VALUES = ("phr", "phrh")
"""Weakest first."""


class Wanted(Value, frozen=True):
    """The classes a site would have, in its order of preference."""

    values: tuple[str, ...] = ()
    essential: bool = False
    """Whether nothing else will do."""
    in_request: bool = False
    """Whether this request asks, rather than the client's registration."""

    @property
    def asked(self) -> bool:
        """Whether the site wants to be told at all."""
        return self.in_request or bool(self.values)

    @property
    def reachable(self) -> tuple[str, ...]:
        """Those that can be reached here at all."""
        return tuple(value for value in self.values if value in ACR_VALUES)

    def satisfied_by(self, reached: str) -> bool:
        """Tell whether a sign-in is what is wanted."""
        return any(_is_also(reached, value) for value in self.reachable)

    @property
    def needs_hardware(self) -> bool:
        """Whether only a key that cannot leave its hardware is what is wanted."""
        return self.satisfied_by("phrh") and not self.satisfied_by("phr")

    def told(self, reached: str) -> str:
        """Return the class that the site is told: the truth, in its own words where they fit."""
        if reached in self.values:
            return reached
        return next((value for value in self.reachable if _is_also(reached, value)), reached)


def wanted_by(request: AuthorizationRequest) -> Wanted:
    """Return what a request asks for: by the claim (OIDC Core §5.5.1.1), by ``acr_values``, or as registered."""
    claim = request.claims.id_token.claims.get("acr")
    if claim is not None and claim.values is not None:
        return Wanted(tuple(str(value) for value in claim.values), claim.essential, in_request=True)
    values = request.get("acr_values")
    if values is not None:
        return Wanted(tuple(values.split()), in_request=True)
    return Wanted(request.client.default_acr_values, in_request=claim is not None)


def _is_also(reached: str, wanted: str) -> bool:
    """Tell whether a class is at least another."""
    return reached in ACR_VALUES and ACR_VALUES.index(reached) >= ACR_VALUES.index(wanted)
