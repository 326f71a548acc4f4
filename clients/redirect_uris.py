"""Where a reply may go: exactly where the site registered, and nowhere that merely looks like it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal
from urllib.parse import parse_qsl, quote_plus, urlsplit

from clients.sector import is_host, is_loopback

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MAX_LENGTH = 2000

_CHARACTERS = re.compile(r"(?:[A-Za-z0-9\-._~:/?\[\]@!$&'()+,;=]|%[0-9A-Fa-f]{2})+")  # RFC 3986 §2
_AUTHORITY = re.compile(r"(?P<host>\[[0-9a-f:.]+\]|[^:]+)(?::(?P<port>[1-9][0-9]{0,4}))?")
_PRIVATE_USE = re.compile(r"[a-z][a-z0-9-]*(?:\.[a-z0-9-]+)+")
_LOOPBACK = re.compile(r"http://(?P<host>127\.0\.0\.1|\[::1\])(?::(?P<port>[1-9][0-9]{0,4}))?(?P<rest>[/?].*)?")
_OF_THE_RESPONSE = {
    *("code", "state", "iss", "error", "error_description", "error_uri"),
    *("access_token", "token_type", "expires_in", "id_token", "session_state", "response"),
}


def matches(registered: Sequence[str], presented: str, *, application_type: str) -> bool:
    """Tell whether a presented redirect URI is one of the registered ones, character for character.

    A native app may choose any port on a loopback *address* at request time (RFC 8252 §7.3); ``localhost`` is a name
    that somebody else may answer to (§8.3), so it gets no such freedom. OIDC Core §3.1.2.1, RFC 9700 §2.1.
    """
    if presented in registered:
        return True
    if application_type != "native":
        return False
    wanted = _without_port(presented)
    return wanted is not None and any(_without_port(uri) == wanted for uri in registered)


def with_parameters(uri: str, parameters: Mapping[str, str], *, mode: Literal["query", "fragment"] = "query") -> str:
    """Append response parameters to a redirect URI and keep the query it was registered with (RFC 6749 §3.1.2).

    ``uri`` is a registered one, so it has no fragment. The names are words of the protocol, which need no encoding.
    """
    encoded = "&".join([f"{name}={quote_plus(value)}" for name, value in parameters.items()])
    if mode == "fragment":
        return f"{uri}#{encoded}"
    if "?" not in uri:
        return f"{uri}?{encoded}"
    return uri + encoded if uri.endswith(("?", "&")) else f"{uri}&{encoded}"


def fault_in(uri: object, *, application_type: str, loopback: bool = False) -> str | None:
    """Say in words what forbids registering a redirect URI, or None.

    Web sites: https; over http only on loopback hosts, and only if ``loopback`` lets demonstrations be. Native apps
    (RFC 8252 §7): https, http on loopback, or a private-use scheme that reverses a domain name. No fragment
    (RFC 6749 §3.1.2), no wildcard, no user name, and no parameter of the response's own in the query.
    """
    if fault := _fault_in_text(uri):
        return fault
    text = str(uri)
    native = application_type == "native"
    if any(name in _OF_THE_RESPONSE for name, _ in parse_qsl(urlsplit(text).query, keep_blank_values=True)):
        return "has a parameter in its query that the response uses"
    return _fault_in_place(text, local=native or loopback, private_use=native)


def fault_in_page(uri: object, *, loopback: bool = False) -> str | None:
    """Say in words what forbids showing people a link or picture of the site's, or None."""
    return _fault_in_text(uri) or _fault_in_place(str(uri), local=loopback, private_use=False)


def _fault_in_text(uri: object) -> str | None:
    """Say in words why this is no absolute URI that everybody reads alike, or None."""
    if not isinstance(uri, str) or not 0 < len(uri) <= MAX_LENGTH:
        return f"is not a text of 1 to {MAX_LENGTH} characters"
    if "*" in uri:
        return "has a wildcard"
    if "#" in uri:
        return "has a fragment"
    if not _CHARACTERS.fullmatch(uri):
        return "has characters that a URI has not (a host in another script is written in its xn-- form)"
    try:
        urlsplit(uri)
    except ValueError:  # a bracket that nothing closes
        return "is not an address"
    return None


def _fault_in_place(uri: str, *, local: bool, private_use: bool) -> str | None:
    scheme, _, rest = uri.partition(":")
    if scheme not in {"https", "http"}:
        return None if private_use and _PRIVATE_USE.fullmatch(scheme) else "has a scheme that is not accepted here"
    authority = urlsplit(uri).netloc if rest.startswith("//") else ""
    found = _AUTHORITY.fullmatch(authority)
    if found is None or not is_host(found["host"]) or int(found["port"] or 1) > 65535:
        return "has no plain host (lower-case, no user name, no trailing dot) with an optional port"
    if scheme == "http" and not (local and is_loopback(found["host"])):
        return "is not https"
    return None


def _without_port(uri: str) -> tuple[str, str] | None:
    """Split a loopback-address URI into host and the rest; None for any other URI, or a port that can't be."""
    found = _LOOPBACK.fullmatch(uri)
    if found is None or int(found["port"] or 80) > 65535:
        return None
    return found["host"], found["rest"] or ""
