"""How often programs may ask for something, counted against the network address that they ask from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from werkzeug.exceptions import TooManyRequests

from idp.authentication.throttling import Refused
from idp.web.ceremonies import network

if TYPE_CHECKING:
    from idp.oidc.parameters import Parameters
    from idp.web.visit import Visit


def count(visit: Visit, limit: str) -> None:
    """Count one attempt. Raises TooManyRequests, which programs are told in JSON."""
    counted = visit.services.throttles.hit(limit, network(visit.environ.get("REMOTE_ADDR", "")), now=visit.now)
    if isinstance(counted, Refused):
        raise TooManyRequests(retry_after=counted.retry_after)


def count_public(visit: Visit, parameters: Parameters) -> None:
    """Count a request that leaves a row, where its client needs no secret: anybody can send it. Raises TooManyRequests.

    A public client names itself in the form, and nowhere else.
    """
    client = visit.services.directory.find(parameters.get("client_id") or "", now=visit.now)
    if client is not None and not client.confidential:
        count(visit, "public-request")
