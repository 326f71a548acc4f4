"""Style, scripts and pictures: named by their content, so that browsers may keep them for good."""

from __future__ import annotations

import hashlib
from functools import cache
from mimetypes import guess_type
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import Response, abort, request, send_from_directory
from werkzeug.exceptions import HTTPException

from idp.web import current

if TYPE_CHECKING:
    from flask import Flask

FOLDER = Path(__file__).parents[1] / "static"
FOR_GOOD = "public, max-age=31536000, immutable"
THEMES = ("system", "light", "dark")
THEME_COOKIE = "yufu-theme"


def install(app: Flask) -> None:
    """Serve the files, and give pages what they all use."""
    app.add_url_rule("/static/<digest>/<path:name>", "static", _serve)
    app.context_processor(_page_context)


def static_url(name: str) -> str:
    """Return the address of a file in ``idp/static``."""
    return f"/static/{_digests()[name]}/{name}"


def theme() -> str:
    """Return the reader's theme."""
    chosen = request.cookies.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else THEMES[0]


@cache
def _digests() -> dict[str, str]:
    """Return every file there is, with the first digits of its SHA-256; nothing else is ever served."""
    return {
        str(path.relative_to(FOLDER)): hashlib.sha256(path.read_bytes()).hexdigest()[:12]
        for path in FOLDER.rglob("*")
        if path.is_file()
    }


def _serve(digest: str, name: str) -> Response:
    known = _digests().get(name)
    if known is None:
        abort(404)
    response = send_from_directory(FOLDER, name, mimetype=guess_type(name)[0])
    # A page of a former release may still ask for its own file: it gets today's, but must not keep it under that name.
    response.headers["Cache-Control"] = FOR_GOOD if digest == known else "no-cache"
    return response


def _page_context() -> dict[str, object]:
    return {
        "static_url": static_url,
        "theme": theme(),
        "current_path": _current_path(),
        "signed_in": current.browser().known_session is not None,
        "demo": current.services().settings.demo.people,
    }


def _current_path() -> str:
    """Return where the page at hand can be had again by GET."""
    if request.method == "GET":
        return request.full_path.rstrip("?")
    try:
        ticket = request.form.get("ticket")
    except HTTPException:  # a body too large to be read, on its way to the error page
        return "/"
    return f"{request.path}?{urlencode({'ticket': ticket})}" if ticket else request.path
