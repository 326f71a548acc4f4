"""Sectors: the sites that share one pseudonym of a person (OIDC Core §8.1)."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Sequence

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*", re.ASCII)
_NUMERIC = re.compile(r"(?:[0-9]+|0x[0-9a-f]*)", re.ASCII)


class NoSector(ValueError):
    """The redirect URIs name no sector; the text says what would."""


def sector_of(redirect_uris: Sequence[str], *, sector: str | None = None, loopback: bool = False) -> str:
    """Give the sector of a site: the one host of its redirect URIs, lower-case ASCII.

    ``sector``
        what the operator decided, for a site with several hosts or an app with none.
    ``loopback``
        demonstrations only: a loopback host with its port counts as a site. Everywhere else it is nobody's name,
        and two apps that came by the same one would share pseudonyms.

    Raises :class:`NoSector`.
    """
    if sector is not None:
        if not is_host(sector):
            raise NoSector("is not a host name in lower-case ASCII (an internationalised one in its xn-- form)")
        return sector
    sectors = {_sector(uri, loopback=loopback) for uri in redirect_uris}
    if len(sectors) != 1:
        raise NoSector("lie on several hosts: the operator has to name the sector they share")
    return sectors.pop()


def is_host(text: str) -> bool:
    """Tell whether text is a host name or address as we write it: lower-case ASCII, no port, no trailing dot.

    What browsers would read as a number (``2130706433``, ``0x7f.1``) is an address in disguise and not accepted.
    """
    if text.startswith("[") and text.endswith("]"):
        return _is_address(text[1:-1])
    if _NUMERIC.fullmatch(text.rsplit(".", 1)[-1]):
        return _is_address(text)
    return _HOST.fullmatch(text) is not None


def is_loopback(host: str) -> bool:
    """Tell whether a host, as :func:`is_host` takes it, is this machine itself (RFC 8252 §7.3, RFC 6761 §6.3)."""
    return host in {"localhost", "[::1]"} or (_is_address(host) and ipaddress.ip_address(host).is_loopback)


def authority_of(uri: str) -> tuple[str, str] | None:
    """Split off a URI's host and its host with port, both in lower case; None for a private-use scheme."""
    parts = urlsplit(uri)
    if parts.scheme not in {"https", "http"}:
        return None
    authority = parts.netloc.lower()
    return re.sub(r":[0-9]+\Z", "", authority), authority


def origin_of(uri: str) -> str | None:
    """Give the web origin of a URI as browsers write it (RFC 6454 §6.2); None for a private-use scheme."""
    found, scheme = authority_of(uri), urlsplit(uri).scheme
    return None if found is None else f"{scheme}://{found[1].removesuffix(':443' if scheme == 'https' else ':80')}"


def _sector(uri: str, *, loopback: bool) -> str:
    found = authority_of(uri)
    if found is None:
        raise NoSector("have a scheme of their own and so no host: the operator has to name the sector")
    host, authority = found
    if not is_loopback(host):
        return host
    if not loopback:
        raise NoSector("lie on a loopback host, which is nobody's name: the operator has to name the sector")
    return authority


def _is_address(text: str) -> bool:
    try:
        return str(ipaddress.ip_address(text)) == text
    except ValueError:
        return False
