"""The front door: the home page, the reader's preferences, and the small files the web expects of a site."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Blueprint, Response, redirect, render_template, request

from idp.store import clients
from idp.web import assets, current, i18n

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

blueprint = Blueprint("home", __name__)

A_YEAR = 365 * 24 * 3600


@blueprint.get("/")
def home() -> str:
    """Say in a few lines what this is."""
    current.browser().session  # noqa: B018 — loads the session, so that the page can greet
    return render_template("home.html", demo_sites=_demo_sites())


@blueprint.post("/preferences")
def preferences() -> AnyResponse:
    """Keep the reader's language and theme in cookies of their browser, nowhere else."""
    response = redirect(_own_path(request.form.get("next", "/")), 303)
    secure = current.services().settings.secure
    for name, cookie, allowed in (
        ("language", i18n.COOKIE, i18n.LANGUAGES),
        ("theme", assets.THEME_COOKIE, assets.THEMES),
    ):
        chosen = request.form.get(name, "")
        if chosen in allowed:
            response.set_cookie(cookie, chosen, max_age=A_YEAR, secure=secure, httponly=True, samesite="Lax")
    return response


@blueprint.get("/.well-known/change-password")
def change_password() -> AnyResponse:
    """Lead password managers to where credentials are changed (W3C Change Password URL)."""
    return redirect("/account/passkeys", 303)


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Keep crawlers out: nothing here is for an index."""
    return Response("User-agent: *\nDisallow: /\n", mimetype="text/plain")


def _demo_sites() -> list[dict[str, str]]:
    """Return the demo's relying sites, as far as they are registered."""
    shown = current.services().settings.demo.sites
    if not shown:
        return []
    with current.services().database.read() as connection:
        registered, _total = clients.search(connection)
    return [
        {"name": each.name_in(i18n.language()), "url": each.client_uri, "description": each.host}
        for each, _status in registered
        if each.client_uri and each.client_uri.rstrip("/") in shown
    ]


def _own_path(target: str) -> str:
    """Return a path of our own, never an address that leads elsewhere."""
    parts = urlsplit(target)
    own = not parts.scheme and not parts.netloc and target.startswith("/") and not target.startswith(("//", "/\\"))
    return target if own else "/"
