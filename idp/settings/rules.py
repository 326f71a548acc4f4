"""Rules that take more than one setting, or more than a type, to check."""

from __future__ import annotations

import re
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from clients.certificate import Authorities, InvalidCertificate
from idp.settings.faults import Fault
from idp.settings.shape import ADDRESS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from urllib.parse import SplitResult

    from idp.settings.shape import Settings

OWN_PORTS: Final = {"http": 80, "https": 443}
LAST_PORT: Final = 65535
HEADER: Final = r"[A-Za-z]{1,40}[0-9a-f]{32,64}"
"""No hyphen: in WSGI a name with one has a second spelling, which a proxy need not know of."""


def issuer_is_an_origin(settings: Settings) -> Iterator[Fault]:
    """Scheme, host and port, nothing after: sites compare it character by character (OIDC Discovery §4.3).

    A scheme's own port is left out, as browsers leave it out of the origin they tell (WHATWG URL, origin).
    """
    try:
        parts = urlsplit(settings.issuer)
        origin = _origin(parts)
    except ValueError:
        yield Fault("issuer", "is not an address")
        return
    if settings.issuer != origin:
        says = "must be scheme, host and port only, in lower case and without the scheme's own port, as in"
        yield Fault("issuer", f"{says} https://id.example.org")
    elif parts.scheme == "http" and not is_loopback(parts.hostname):
        yield Fault("issuer", "must be https; http is for this machine alone (http://localhost:9000)")


def _origin(parts: SplitResult) -> str | None:
    """Write an origin the one way browsers do; None for what is none."""
    if parts.scheme not in OWN_PORTS or not parts.hostname or parts.port == 0:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}" + ("" if parts.port in {None, OWN_PORTS[parts.scheme]} else f":{parts.port}")


def production_has_a_name(settings: Settings) -> Iterator[Fault]:
    """Passkeys are bound to a domain name; browsers make none for an address (WebAuthn Level 3 §5.1.2)."""
    if settings.production and is_address(_host(settings.issuer)):
        yield Fault("issuer", "must have a host name in production: browsers make no passkeys for an IP address")


def production_is_reached_over_tls(settings: Settings) -> Iterator[Fault]:
    """Real people's passkeys and sessions never travel in clear."""
    if settings.production and not settings.secure:
        yield Fault("production", "needs an https issuer")


def demo_stays_a_demo(settings: Settings) -> Iterator[Fault]:
    """Signing in as an invented person takes one click, so it must not exist where the real ones are."""
    if not settings.production and not settings.secure:
        return
    reason = "cannot be switched on in production or where the issuer is https"
    if settings.demo.people:
        yield Fault("demo.people", reason)
    if settings.demo.sites:
        yield Fault("demo.sites", reason)


def certification_stays_in_the_laboratory(settings: Settings) -> Iterator[Fault]:
    """Tokens in addresses are for those who test implementations (RFC 9700 §2.1.2)."""
    if settings.production and settings.oidc.certification_profile:
        yield Fault("oidc.certification_profile", "cannot be switched on in production: it puts tokens into addresses")


def gateways_are_real_and_complete(settings: Settings) -> Iterator[Fault]:
    """Keep simulators, which verify anybody, out of production; a real gateway needs TLS and a credential."""
    for section, gateway in (("registry", settings.registry), ("bank", settings.bank)):
        if gateway.adapter == "simulator":
            if settings.production:
                yield Fault(
                    f"{section}.adapter",
                    "a simulator verifies anybody; production needs a real one (for a sandbox, set production = false)",
                )
            continue
        if not gateway.url.startswith("https://") and not is_loopback(_host(gateway.url)):
            yield Fault(f"{section}.url", "the http adapter needs an https address")
        if gateway.token is None and not gateway.certificate:
            yield Fault(f"{section}.token", "the http adapter needs a credential, or a certificate of our own")
        if bool(gateway.certificate) != bool(gateway.certificate_key):
            yield Fault(f"{section}.certificate_key", "a certificate and its private key go together")


def the_way_out_is_guarded_in_production(settings: Settings) -> Iterator[Fault]:
    """A host that is let past the guard is a laboratory's; a site could name it to reach our neighbours."""
    if settings.production and settings.outbound.allowed_hosts:
        yield Fault("outbound.allowed_hosts", "has to be empty in production")
    if settings.outbound.authorities and not Path(settings.outbound.authorities).is_file():
        yield Fault("outbound.authorities", "is no file that can be read")


def certificates_come_by_a_pinned_proxy(settings: Settings) -> Iterator[Fault]:
    """A header that anybody could write would make anybody any site (RFC 8705 §6.5)."""
    chosen = settings.mtls
    if chosen.header is None:
        if chosen.origin or chosen.authorities:
            yield Fault("mtls.header", "is missing: without it nothing is done with certificates")
        return
    if not re.fullmatch(HEADER, chosen.header.reveal()):
        says = "must be a few letters and 32 random hexadecimal digits, with nothing between, as in XClientCert3f9c…"
        yield Fault("mtls.header", says)
    for proxy in chosen.proxies:
        if not _is_small_network(proxy):
            yield Fault("mtls.proxies", "must be addresses or small networks, as in 10.0.0.7 or 10.0.0.0/28")
    if chosen.origin and not _is_another_origin(chosen.origin, settings.issuer):
        yield Fault("mtls.origin", "must be https, another host or port than the issuer's, and nothing more")
    elif chosen.origin and settings.production and _host(chosen.origin) == _host(settings.issuer):
        yield Fault("mtls.origin", "must have a host name of its own in production: proxies pass over the port")
    if chosen.authorities and (fault := _fault_in_authorities(chosen.authorities)):
        yield Fault("mtls.authorities", fault)


def _is_small_network(proxy: str) -> bool:
    try:
        network = ip_network(proxy)
    except ValueError:
        return False
    return network.prefixlen >= network.max_prefixlen // 2


def _is_another_origin(origin: str, issuer: str) -> bool:
    try:
        return origin.startswith("https://") and origin == _origin(urlsplit(origin)) and origin != issuer
    except ValueError:
        return False


def _fault_in_authorities(path: str) -> str | None:
    try:
        Authorities(Path(path).read_bytes())
    except OSError:
        return "is no file that can be read"
    except InvalidCertificate as invalid:
        return str(invalid)
    return None


def database_is_one_of_two(settings: Settings) -> Iterator[Fault]:
    """SQLite and PostgreSQL are what the tests run on."""
    if not settings.db.url.startswith(("sqlite:///", "postgresql+psycopg://")):
        yield Fault("db.url", "must begin with sqlite:/// or postgresql+psycopg://")
    elif settings.db.url.startswith("sqlite"):
        if settings.db.url.removeprefix("sqlite:///").partition("?")[0] in {"", ":memory:"}:
            yield Fault("db.url", "must name a file, as in sqlite:///var/yufu.db")
    elif not _can_be_parted(settings.db.url):
        says = "must be postgresql+psycopg://user:password@host:port/name, with special characters percent-encoded"
        yield Fault("db.url", says)


def keys_are_in_a_folder(settings: Settings) -> Iterator[Fault]:
    """The one kind of place that outlives a process."""
    if not settings.keys.url.removeprefix("file:").removeprefix("//") or not settings.keys.url.startswith("file:"):
        yield Fault("keys.url", "must be file: and a folder, as in file:/var/lib/yufu/keys")


def the_port_exists(settings: Settings) -> Iterator[Fault]:
    """Somebody has to be able to connect to it."""
    if fault := fault_in_bind(settings.web.bind):
        yield Fault("web.bind", fault)


def fault_in_bind(bind: str) -> str | None:
    """Say what is wrong with an address to listen on, or None."""
    if not re.fullmatch(ADDRESS, bind):
        return "must be an address and a port, as in 127.0.0.1:9000 or [::1]:9000"
    if not 1 <= int(bind.rpartition(":")[2]) <= LAST_PORT:
        return f"must have a port from 1 to {LAST_PORT}"
    return None


def is_address(host: str | None) -> bool:
    """Tell whether a host is an IP address and no name."""
    try:
        ip_address(host or "")
    except ValueError:
        return False
    return True


def is_loopback(host: str | None) -> bool:
    """Tell whether a host name or address is this machine by its very form, without asking a resolver."""
    if not host:
        return False
    if host == "localhost" or host.endswith(".localhost"):
        return True
    return is_address(host) and ip_address(host).is_loopback


def _can_be_parted(url: str) -> bool:
    try:
        return urlsplit(url).port != 0
    except ValueError:
        return False


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


RULES: Final[tuple[Callable[[Settings], Iterator[Fault]], ...]] = (
    issuer_is_an_origin,
    production_is_reached_over_tls,
    demo_stays_a_demo,
    certification_stays_in_the_laboratory,
    gateways_are_real_and_complete,
    the_way_out_is_guarded_in_production,
    certificates_come_by_a_pinned_proxy,
    database_is_one_of_two,
    keys_are_in_a_folder,
    production_has_a_name,
    the_port_exists,
)
