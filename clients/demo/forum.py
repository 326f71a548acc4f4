"""The teahouse: a site on nothing but the standard library, and python-jose for the tokens. Real people, code names.

Run it with ``python -m clients.demo.forum``; ``--registration`` prints what its developer hands in to be registered.
"""

from __future__ import annotations

import argparse
import logging
import os
import secrets
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from clients.demo import forum_oidc, notes, registration, settings, shown, site_key
from clients.demo.errors import TO_MEND, TROUBLES, SiteError
from clients.demo.forum_pages import Pages
from clients.demo.forum_web import SESSION_COOKIE, Answer, Request, Session, Sessions, cookie, read_request, redirect
from clients.demo.frame import headers_for, is_own_form
from clients.demo.records import Received, Records
from clients.demo.serve import serve
from clients.demo.settings import Misconfigured
from clients.demo.words import LANGUAGES, words_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from wsgiref.types import StartResponse, WSGIEnvironment

    from clients.demo.settings import SiteSettings

log = logging.getLogger("forum")

STATIC = {path.name: path for path in (Path(__file__).parent / "static").iterdir()}
MEDIA_TYPES = {".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
LONGEST_POST = 500
MOST_BEGUN = 5
TICKET_SECONDS = 60
A_YEAR = 31_536_000


class Visit:
    """One request with what is known about who makes it."""

    def __init__(self, request: Request, forum: Forum) -> None:
        self.request = request
        self.session = forum.sessions.find(request.cookies.get(SESSION_COOKIE))
        self.person = forum.records.person(self.session.sub) if self.session else None
        words = words_for(chosen=request.cookies.get("forum_language"), accepted=request.languages)
        self.pages = Pages(words, forum.site, self.person, path=request.path)

    @property
    def signed_in(self) -> Received:
        """Who is signed in. Raises SiteError if nobody is."""
        if self.person is None:
            raise SiteError("signed_out")
        return self.person


class Forum:
    """The site: its pages, what it keeps, and its side of OpenID Connect."""

    def __init__(self, site: SiteSettings, key: site_key.SiteKey) -> None:
        self.site = site
        self.records = Records(site.folder / "forum.db")
        self.sessions = Sessions()
        self.provider = forum_oidc.RelyingParty(site, key)
        self._tickets: dict[str, tuple[str, float]] = {}
        self._secure = site.base.startswith("https://")
        self._pages: dict[tuple[str, str], Callable[[Visit], Answer]] = {
            ("GET", "/"): self._home,
            ("GET", "/sign-in"): self._sign_in,
            ("GET", "/callback"): self._callback,
            ("POST", "/post"): self._post,
            ("GET", "/received"): self._received,
            ("POST", "/sign-out"): self._sign_out,
            ("POST", "/language"): self._choose_language,
            ("GET", "/privacy"): lambda visit: visit.pages.privacy(),
            ("GET", "/terms"): lambda visit: visit.pages.terms(),
            ("GET", "/notes/carry"): self._carry_notes,
            ("GET", "/notes.json"): self._notes,
        }

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request (PEP 3333)."""
        answer = self._answer(environ)
        headers = {"Content-Type": answer.content_type, "Content-Length": str(len(answer.body))}
        merged = {**headers, **headers_for(self.site), **answer.headers}
        start_response(answer.status_line, [*merged.items(), *(("Set-Cookie", each) for each in answer.cookies)])
        return [answer.body]

    def _answer(self, environ: WSGIEnvironment) -> Answer:
        visit = None
        try:
            visit = Visit(read_request(environ), self)
            request = visit.request
            if request.method == "GET" and request.path.startswith("/assets/"):
                return _static(request.path.removeprefix("/assets/"))
            if request.method == "POST" and not is_own_form(
                self.site, origin=request.origin, fetch_site=request.fetch_site
            ):
                raise SiteError("bad_request", "form of another site")
            page = self._pages.get((request.method, request.path))
            if page is None:
                raise SiteError("not_found")
            return page(visit)
        except SiteError as error:
            code = error.code
            if code in TO_MEND:
                log.warning("%s", error)
        except Exception:
            log.exception("unexpected")
            code = "unexpected"
        pages = visit.pages if visit else Pages(words_for(chosen=None, accepted=""), self.site, None, path="/")
        return pages.trouble(code, TROUBLES[code])

    def _home(self, visit: Visit) -> Answer:
        signed_out = visit.person is None and "state" in visit.request.query
        return visit.pages.home(self.records.entries(), longest=LONGEST_POST, signed_out=signed_out)

    def _sign_in(self, visit: Visit) -> Answer:
        begun = self.provider.begin(visit.pages.words.language)
        session = visit.session or self.sessions.begin()
        session.begun[begun.state] = begun
        for forgotten in list(session.begun)[:-MOST_BEGUN]:
            del session.begun[forgotten]
        return redirect(begun.url, self._session_cookie(session))

    def _callback(self, visit: Visit) -> Answer:
        # [shown]
        state = visit.request.query.get("state", "")
        begun = visit.session.begun.pop(state, None) if visit.session else None
        if begun is None:
            raise SiteError("state_mismatch")
        person = self.provider.finish(begun, visit.request.query)
        if person.userinfo.get("verified") is not True:
            raise SiteError("not_verified")
        self.sessions.end(visit.session)
        session = self.sessions.begin(sub=person.sub)
        # [/shown]
        self.records.remember(person)
        return redirect("/", self._session_cookie(session))

    def _post(self, visit: Visit) -> Answer:
        words = visit.request.form.get("words", "").strip()
        if not 0 < len(words) <= LONGEST_POST:
            raise SiteError("bad_request")
        sub = visit.signed_in.sub
        self.records.put(secrets.token_urlsafe(12), sub=sub, title="", words=words, at=int(time.time()))
        return redirect("/")

    def _received(self, visit: Visit) -> Answer:
        lines = "\n".join(shown.lines_of(module) for module in (sys.modules[__name__], forum_oidc))
        return visit.pages.received(visit.signed_in, lines=lines)

    def _sign_out(self, visit: Visit) -> Answer:
        self.sessions.end(visit.session)
        gone = cookie(SESSION_COOKIE, "", secure=self._secure, max_age=0)
        if visit.person is None:
            return redirect("/", gone)
        return redirect(self.provider.sign_out_url(visit.person.id_token), gone)

    def _choose_language(self, visit: Visit) -> Answer:
        form = visit.request.form
        back = form.get("back", "/")
        back = back if ("GET", back) in self._pages and back in {"/", "/received", "/privacy", "/terms"} else "/"
        if (language := form.get("language", "")) not in LANGUAGES:
            return redirect(back)
        return redirect(back, cookie("forum_language", language, secure=self._secure, max_age=A_YEAR))

    def _carry_notes(self, visit: Visit) -> Answer:
        """Let the browser carry a ticket for its own record to the other site; demonstration only."""
        self._demonstration_only()
        now = time.time()
        self._tickets = {ticket: kept for ticket, kept in self._tickets.items() if kept[1] > now}
        ticket = secrets.token_urlsafe(16)
        if visit.person is not None:
            self._tickets[ticket] = (visit.person.sub, now + TICKET_SECONDS)
        return redirect(f"{self.site.partner}/compare?ticket={ticket}")

    def _notes(self, visit: Visit) -> Answer:
        """Show all that this site has about everybody; demonstration only, as two sites in league would do it."""
        self._demonstration_only()
        sub, until = self._tickets.get(visit.request.query.get("ticket", ""), (None, 0.0))
        person = self.records.person(sub) if until > time.time() else None
        document = {
            "records": [notes.record_of(each) for each in self.records.everybody()],
            "here": person and notes.record_of(person),
        }
        return Answer(body=shown.pretty(document).encode(), content_type="application/json")

    def _demonstration_only(self) -> None:
        if not self.site.compares_notes:
            raise SiteError("not_found")

    def _session_cookie(self, session: Session) -> str:
        return cookie(SESSION_COOKIE, session.id, secure=self._secure)


def _static(name: str) -> Answer:
    path = STATIC.get(name)
    if path is None:
        raise SiteError("not_found")
    return Answer(
        body=path.read_bytes(), content_type=MEDIA_TYPES[path.suffix], headers={"Cache-Control": "max-age=300"}
    )


def create_app(site: SiteSettings) -> Forum:
    """Make the site, with the key it signs its client assertions with."""
    return Forum(site, site_key.load_or_create(site.folder / "forum.key"))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the site until it is interrupted."""
    parser = argparse.ArgumentParser(
        prog="python -m clients.demo.forum", description="The teahouse, a demo relying site."
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=9002)
    parser.add_argument("--registration", action="store_true", help="print the client metadata and end")
    given = parser.parse_args(arguments)
    try:
        site = settings.read(
            "FORUM", os.environ, client_id=registration.FORUM_ID, port=given.port, partner_port=given.port - 1
        )
    except Misconfigured as wrong:
        sys.stderr.write(f"forum: {wrong}\n")
        return 2
    if given.registration:
        key = site_key.load_or_create(site.folder / "forum.key")
        sys.stdout.write(f"{shown.pretty(registration.forum(key.jwks))}\n")
        return 0
    serve(create_app(site), host=given.host, port=given.port)
    return 0


if __name__ == "__main__":
    sys.exit(main())
