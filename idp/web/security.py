"""What guards every response and every request: the Host check, size limits before parsing, and security headers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from flask import g, request
from werkzeug.exceptions import BadRequest

from idp.oidc.errors import PageError

if TYPE_CHECKING:
    from flask import Flask, Response

LARGEST_BODY: Final = 64 * 1024
MOST_PARAMETERS: Final = 200
PROBES: Final = "/healthz/"
"""Asked by load balancers under an address instead of a name; answers hold nothing but a state."""

FORM: Final = "application/x-www-form-urlencoded"

HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not `no-referrer`: under it browsers send `Origin: null` with our own forms, and no check could tell them apart.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": (
        "camera=(), geolocation=(), microphone=(), payment=(), usb=(),"
        " publickey-credentials-create=(self), publickey-credentials-get=(self)"
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
}
_HOST: Final = re.compile(r"[A-Za-z0-9._-]+(:[0-9]{1,5})?\Z")
HSTS: Final = "max-age=63072000"

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self';"
    " manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)


def install(app: Flask, *, origin: str) -> None:
    """Guard ``app``, which answers at ``origin`` (``https://id.example``) and nowhere else."""
    parts = urlsplit(origin)
    secure = parts.scheme == "https"
    hosts = {parts.netloc.lower()}
    if parts.port is None:
        hosts.add(f"{parts.netloc.lower()}:{443 if secure else 80}")
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY

    def refuse_wrong_host() -> None:
        """Answer to our own name only, with its port (RFC 9110 §7.2)."""
        named = request.environ.get("HTTP_HOST", "").lower()
        if named not in hosts and not request.path.startswith(PROBES):
            raise PageError("wrong_host")

    always = [*HEADERS.items(), *([("Strict-Transport-Security", HSTS)] if secure else [])]

    def add_headers(response: Response) -> Response:
        response.headers.extend(always)
        response.headers.add("Content-Security-Policy", _policy())
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    app.before_request(refuse_wrong_host)
    app.before_request(refuse_excess)
    app.after_request(add_headers)


def refuse_excess() -> None:
    """Count before parsing: 64 kB of body, 200 parameters in the query and as many in a form."""
    _refuse_many(request.query_string)
    if request.mimetype == FORM:
        _refuse_many(request.get_data())  # reads MAX_CONTENT_LENGTH at most, and keeps it for the form parser


def allow_form_to(uri: str | None, page: str) -> str:
    """Return ``page``, whose forms may end at the origin of ``uri``.

    Browsers hold ``form-action`` against the redirects that follow a form too (CSP3 §6.4.1), and the last redirect of
    a site's journey leads to the site.
    """
    if uri is not None:
        g.form_target = form_source(uri)
    return page


def form_source(uri: str) -> str:
    """Return the CSP source expression of a redirect URI: its origin, or the bare scheme of a native app.

    CSP has no words for an IPv6 address (CSP3 §2.3.1), so ``http://[::1]`` gets its scheme too. Over https it is the
    scheme as well: browsers hold the whole chain against the list, and a site may send people on to another host of
    its own.
    """
    parts = urlsplit(uri)
    if parts.scheme != "http" or not _HOST.match(parts.netloc):
        return f"{parts.scheme}:"
    return f"{parts.scheme}://{parts.netloc}"


def _policy() -> str:
    target = g.get("form_target")
    return f"{POLICY} {target}" if target else POLICY


def _refuse_many(pairs: bytes) -> None:
    if pairs.count(b"&") >= MOST_PARAMETERS:
        raise BadRequest(f"more than {MOST_PARAMETERS} parameters")
