"""The nonce for the next proof, which everybody gets who sends one (RFC 9449 §8.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from idp.oidc.dpop import Place
    from idp.web.direct import Endpoint
    from idp.web.visit import Visit

RESOURCES = frozenset({"/userinfo"})
"""Endpoints that are a resource; their nonces are of another kind than the authorization server's."""


def headers(visit: Visit, endpoint: Endpoint, _status: int) -> list[tuple[str, str]]:
    """Return the header with the nonce to be used from now on."""
    if visit.header("HTTP_DPOP") is None:
        return []
    place: Place = "rs" if endpoint.path in RESOURCES else "as"
    return [("DPoP-Nonce", visit.services.dpop.nonces.current(place, now=visit.now))]
