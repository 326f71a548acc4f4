"""A line in the log for each request: which route, what came of it, how long it took. Not who, not from where."""

from __future__ import annotations

import secrets
from time import perf_counter
from typing import TYPE_CHECKING, Any, Self

from flask import request

from idp import log

if TYPE_CHECKING:
    from types import TracebackType
    from wsgiref.types import StartResponse, WSGIEnvironment

    from flask import Flask, Response

QUIET = frozenset({"/healthz/live", "/healthz/ready", "/static/<path:filename>"})
"""Routes that are asked every few seconds, or with every page."""
ROUTE = "yufu.route"
"""Where the WSGI environment keeps the rule that Flask found."""


class Line:
    """The line of one request, written when its block ends; every line in between carries the same id."""

    __slots__ = ("_began", "_environ", "_token", "route", "status")

    def __init__(self, environ: WSGIEnvironment) -> None:
        self._environ = environ
        self.route: str | None = None
        self.status = 0

    def __enter__(self) -> Self:
        """Begin the request."""
        self._began = perf_counter()
        self._token = log.request_id.set(secrets.token_hex(8))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Write the line."""
        route = self.route or self._environ.get(ROUTE, "none")
        log.log_event(
            "request",
            level="debug" if route in QUIET else "info",
            route=route,
            method=self._environ["REQUEST_METHOD"][:8],
            status=self.status,
            duration_ms=round((perf_counter() - self._began) * 1000, 1),
        )
        log.request_id.reset(self._token)

    def noting(self, start_response: StartResponse) -> StartResponse:
        """Return ``start_response`` as somebody else is to call it, so that the line knows the status."""

        def start(status: str, headers: list[tuple[str, str]], error: Any = None, /) -> Any:
            self.status = int(status[:3])
            return start_response(status, headers, error) if error else start_response(status, headers)

        return start


def install(app: Flask) -> None:
    """Let Flask tell which route it found."""
    app.after_request(_note_route)


def _note_route(response: Response) -> Response:
    request.environ[ROUTE] = request.url_rule.rule if request.url_rule else "none"
    return response
