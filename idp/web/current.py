"""What a view has at hand: the services, the moment of the request, and the browser it came from.

Everything is made on first use, so that a request which needs no session costs no statement.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, cast

from flask import current_app, g, request

from idp.authentication.randomness import is_token, token
from idp.oidc.interactions import Visitor
from idp.web.devices import device_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask, Response

    from idp.authentication.sessions import Session, SignedIn
    from idp.services import Services

EXTENSION = "yufu"


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Cookies:
    """Names and attributes of our cookies. Ports share cookies on localhost, so the names say whose they are.

    Over https both carry the ``__Host-`` prefix: no other host, however related, can plant them (RFC 6265bis §4.1.3.2).
    """

    secure: bool

    @property
    def session(self) -> str:
        """Name of the cookie that says who is signed in."""
        return self._named("yufu_session")

    @property
    def browser(self) -> str:
        """Name of the cookie that tickets and challenges are bound to; it says nothing about who."""
        return self._named("yufu_browser")

    def put(self, response: Response, name: str, value: str) -> None:
        """Set a cookie that ends with the browser."""
        response.set_cookie(name, value, path="/", secure=self.secure, httponly=True, samesite="Lax")

    def drop(self, response: Response, name: str) -> None:
        """Make the browser forget a cookie."""
        response.delete_cookie(name, path="/", secure=self.secure, httponly=True, samesite="Lax")

    def _named(self, name: str) -> str:
        return f"__Host-{name}" if self.secure else name


@dataclass(frozen=True, slots=True)
class _Wiring:
    services: Services
    cookies: Cookies
    clock: Callable[[], datetime]


def install(app: Flask, services: Services, *, secure: bool, clock: Callable[[], datetime] = _utc_now) -> None:
    """Give the views of ``app`` their services. ``secure`` says whether the issuer is https."""
    app.extensions[EXTENSION] = _Wiring(services, Cookies(secure=secure), clock)
    app.after_request(_write_cookies)


def services() -> Services:
    """Return the services of this application."""
    return _wiring().services


def now() -> datetime:
    """Return the moment of this request: the same however often it is asked."""
    if "now" not in g:
        g.now = _wiring().clock()
    return cast("datetime", g.now)


def browser() -> Browser:
    """Return the browser this request came from."""
    if "browser" not in g:
        g.browser = Browser(_wiring().cookies)
    return cast("Browser", g.browser)


class SignedOut(Exception):
    """A page of a person's own was asked for where nobody is signed in."""


def require_session() -> Session:
    """Return who is signed in at this browser. Raises :class:`SignedOut`."""
    session = browser().session
    if session is None:
        raise SignedOut
    return session


def visitor() -> Visitor | None:
    """Return who is signed in, with what their evidence amounts to today under this deployment's policy.

    On the first visit after the day on which the evidence has to be looked at again, that is done here. Should it
    not succeed, the evidence amounts to nothing.
    """
    session = browser().session
    if session is not None and not _stands(session):
        services().proofing.refresh(session.person_id, now=now())
        session = browser().reload()
    if session is None:
        return None
    stands = _stands(session)
    return Visitor(
        person_id=session.person_id,
        auth_time=session.auth_time,
        acr=session.acr,
        amr=session.amr,
        level=session.level if stands else "none",
        verified=stands and session.level in services().settings.assurance.verified_levels,
        verified_on=session.verified_on if stands else None,
        adult_from=session.adult_from if stands else None,
    )


def _stands(session: Session) -> bool:
    return session.review_on is None or now().date() < session.review_on


def _wiring() -> _Wiring:
    return cast("_Wiring", current_app.extensions[EXTENSION])


def _write_cookies(response: Response) -> Response:
    if "browser" in g:
        g.browser.write(response)
    return response


class Browser:
    """The browser of one request: reads its cookies when asked, and writes them when the response leaves."""

    def __init__(self, cookies: Cookies) -> None:
        self._cookies = cookies
        self._session: Session | None = None
        self._loaded = False
        self._set: dict[str, str | None] = {}

    @property
    def binding(self) -> bytes:
        """SHA-256 of the browser's own cookie, which is made now if there is none. Tickets and challenges hold it."""
        name = self._cookies.browser
        value = self._set.get(name) or request.cookies.get(name)
        if not is_token(value):
            value = self._set[name] = token()
        return sha256(value.encode()).digest()

    @property
    def session(self) -> Session | None:
        """Who is signed in here: one statement, at most once a request."""
        if not self._loaded:
            self._session = services().sessions.load(self._session_cookie, now=now())
            self._loaded = True
        return self._session

    def reload(self) -> Session | None:
        """Read the session again, after what it tells of its person has changed."""
        self._loaded = False
        return self.session

    @property
    def known_session(self) -> Session | None:
        """The session if this request has had to look for it, for parts of a page that must not cost a statement."""
        return self._session

    def sign_in(self, signed_in: SignedIn) -> Session | None:
        """Begin a session under a new id; the one this browser had before ends (OWASP ASVS 7.2.4)."""
        self._set[self._cookies.session] = services().sessions.open(
            signed_in,
            device=device_name(request.user_agent.string),
            replacing=self._session_cookie,
            now=now(),
        )
        return self.reload()

    def sign_out(self) -> None:
        """End the session here and make the browser forget its cookie."""
        services().sessions.end(self._session_cookie)
        self.forget_session()

    def forget_session(self) -> None:
        """Drop the cookie of a session that has ended already."""
        self._set[self._cookies.session] = None
        self._session, self._loaded = None, True

    @property
    def _session_cookie(self) -> str | None:
        name = self._cookies.session
        return self._set[name] if name in self._set else request.cookies.get(name)

    def write(self, response: Response) -> None:
        """Set or drop the cookies that this request changed."""
        for name, value in self._set.items():
            if value is None:
                self._cookies.drop(response, name)
            else:
                self._cookies.put(response, name, value)
