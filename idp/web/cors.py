"""Cross-origin calls by scripts (Fetch Standard §3.3): which pages may read what a browser app is answered.

Only the direct endpoints that a browser app has to call take part, never the authorization endpoint. Credentials are
never allowed, so that a page gets nothing by a person's cookies. A preflight names no client: it is granted to every
registered origin. The answer itself can be read by the origins of the very client it is for; one for nobody in
particular (an expired token, an unknown client) by every registered origin, for an app has to learn of its error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from werkzeug.exceptions import HTTPException

from clients.authentication import ClientAuthenticationFailed, credentials_from
from idp.oidc.parameters import UnreadableParameters, parse
from idp.web.answers import Answer

if TYPE_CHECKING:
    from clients.client import Client
    from idp.web.direct import Endpoint
    from idp.web.visit import Visit

ALLOWED: Final = "Authorization, Content-Type, DPoP"
"""Request headers beyond those that every script may set."""
EXPOSED: Final = "WWW-Authenticate, DPoP-Nonce, X-Error-Id"
"""Response headers beyond those that every script may read."""
MAX_AGE: Final = 600
"""Seconds for which a browser need not ask again."""

VARIES: Final = ("Vary", "Origin")


def is_preflight(visit: Visit, endpoint: Endpoint) -> bool:
    """Tell whether a browser asks on behalf of a script (Fetch §4.8)."""
    asks = visit.method == "OPTIONS" and visit.header("HTTP_ACCESS_CONTROL_REQUEST_METHOD") is not None
    return asks and endpoint.for_scripts and visit.header("HTTP_ORIGIN") is not None


def preflight(endpoint: Endpoint) -> Answer:
    """Say what scripts may send; whether this one may is for :func:`headers`."""
    allowed = [
        ("Access-Control-Allow-Methods", ", ".join(endpoint.methods)),
        ("Access-Control-Allow-Headers", ALLOWED),
        ("Access-Control-Max-Age", str(MAX_AGE)),
    ]
    return Answer(204, headers=allowed)


def headers(visit: Visit, endpoint: Endpoint, status: int) -> list[tuple[str, str]]:
    """Let the page that asked read the answer, if it may."""
    if not endpoint.for_scripts:
        return []
    origin = visit.header("HTTP_ORIGIN")
    if origin is None or not _may_read(visit, origin, refused=status >= 400):
        return [VARIES]
    return [VARIES, ("Access-Control-Allow-Origin", origin), ("Access-Control-Expose-Headers", EXPOSED)]


def _may_read(visit: Visit, origin: str, *, refused: bool) -> bool:
    client = None if visit.method == "OPTIONS" else visit.client or _named(visit)
    if client is not None:
        return origin in client.script_origins
    anybody = refused or visit.method == "OPTIONS"
    return anybody and origin in visit.services.directory.script_origins(now=visit.now)


def _named(visit: Visit) -> Client | None:
    """Return the client that a form says it comes from, proven or not."""
    if not visit.is_form:
        return None
    try:
        named = credentials_from(authorization=visit.header("HTTP_AUTHORIZATION"), form=parse(visit.body()).values)
    except (ClientAuthenticationFailed, UnreadableParameters, HTTPException):
        return None
    return visit.services.directory.find(named.client_id, now=visit.now)
