"""What a Flask view has at hand: the services, the moment of the request, and the browser it came from."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import Response, current_app, request

from idp.web.visit import VISIT, Visit, Wiring

if TYPE_CHECKING:
    from datetime import datetime

    from flask import Flask

    from idp.authentication.sessions import Session
    from idp.oidc.interactions import Visitor
    from idp.services import Services
    from idp.web.answers import Answer
    from idp.web.visit import Browser

EXTENSION = "yufu"


def install(app: Flask, wiring: Wiring) -> None:
    """Give the views of ``app`` what they have at hand, and write the cookies that they change."""
    app.extensions[EXTENSION] = wiring
    app.after_request(_write_cookies)


def visit() -> Visit:
    """Return the request in progress, which came in as a visit already."""
    environ = request.environ
    if VISIT not in environ:  # a request that no front door has seen: a context made by hand
        environ[VISIT] = Visit(cast("Wiring", current_app.extensions[EXTENSION]), environ)
    return cast("Visit", environ[VISIT])


def services() -> Services:
    """Return the services of this application."""
    return visit().services


def now() -> datetime:
    """Return the moment of this request: the same however often it is asked."""
    return visit().now


def browser() -> Browser:
    """Return the browser this request came from."""
    return visit().browser


def visitor() -> Visitor | None:
    """Return who is signed in, with what their evidence amounts to today."""
    return visit().visitor()


class SignedOut(Exception):
    """A page of a person's own was asked for where nobody is signed in."""


def require_session() -> Session:
    """Return who is signed in at this browser. Raises :class:`SignedOut`."""
    session = browser().session
    if session is None:
        raise SignedOut
    return session


def response(answer: Answer) -> Response:
    """Return an answer as Flask sends it."""
    made = Response(answer.body, answer.status)
    made.headers.clear()
    made.headers.extend(answer.all_headers())
    return made


def _write_cookies(response: Response) -> Response:
    for cookie in visit().new_cookies:
        response.headers.add("Set-Cookie", cookie)
    return response
