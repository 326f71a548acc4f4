"""Answers as data: what a direct endpoint returns, and what pages return where they say the same."""

from __future__ import annotations

import secrets
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol

import msgspec

from idp.log import log_event
from idp.value import Value

if TYPE_CHECKING:
    from idp.oidc.errors import OAuthError
    from idp.web.visit import Visit

JSON = "application/json"

_encode = msgspec.json.Encoder().encode


class Document(Protocol):
    """A public document as bytes, and the strong ETag that names them."""

    @property
    def body(self) -> bytes:
        """The bytes."""

    @property
    def etag(self) -> str:
        """Their name, in its quotes."""


class Answer(Value, frozen=True):
    """A whole response but for the headers that every response carries."""

    status: int = 200
    body: bytes = b""
    kind: str | None = None
    """The media type of the body, if there is one."""
    cache: str = "no-store"
    headers: list[tuple[str, str]] = msgspec.field(default_factory=list)

    def all_headers(self) -> list[tuple[str, str]]:
        """Return the answer's own headers, whole."""
        own = [("Cache-Control", self.cache), *self.headers]
        if self.kind is not None:
            own.append(("Content-Type", self.kind))
        if self.status not in {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}:  # RFC 9110 §8.6
            own.append(("Content-Length", str(len(self.body))))
        return own


@cache
def status_line(status: int) -> str:
    """Return ``404 Not Found`` for 404."""
    return f"{status} {HTTPStatus(status).phrase}"


def redirect(location: str) -> Answer:
    """Send a browser on, by GET whatever it did here (RFC 9700 §4.12: 303)."""
    return Answer(303, headers=[("Location", location)])


def json(content: object, *, status: int = 200, headers: list[tuple[str, str]] | None = None) -> Answer:
    """Answer a program; what it is told is for it alone (RFC 6749 §5.1)."""
    return Answer(status, _encode(content), JSON, headers=[("Pragma", "no-cache"), *(headers or ())])


def document(visit: Visit, content: Document, *, kind: str = JSON) -> Answer:
    """Serve a public document as it stands; who has it already is only told so."""
    age = visit.services.settings.oidc.jwks_max_age_seconds
    cache_control, headers = (
        f"public, max-age={age}",
        [("ETag", content.etag), ("Access-Control-Allow-Origin", "*")],
    )
    if visit.header("HTTP_IF_NONE_MATCH") == content.etag:
        return Answer(304, cache=cache_control, headers=headers)
    return Answer(200, content.body, kind, cache_control, headers)


def oauth_error(visit: Visit, error: OAuthError, *, challenge: str | None = None, status: int | None = None) -> Answer:
    """Answer a site's direct request with an error, and log it under an id (RFC 6749 §5.2, RFC 6750 §3)."""
    error_id = new_error_id()
    log_event("oauth_error", error_id=error_id, reason=error.code.word, detail=error.detail or error.description)
    headers = [("X-Error-Id", error_id)]
    if challenge is not None:
        headers.append(("WWW-Authenticate", challenge))
    body = _encode(error.members(visit.services.settings.issuer))
    return Answer(status or error.code.status, body, JSON, headers=headers)


def new_error_id() -> str:
    """Return an id for one error: 40 random bits, easy to read out."""
    return secrets.token_hex(5)
