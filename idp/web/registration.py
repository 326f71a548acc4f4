"""The registration endpoint: one address to register at and, with ``client_id`` in its query, to manage oneself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idp.oidc.errors import Code, OAuthError
from idp.oidc.parameters import UnreadableParameters, parse
from idp.oidc.userinfo import bearer_token
from idp.web import answers, limits
from idp.web.answers import Answer

if TYPE_CHECKING:
    from idp.web.visit import Visit

REALM = 'Bearer realm="registration"'


def register(visit: Visit) -> Answer:
    """Register a site, or let one look after its registration (RFC 7591 §3, RFC 7592 §2)."""
    try:
        return _answer(visit, bearer_token(visit.header("HTTP_AUTHORIZATION")))
    except OAuthError as error:
        return answers.oauth_error(visit, error, challenge=_challenge(visit, error))


def _answer(visit: Visit, token: str | None) -> Answer:
    registrar, now = visit.services.registrar, visit.now
    match visit.method:
        case "POST":
            limits.count(visit, "registration")
            return answers.json(registrar.register(_json(visit), token, now=now), status=201)
        case "PUT":
            limits.count(visit, "registration")
            return answers.json(registrar.change(_client_id(visit), _json(visit), token, now=now))
        case "DELETE":
            registrar.remove(_client_id(visit), token, now=now)
            return Answer(204)
        case _:
            return answers.json(registrar.read(_client_id(visit), token))


def _challenge(visit: Visit, error: OAuthError) -> str | None:
    if error.code is not Code.INVALID_TOKEN:
        return None
    if visit.header("HTTP_AUTHORIZATION") is None:
        return REALM  # no token was presented: no error code either (RFC 6750 §3.1)
    return f'{REALM}, error="{error.code.word}", error_description="{error.description}"'


def _client_id(visit: Visit) -> str | None:
    try:
        return parse(visit.query).get("client_id")
    except UnreadableParameters as unreadable:
        raise OAuthError(Code.INVALID_REQUEST, f"the query cannot be read: {unreadable}") from unreadable


def _json(visit: Visit) -> bytes:
    kind = (visit.header("CONTENT_TYPE") or "").partition(";")[0].strip().lower()
    if kind != answers.JSON:
        raise OAuthError(Code.INVALID_CLIENT_METADATA, f"the body has to be {answers.JSON}")
    return visit.body()
