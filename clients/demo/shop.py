"""The market: a Flask site that signs people in with Authlib. Anyone may look; verified adults open a stall.

Run it with ``python -m clients.demo.shop``; ``--registration`` prints what its developer hands in to be registered.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import secrets
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import requests
from authlib.integrations.flask_client import OAuth
from flask import Flask, g, redirect, render_template, request, session

from clients.demo import facts, notes, registration, settings, shown
from clients.demo.authlib_client import expected
from clients.demo.errors import SiteError
from clients.demo.frame import headers_for, is_own_form
from clients.demo.records import Received, Records
from clients.demo.serve import serve
from clients.demo.settings import Misconfigured
from clients.demo.shop_errors import explain
from clients.demo.words import LANGUAGES, words_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask import Response
    from flask.typing import ResponseReturnValue

    from clients.demo.authlib_client import OpenIdClient
    from clients.demo.settings import SiteSettings

HERE = Path(__file__).parent
LONGEST = {"title": 60, "words": 300}


class Market:
    """The site: its pages, what it keeps, and its connection to the identity provider."""

    def __init__(self, site: SiteSettings, app: Flask) -> None:
        self.site = site
        self.records = Records(site.folder / "shop.db")
        # [shown]
        oauth = OAuth(app)
        self.yufu: OpenIdClient = oauth.register(
            "yufu",
            server_metadata_url=f"{site.issuer}/.well-known/openid-configuration",
            client_id=site.client_id,
            client_secret=site.client_secret,
            client_kwargs={
                "scope": "openid profile verified age",
                "code_challenge_method": "S256",
                "default_timeout": 10,
            },
        )
        # [/shown]
        self.pages = (
            ("GET", "/", self.home),
            ("GET", "/sign-in", self.sign_in),
            ("GET", "/callback", self.callback),
            ("POST", "/stall", self.open_stall),
            ("GET", "/received", self.received),
            ("GET", "/compare", self.compare),
            ("POST", "/sign-out", self.sign_out),
            ("POST", "/language", self.choose_language),
            ("GET", "/privacy", self.privacy),
            ("GET", "/terms", self.terms),
        )

    def home(self) -> ResponseReturnValue:
        """Show the stalls, and what the visitor can do."""
        stalls = self.records.entries()
        own = next((stall for stall in stalls if g.person and stall.sub == g.person.sub), None)
        signed_out = g.person is None and ("signed-out" in request.args or "state" in request.args)
        return render_template("home.html", stalls=stalls, own=own, signed_out=signed_out)

    def sign_in(self) -> ResponseReturnValue:
        """Send the visitor to the identity provider."""
        for forgotten in [key for key in session if key.startswith("_state_")][:-3]:
            del session[forgotten]  # sign-ins that were begun in other tabs and never finished
        # [shown]
        return self.yufu.authorize_redirect(self.site.redirect_uri, ui_locales=g.words.language)
        # [/shown]

    def callback(self) -> ResponseReturnValue:
        """Receive the visitor back, and check what the provider says."""
        # [shown]
        provider = self.yufu.load_server_metadata()
        if request.args.get("iss") != provider["issuer"]:  # RFC 9207
            raise SiteError("answer_refused", "another issuer answers")
        # Checked inside: state, PKCE, signature, iss, aud, exp, nonce and at_hash.
        token = self.yufu.authorize_access_token(claims_options=expected(self.site))
        claims = token.get("userinfo", {})
        person = self.yufu.userinfo(token=token)
        if not person.get("sub") or person["sub"] != claims.get("sub"):
            raise SiteError("answer_refused", "userinfo is of somebody else")
        if person.get("verified") is not True:
            raise SiteError("not_verified")
        if person.get("age_over_18") is not True:
            raise SiteError("not_adult")
        session.clear()
        session["sub"] = person["sub"]
        # [/shown]
        received = Received(
            userinfo=dict(person),
            header=shown.header_of(token["id_token"]),
            claims=dict(claims),
            id_token=token["id_token"],
            access_token_hash=hashlib.sha256(token["access_token"].encode()).hexdigest(),
        )
        self.records.remember(received)
        return redirect("/", 303)

    def open_stall(self) -> ResponseReturnValue:
        """Put up the visitor's stall; each person has one."""
        person = _signed_in()
        given = {name: " ".join(request.form.get(name, "").split()) for name in LONGEST}
        if not all(0 < len(given[name]) <= most for name, most in LONGEST.items()):
            raise SiteError("bad_request")
        self.records.put(person.sub, sub=person.sub, at=int(time.time()), **given)
        return redirect("/", 303)

    def received(self) -> ResponseReturnValue:
        """Show the visitor all that the provider told us, and the lines that did it."""
        person = _signed_in()
        told = facts.facts_about(person, g.words)
        lines = shown.lines_of(sys.modules[__name__])
        return render_template("received.html", facts=told, absent=facts.NOT_RECEIVED, lines=lines)

    def compare(self) -> ResponseReturnValue:
        """Lay our record of the visitor beside the other site's."""
        if not self.site.compares_notes:
            raise SiteError("not_found")
        if g.person is None:
            return render_template("compare.html", result=None, missing="here")
        ticket = request.args.get("ticket")
        theirs = self._other_sites_notes(ticket or "")
        if ticket is None:  # the browser itself carries the thread from one site to the other: no record could
            return redirect(f"{self.site.partner}/notes/carry", 303)
        if theirs["here"] is None:
            return render_template("compare.html", result=None, missing="there")
        result = notes.compare(notes.record_of(g.person), theirs["here"], everybody=theirs["records"])
        return render_template("compare.html", result=result, missing=None)

    def sign_out(self) -> ResponseReturnValue:
        """Forget the visitor here, and offer the provider to do the same."""
        person = g.person
        session.clear()
        if person is None:
            return redirect("/?signed-out", 303)
        # [shown]
        return self.yufu.logout_redirect(f"{self.site.base}/", id_token_hint=person.id_token)
        # [/shown]

    def choose_language(self) -> ResponseReturnValue:
        """Remember the language and go back."""
        back = request.form.get("back", "/")
        answer = redirect(back if back in {"/", "/received", "/compare", "/privacy", "/terms"} else "/", 303)
        if (language := request.form.get("language")) in LANGUAGES:
            answer.set_cookie("shop_language", language, max_age=31_536_000, samesite="Lax", httponly=True)
        return answer

    def privacy(self) -> ResponseReturnValue:
        """Say what the site keeps."""
        return render_template("privacy.html")

    def terms(self) -> ResponseReturnValue:
        """Say the rules of the house."""
        return render_template("terms.html")

    def _other_sites_notes(self, ticket: str) -> dict[str, Any]:
        try:
            answer = requests.get(f"{self.site.partner}/notes.json", params={"ticket": ticket}, timeout=5)
            answer.raise_for_status()
            theirs: dict[str, Any] = answer.json()
        except requests.RequestException as error:
            raise SiteError("partner_unreachable", str(error)) from error
        return theirs


def create_app(site: SiteSettings) -> Flask:
    """Make the site."""
    app = Flask("shop", template_folder=str(HERE / "templates" / "shop"), static_folder=str(HERE / "static"))
    app.secret_key = secrets.token_bytes(32)
    app.config.update(
        SESSION_COOKIE_NAME="shop_session",  # cookies know no ports: every site on localhost needs a name of its own
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=site.base.startswith("https://"),
        MAX_CONTENT_LENGTH=16_384,
    )
    app.jinja_env.globals.update(site=site, pretty=shown.pretty, longest=LONGEST, _=_say)
    market = Market(site, app)
    for method, path, page in market.pages:
        app.add_url_rule(path, page.__name__, page, methods=[method])
    app.before_request(partial(_begin, market))
    app.after_request(partial(_finish, market))
    app.register_error_handler(Exception, explain)
    return app


def _begin(market: Market) -> None:
    """Find out who asks, and in which language."""
    g.words = words_for(
        chosen=request.cookies.get("shop_language"), accepted=request.headers.get("Accept-Language", "")
    )
    g.person = market.records.person(session.get("sub"))
    if request.method == "POST" and not is_own_form(
        market.site, origin=request.headers.get("Origin"), fetch_site=request.headers.get("Sec-Fetch-Site")
    ):
        raise SiteError("bad_request", "form of another site")


def _finish(market: Market, response: Response) -> Response:
    response.headers.update(headers_for(market.site))
    if request.path.startswith("/static/"):
        response.headers["Cache-Control"] = "max-age=300"
    return response


def _say(sentence: str, **values: object) -> str:
    said: str = g.words(sentence, **values)
    return said


def _signed_in() -> Received:
    if not isinstance(g.person, Received):
        raise SiteError("signed_out")
    return g.person


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the site until it is interrupted."""
    parser = argparse.ArgumentParser(prog="python -m clients.demo.shop", description="The market, a demo relying site.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=9001)
    parser.add_argument("--registration", action="store_true", help="print the client metadata and end")
    given = parser.parse_args(arguments)
    if given.registration:
        sys.stdout.write(f"{shown.pretty(registration.SHOP)}\n")
        return 0
    try:
        site = settings.read(
            "SHOP", os.environ, client_id=registration.SHOP_ID, port=given.port, partner_port=given.port + 1
        )
    except Misconfigured as wrong:
        sys.stderr.write(f"shop: {wrong}\n")
        return 2
    if not site.client_secret:
        sys.stderr.write("shop: no client secret: set SHOP_CLIENT_SECRET, or SHOP_CLIENT_SECRET_FILE to its file\n")
        return 2
    serve(create_app(site), host=given.host, port=given.port)
    return 0


if __name__ == "__main__":
    sys.exit(main())
