"""Certificates of sites as the proxy in front passes them on (RFC 8705 §6.5, RFC 9440).

TLS ends at the proxy. It puts the certificate that the site showed into a header, and whoever could write that header
could be any site. The proxy overwrites it; so that nothing else comes to mean the same, its name has no hyphen: to a
WSGI application ``Client-Cert`` and ``Client_Cert`` are one, of which the later wins. Besides, the name is a secret of
ours and the proxy's, it counts only from the proxy's own address, and where the sites that show certificates have a
host of their own, only there.
"""

from __future__ import annotations

import re
from base64 import b64decode
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING, Any, Final, Self
from urllib.parse import unquote, urlsplit

from clients.certificate import Certificate, InvalidCertificate
from idp.log import log_event
from idp.oidc.discovery import CERTIFICATE_PATHS
from idp.oidc.errors import Code, OAuthError

if TYPE_CHECKING:
    from collections.abc import Callable

    from idp.settings import Settings

LONGEST: Final = 16 * 1024
_PEM: Final = re.compile(r"-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----\s*\Z")
_NONE: Final = frozenset({"", "::", "(null)"})
"""What proxies write where no certificate was shown."""


@dataclass(frozen=True, slots=True)
class ClientCertificates:
    """Where certificates come from in this deployment. ``hosts`` is empty where they come to the issuer's own host."""

    variable: str = field(repr=False)
    """The header's name in the WSGI environment."""
    decode: Callable[[str], bytes]
    proxies: tuple[IPv4Network | IPv6Network, ...]
    origin: str | None
    hosts: frozenset[str]

    @classmethod
    def of(cls, settings: Settings) -> Self | None:
        """Return what the settings say; None where no proxy passes certificates on."""
        chosen = settings.mtls
        if chosen.header is None:
            return None
        return cls(
            variable="HTTP_" + chosen.header.reveal().upper(),
            decode=FORMATS[chosen.format],
            proxies=tuple(ip_network(each) for each in chosen.proxies),
            origin=chosen.origin or None,
            hosts=hosts_of(chosen.origin) if chosen.origin else frozenset(),
        )

    def shown(self, environ: dict[str, Any]) -> Certificate | None:
        """Return the certificate that a request came with, if it came by the proxy. Raises OAuthError."""
        text: str | None = environ.get(self.variable)
        if text is None or text in _NONE:
            return None
        if doubt := self._doubt(environ):
            log_event("client_certificate_not_believed", level="warning", reason=doubt)
            return None
        try:
            if len(text) > LONGEST:
                raise InvalidCertificate("is too long")
            return Certificate.read(self.decode(text))
        except ValueError as invalid:
            raise OAuthError(Code.INVALID_REQUEST, "the certificate that was shown cannot be read") from invalid

    def serves(self, host: str, path: str) -> bool:
        """Tell whether a request is for an endpoint at the host for those who show certificates."""
        return host in self.hosts and path in CERTIFICATE_PATHS

    def _doubt(self, environ: dict[str, Any]) -> str | None:
        """Say in words for the log why the header is not believed, or None."""
        if self.hosts and environ.get("HTTP_HOST", "").lower() not in self.hosts:
            return "it came to another host than that of mtls.origin"
        before = environ.get("werkzeug.proxy_fix.orig", environ)  # the address that really connected
        try:
            address = ip_address(before.get("REMOTE_ADDR", ""))
        except ValueError:
            return "it came from no address"
        address = getattr(address, "ipv4_mapped", None) or address
        known = any(address in network for network in self.proxies)
        return None if known else "it came from an address that is not among mtls.proxies"


def hosts_of(origin: str) -> frozenset[str]:
    """Return what ``Host`` may say for an origin: its own port may be left out (RFC 9110 §4.2.3)."""
    parts = urlsplit(origin)
    host = parts.netloc.lower()
    own_port = 443 if parts.scheme == "https" else 80
    return frozenset({host} if parts.port is not None else {host, f"{host}:{own_port}"})


def _of_rfc9440(text: str) -> bytes:
    """Read ``:base64 of DER:`` (RFC 9440 §2.1, RFC 8941 §3.3.5)."""
    if len(text) < 2 or not (text[0] == text[-1] == ":"):
        raise ValueError("not between colons")
    return b64decode(text[1:-1], validate=True)


def _of_pem(text: str) -> bytes:
    """Read PEM that was percent-encoded, or whose line breaks became spaces, to fit into a header."""
    found = _PEM.match(unquote(text, errors="strict"))
    if found is None:
        raise ValueError("not PEM")
    return b64decode("".join(found.group(1).split()), validate=True)


FORMATS: Final = {"rfc9440": _of_rfc9440, "pem": _of_pem}
