"""Where a reply may go: exactly where the site registered, and nowhere that merely looks like it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_LOOPBACK = re.compile(
    r"http://(?P<host>127\.0\.0\.1|\[::1\])(?::(?P<port>[1-9][0-9]{0,4}))?(?P<rest>[/?].*)?", re.ASCII
)


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

    ``uri`` is a registered one, so it has no fragment.
    """
    encoded = urlencode(parameters)
    if mode == "fragment":
        return f"{uri}#{encoded}"
    if "?" not in uri:
        return f"{uri}?{encoded}"
    return uri + encoded if uri.endswith(("?", "&")) else f"{uri}&{encoded}"


def _without_port(uri: str) -> tuple[str, str] | None:
    """Split a loopback-address URI into host and the rest; None for any other URI, or a port that can't be."""
    found = _LOOPBACK.fullmatch(uri)
    if found is None or int(found["port"] or 80) > 65535:
        return None
    return found["host"], found["rest"] or ""
