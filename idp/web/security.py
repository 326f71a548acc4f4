"""What guards every response and every request: the Host check, size limits before parsing, and security headers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from flask import g

from idp.oidc.errors import PageError
from idp.web import current
from idp.web.client_certificates import hosts_of
from idp.web.visit import LARGEST_BODY, refuse_many

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask import Flask, Response

    from idp.web.client_certificates import ClientCertificates
    from idp.web.visit import Visit

PROBES: Final = "/healthz/"
"""Asked by load balancers under an address instead of a name; answers hold nothing but a state."""

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


class Guard:
    """What every request has to pass and every response carries, for an issuer at ``origin``."""

    def __init__(self, origin: str, certificates: ClientCertificates | None = None) -> None:
        """Guard ``origin`` (``https://id.example``), and the endpoints at the host of those who show certificates."""
        self._certificates = certificates
        parts = urlsplit(origin)
        secure = parts.scheme == "https"
        self._hosts = hosts_of(origin)
        self.always = [*HEADERS.items(), *([("Strict-Transport-Security", HSTS)] if secure else [])]
        self.headers = [*self.always, ("Content-Security-Policy", POLICY)]
        """The headers of a response that is no page of ours."""

    def check(self, visit: Visit) -> None:
        """Answer to our own name only, with its port (RFC 9110 §7.2), and read no more than 200 parameters.

        Raises PageError or BadRequest.
        """
        named = (visit.header("HTTP_HOST") or "").lower()
        if named not in self._hosts and not self._is_answered(named, visit.environ.get("PATH_INFO", "")):
            raise PageError("wrong_host")
        refuse_many(visit.query)

    def _is_answered(self, host: str, path: str) -> bool:
        """Tell whether something is answered under a name that is not the issuer's."""
        elsewhere = self._certificates is not None and self._certificates.serves(host, path)
        return elsewhere or path.startswith(PROBES)


def install(app: Flask, guard: Guard) -> None:
    """Guard what ``app`` answers."""
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY

    def check() -> None:
        visit = current.visit()
        guard.check(visit)
        if visit.is_form:
            visit.body()

    def add_headers(response: Response) -> Response:
        response.headers.extend(guard.always)
        response.headers.add("Content-Security-Policy", _policy())
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    app.before_request(check)
    app.after_request(add_headers)


def allow_form_to(uri: str | None, page: str) -> str:
    """Return ``page``, whose forms may end at the origin of ``uri``.

    Browsers hold ``form-action`` against the redirects that follow a form too (CSP3 §6.4.1), and the last redirect of
    a site's journey leads to the site.
    """
    if uri is not None:
        g.form_target = form_source(uri)
    return page


def allow_frames_of(uris: Iterable[str]) -> None:
    """Let the page at hand show frames of these addresses (Front-Channel Logout §2), and of nobody else."""
    g.frame_sources = sorted({f"{urlsplit(uri).scheme}://{urlsplit(uri).netloc}" for uri in uris})


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


def a_picture_only() -> None:
    """Let the answer at hand be shown as a picture and do nothing else, should it be opened by itself."""
    g.policy = "default-src 'none'; sandbox"


def _policy() -> str:
    if "policy" in g:
        return str(g.policy)
    target = g.get("form_target")
    policy = f"{POLICY} {target}" if target else POLICY
    frames = g.get("frame_sources")
    return f"{policy}; frame-src {' '.join(frames)}" if frames else policy
