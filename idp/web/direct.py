"""The front door of the application: it answers what relying sites call directly, and leads everybody else to Flask.

A web framework around a token request costs more than the request itself. So the endpoints of a table are answered
here, from the WSGI environment, under the same guards as every page. Whatever does not end in an answer (an error that
is a page, a database that is away, a method that is not offered) is handed to Flask with the same request, and its
error handlers say what there is to say: there is one place that words errors.

A new endpoint is a function from :class:`Visit` to :class:`Answer` and a line in ``idp.web.endpoints.ENDPOINTS``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NoReturn

from flask import request

from idp.oidc.errors import Code, OAuthError
from idp.store.database import DatabaseError
from idp.web import answers, cors, dpop_nonce, request_log
from idp.web.visit import VISIT, Visit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from flask import Flask

    from idp.web.answers import Answer
    from idp.web.security import Guard
    from idp.web.visit import Wiring

ENDPOINT: Final = "yufu.endpoint"
PROBLEM: Final = "yufu.problem"
"""Where the WSGI environment keeps the endpoint that was asked, and what kept it from answering."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What is answered directly: ``answer`` gets a visit by one of ``methods``, and may raise whatever it likes.

    An ``OAuthError`` becomes its JSON. Of everything else the callers of an endpoint ``for_programs`` are told in
    JSON, and others by a page. Those ``for_scripts`` may be called from pages of registered origins.
    """

    path: str
    methods: tuple[str, ...]
    answer: Callable[[Visit], Answer]
    for_programs: bool = True
    for_scripts: bool = False

    def takes(self, method: str) -> bool:
        """Tell whether it is to be asked; HEAD is a GET whose body stays here (RFC 9110 §9.3.2)."""
        return method in self.methods or (method == "HEAD" and "GET" in self.methods)


AFTERWARDS: tuple[Callable[[Visit, Endpoint, int], Iterable[tuple[str, str]]], ...] = (
    cors.headers,
    dpop_nonce.headers,
)
"""Headers that depend on who asks what and on the status, added to every answer of an endpoint, errors included."""


class FrontDoor:
    """The WSGI application: the table first, then Flask; a log line for either."""

    def __init__(self, pages: WSGIApplication, endpoints: Sequence[Endpoint], wiring: Wiring, guard: Guard) -> None:
        self._pages = pages
        self._endpoints = {endpoint.path: endpoint for endpoint in endpoints}
        self._wiring = wiring
        self._guard = guard

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        with request_log.Line(environ) as line:
            visit = environ[VISIT] = Visit(self._wiring, environ)
            endpoint = self._endpoints.get(environ.get("PATH_INFO", ""))
            answer = self._answer(endpoint, visit) if endpoint is not None else None
            if endpoint is None:
                return self._pages(environ, line.noting(start_response))
            if answer is None:
                return self._pages(environ, _adding_afterwards(visit, endpoint, line.noting(start_response)))
            line.route, line.status = endpoint.path, answer.status
            headers = [*answer.all_headers(), *self._guard.headers]
            headers += [("Set-Cookie", cookie) for cookie in visit.new_cookies]
            headers += _afterwards(visit, endpoint, answer.status)
            start_response(answers.status_line(answer.status), headers)
            return [b""] if visit.method == "HEAD" else [answer.body]

    def _answer(self, endpoint: Endpoint, visit: Visit) -> Answer | None:
        """Return the endpoint's answer, or None for what Flask has to say, an exception among it."""
        visit.environ[ENDPOINT] = endpoint
        preflight = cors.is_preflight(visit, endpoint)
        if not preflight and not endpoint.takes(visit.method):
            return None
        try:
            self._guard.check(visit)
            return cors.preflight(endpoint) if preflight else endpoint.answer(visit)
        except OAuthError as error:
            return answers.oauth_error(visit, error, challenge=_client_challenge(visit, error))
        except Exception as problem:  # noqa: BLE001 — handed on with the request
            visit.environ[PROBLEM] = problem
            return None


def _adding_afterwards(visit: Visit, endpoint: Endpoint, start_response: StartResponse) -> StartResponse:
    """Return ``start_response`` for what Flask says in an endpoint's place, of a body too large for instance."""

    def start(status: str, headers: list[tuple[str, str]], error: Any = None, /) -> Any:
        return start_response(status, [*headers, *_afterwards(visit, endpoint, int(status[:3]))], error)

    return start


def _afterwards(visit: Visit, endpoint: Endpoint, status: int) -> list[tuple[str, str]]:
    """Return the headers that depend on who asks; where the database that tells is away, the answer stands alone."""
    try:
        return [header for each in AFTERWARDS for header in each(visit, endpoint, status)]
    except DatabaseError:
        return [("Vary", "Origin")]


def install(app: Flask, endpoints: Sequence[Endpoint], wiring: Wiring, guard: Guard) -> None:
    """Put the front door before ``app``."""
    for endpoint in endpoints:
        app.add_url_rule(endpoint.path, endpoint.path, explain, methods=endpoint.methods)
    app.wsgi_app = FrontDoor(app.wsgi_app, endpoints, wiring, guard)  # type: ignore[method-assign] # Flask's own documented way


def explain() -> NoReturn:
    """Raise, where Flask's error handlers see it, what an endpoint could not answer."""
    raise request.environ.pop(PROBLEM)


def asked_by_program(environ: dict[str, Any]) -> bool:
    """Tell whether a request is for an endpoint whose callers read JSON, whatever happened."""
    endpoint: Endpoint | None = environ.get(ENDPOINT)
    return endpoint is not None and endpoint.for_programs


def _client_challenge(visit: Visit, error: OAuthError) -> str | None:
    """Name the scheme to a client that tried one and failed (RFC 6749 §5.2)."""
    tried = error.code is Code.INVALID_CLIENT and visit.header("HTTP_AUTHORIZATION") is not None
    return f'Basic realm="{visit.environ["PATH_INFO"].strip("/")}"' if tried else None
