"""One request as our own code sees it, whoever answers it: its parts, its moment, and the browser it came from.

It reads the WSGI environment and nothing of Flask, so that the direct endpoints and the pages share every rule about
cookies, sessions and bodies. Everything is made on first use: what needs no session costs no statement.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from werkzeug.exceptions import BadRequest, ClientDisconnected, RequestEntityTooLarge
from werkzeug.http import dump_cookie
from werkzeug.wsgi import get_input_stream

from idp.authentication.randomness import is_token, token
from idp.oidc.interactions import Visitor
from idp.web.devices import device_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from clients.certificate import Certificate
    from clients.client import Client
    from idp.authentication.sessions import Session, SignedIn
    from idp.services import Services
    from idp.web.client_certificates import ClientCertificates

VISIT: Final = "yufu.visit"
"""Where the WSGI environment keeps the visit."""
FORM: Final = "application/x-www-form-urlencoded"
LARGEST_BODY: Final = 64 * 1024
MOST_PARAMETERS: Final = 200


@dataclass(frozen=True, slots=True)
class Cookies:
    """Names and attributes of our cookies. Ports share cookies on localhost, so the names say whose they are.

    Over https both carry the ``__Host-`` prefix: no other host, however related, can plant them (RFC 6265bis §4.1.3.2).
    """

    secure: bool
    session: str
    """Name of the cookie that says who is signed in."""
    browser: str
    """Name of the cookie that tickets and challenges are bound to; it says nothing about who."""

    @classmethod
    def named(cls, *, secure: bool) -> Cookies:
        """Name them for an issuer with https, or without."""
        prefix = "__Host-" if secure else ""
        return cls(secure, f"{prefix}yufu_session", f"{prefix}yufu_browser")

    def header(self, name: str, value: str | None) -> str:
        """Return the ``Set-Cookie`` of a cookie that ends with the browser; None makes the browser forget it."""
        attributes: dict[str, Any] = {"path": "/", "secure": self.secure, "httponly": True, "samesite": "Lax"}
        if value is None:
            return dump_cookie(name, "", max_age=0, expires=0, **attributes)
        return dump_cookie(name, value, **attributes)


def utc_now() -> datetime:
    """Return the time it is."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Wiring:
    """What every visit of one application shares."""

    services: Services
    cookies: Cookies
    clock: Callable[[], datetime] = utc_now
    certificates: ClientCertificates | None = None
    """How certificates of sites come here, if they do."""


class Visit:
    """A request. ``environ`` is its WSGI environment, and the only place it comes from."""

    __slots__ = ("_body", "_browser", "_now", "_wiring", "client", "environ")

    def __init__(self, wiring: Wiring, environ: dict[str, Any]) -> None:
        self._wiring = wiring
        self._now: datetime | None = None
        self._browser: Browser | None = None
        self._body: bytes | None = None
        self.environ = environ
        self.client: Client | None = None  # whom the answer is for, where an endpoint has found out

    @property
    def services(self) -> Services:
        """The services of this application."""
        return self._wiring.services

    @property
    def certificate(self) -> Certificate | None:
        """The certificate that the sender showed, as a proxy that we believe passes it on. Raises OAuthError."""
        certificates = self._wiring.certificates
        return certificates.shown(self.environ) if certificates is not None else None

    @property
    def origin(self) -> str:
        """The address of ours that was called: the issuer, or that for those who show certificates."""
        certificates = self._wiring.certificates
        if certificates is not None and self.environ.get("HTTP_HOST", "").lower() in certificates.hosts:
            return certificates.origin or ""
        return self.services.settings.issuer

    @property
    def now(self) -> datetime:
        """The moment of this request: the same however often it is asked."""
        if self._now is None:
            self._now = self._wiring.clock()
        return self._now

    @property
    def browser(self) -> Browser:
        """The browser this request came from."""
        if self._browser is None:
            self._browser = Browser(self, self._wiring.cookies)
        return self._browser

    @property
    def new_cookies(self) -> list[str]:
        """The ``Set-Cookie`` headers of what this request changed."""
        return self._browser.changes if self._browser is not None else []

    @property
    def method(self) -> str:
        """The HTTP method."""
        method: str = self.environ["REQUEST_METHOD"]
        return method

    @property
    def query(self) -> bytes:
        """The query string as it was sent."""
        query: str = self.environ.get("QUERY_STRING", "")
        return query.encode("latin-1")

    @property
    def is_form(self) -> bool:
        """Whether the body says it is a form."""
        kind: str = self.environ.get("CONTENT_TYPE", "")
        return kind == FORM or kind.partition(";")[0].strip().lower() == FORM

    def header(self, name: str) -> str | None:
        """Return a header by its WSGI name (``HTTP_AUTHORIZATION``), or None."""
        value: str | None = self.environ.get(name)
        return value

    def cookie(self, name: str) -> str | None:
        """Return a cookie's value, the first if it came twice. Ours hold no character that would be quoted."""
        for part in self.environ.get("HTTP_COOKIE", "").split(";"):
            key, _, value = part.partition("=")
            if key.strip() == name:
                return str(value.strip())
        return None

    def body(self) -> bytes:
        """Read the body: 64 kB at most, and of a form 200 parameters at most; it can be read again by whoever follows.

        Raises RequestEntityTooLarge, ClientDisconnected or BadRequest.
        """
        if self._body is None:
            self._body = _read(self.environ)
            self.environ["wsgi.input"] = BytesIO(self._body)
            if self.is_form:
                refuse_many(self._body)
        return self._body

    def visitor(self) -> Visitor | None:
        """Return who is signed in, with what their evidence amounts to today under this deployment's policy.

        On the first visit after the day on which the evidence has to be looked at again, that is done here. Should it
        not succeed, the evidence amounts to nothing.
        """
        session = self.browser.session
        if session is not None and not self._stands(session):
            self.services.proofing.refresh(session.person_id, now=self.now)
            session = self.browser.reload()
        if session is None:
            return None
        stands = self._stands(session)
        return Visitor(
            person_id=session.person_id,
            sid_seed=session.sid_seed,
            auth_time=session.auth_time,
            acr=session.acr,
            amr=session.amr,
            level=session.level if stands else "none",
            verified=stands and session.level in self.services.settings.assurance.verified_levels,
            verified_on=session.verified_on if stands else None,
            adult_from=session.adult_from if stands else None,
        )

    def _stands(self, session: Session) -> bool:
        return session.review_on is None or self.now.date() < session.review_on


class Browser:
    """The browser of one request: reads its cookies when asked, and says what to set when the response leaves."""

    __slots__ = ("_cookies", "_loaded", "_session", "_set", "_visit")

    def __init__(self, visit: Visit, cookies: Cookies) -> None:
        self._visit = visit
        self._cookies = cookies
        self._session: Session | None = None
        self._loaded = False
        self._set: dict[str, str | None] = {}

    @property
    def binding(self) -> bytes:
        """SHA-256 of the browser's own cookie, which is made now if there is none. Tickets and challenges hold it."""
        name = self._cookies.browser
        value = self._set.get(name) or self._visit.cookie(name)
        if not is_token(value):
            value = self._set[name] = token()
        return sha256(value.encode()).digest()

    @property
    def session(self) -> Session | None:
        """Who is signed in here: one statement, at most once a request."""
        if not self._loaded:
            self._session = self._visit.services.sessions.load(self._session_cookie, now=self._visit.now)
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
        self._set[self._cookies.session] = self._visit.services.sessions.open(
            signed_in,
            device=device_name(self._visit.header("HTTP_USER_AGENT") or ""),
            replacing=self._session_cookie,
            now=self._visit.now,
        )
        return self.reload()

    def sign_out(self, *, asked_by: str | None = None) -> list[tuple[Client, str]]:
        """End the session here and make the browser forget its cookie.

        Returns the sites that have to be told through this browser, each with its ``sid``.
        """
        session, services, now = self.session, self._visit.services, self._visit.now
        self.forget_session()
        if session is None:
            return []
        told = services.session_ends.announce([session.sid_seed], now=now, asked_by=asked_by)
        services.sessions.forget(session)
        return told

    def forget_session(self) -> None:
        """Drop the cookie of a session that has ended already."""
        self._set[self._cookies.session] = None
        self._session, self._loaded = None, True

    @property
    def _session_cookie(self) -> str | None:
        name = self._cookies.session
        return self._set[name] if name in self._set else self._visit.cookie(name)

    @property
    def changes(self) -> list[str]:
        """The ``Set-Cookie`` headers of what changed."""
        return [self._cookies.header(name, value) for name, value in self._set.items()]


def _read(environ: dict[str, Any]) -> bytes:
    """Read a body of a stated length; for one without, Werkzeug knows what the server in front of us does."""
    stated = environ.get("CONTENT_LENGTH", "")
    if not stated.isdecimal():
        return get_input_stream(environ, max_content_length=LARGEST_BODY).read()
    length = int(stated)
    if length > LARGEST_BODY:
        raise RequestEntityTooLarge
    body: bytes = environ["wsgi.input"].read(length)
    if len(body) < length:
        raise ClientDisconnected
    return body


def refuse_many(pairs: bytes) -> None:
    """Count before parsing: more than 200 parameters are a BadRequest."""
    if pairs.count(b"&") >= MOST_PARAMETERS:
        raise BadRequest(f"more than {MOST_PARAMETERS} parameters")
