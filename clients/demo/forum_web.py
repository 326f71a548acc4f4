"""The little that the teahouse needs of a web framework: requests, answers, sessions."""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass, field
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, Protocol
from urllib.parse import parse_qsl

from clients.demo.errors import SiteError

if TYPE_CHECKING:
    from clients.demo.forum_oidc import Begun

LONGEST_BODY = 16_384
SESSION_COOKIE = "forum_session"  # cookies know no ports: every site on localhost needs a name of its own
MOST_SESSIONS = 10_000


class _Input(Protocol):
    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request; of a parameter that is there several times the last counts."""

    method: str
    path: str
    query: dict[str, str]
    form: dict[str, str]
    cookies: dict[str, str]
    languages: str
    origin: str | None
    fetch_site: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer; ``cookies`` are whole ``Set-Cookie`` values."""

    status: int = 200
    body: bytes = b""
    content_type: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    cookies: tuple[str, ...] = ()

    @property
    def status_line(self) -> str:
        """The status as WSGI wants it."""
        return f"{self.status} {HTTPStatus(self.status).phrase}"


def redirect(location: str, *cookies: str) -> Answer:
    """Send the browser on with a GET."""
    return Answer(status=303, headers={"Location": location}, cookies=cookies)


def read_request(environ: dict[str, object]) -> Request:
    """Read a WSGI environment. Raises SiteError for a body that is too long or not text."""

    def header(name: str) -> str | None:
        value = environ.get(name)
        return value if isinstance(value, str) else None

    length = int(header("CONTENT_LENGTH") or 0)
    if length > LONGEST_BODY:
        raise SiteError("bad_request", "body too long")
    stream: _Input = environ["wsgi.input"]  # type: ignore[assignment] # PEP 3333 says what it is, its type doesn't
    try:
        form = dict(parse_qsl(stream.read(length).decode(), max_num_fields=20)) if length else {}
        query = dict(parse_qsl(header("QUERY_STRING") or "", keep_blank_values=True, max_num_fields=20))
        cookies = SimpleCookie(header("HTTP_COOKIE") or "")
    except (ValueError, CookieError) as error:
        raise SiteError("bad_request", type(error).__name__) from error
    return Request(
        method=header("REQUEST_METHOD") or "GET",
        path=header("PATH_INFO") or "/",
        query=query,
        form=form,
        cookies={name: morsel.value for name, morsel in cookies.items()},
        languages=header("HTTP_ACCEPT_LANGUAGE") or "",
        origin=header("HTTP_ORIGIN"),
        fetch_site=header("HTTP_SEC_FETCH_SITE"),
    )


@dataclass(slots=True)
class Session:
    """What the site remembers of one browser: who is signed in, and sign-ins on their way, by state."""

    id: str
    sub: str | None = None
    begun: dict[str, Begun] = field(default_factory=dict)


class Sessions:
    """The sessions of this process; the oldest goes when there are too many."""

    def __init__(self) -> None:
        self._sessions: dict[str, Session] = {}
        self._lock = threading.Lock()

    def find(self, session_id: str | None) -> Session | None:
        """Give the session a cookie names."""
        return self._sessions.get(session_id or "")

    def begin(self, *, sub: str | None = None) -> Session:
        """Open a session under a new identifier."""
        session = Session(secrets.token_urlsafe(32), sub)
        with self._lock:
            while len(self._sessions) >= MOST_SESSIONS:
                del self._sessions[next(iter(self._sessions))]
            self._sessions[session.id] = session
        return session

    def end(self, session: Session | None) -> None:
        """Forget a session."""
        if session is not None:
            with self._lock:
                self._sessions.pop(session.id, None)


def cookie(name: str, value: str, *, secure: bool, max_age: int | None = None) -> str:
    """Write a ``Set-Cookie`` value; without ``max_age`` (seconds) the browser keeps it until it closes."""
    age = "" if max_age is None else f"; Max-Age={max_age}"
    return f"{name}={value}; Path=/; HttpOnly; SameSite=Lax{age}{'; Secure' if secure else ''}"
