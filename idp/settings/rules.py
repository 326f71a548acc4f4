"""Rules that take more than one setting, or more than a type, to check."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from idp.settings.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from idp.settings.shape import Settings


def issuer_is_an_origin(settings: Settings) -> Iterator[Fault]:
    """Scheme, host and port, nothing after: sites compare it character by character (OIDC Discovery §4.3)."""
    try:
        parts = urlsplit(settings.issuer)
        origin = f"{parts.scheme}://{parts.netloc}"
        usable = bool(parts.hostname) and parts.username is None and parts.port != 0
    except ValueError:
        yield Fault("issuer", "is not an address")
        return
    if not usable or parts.scheme not in {"http", "https"} or settings.issuer != origin.lower():
        yield Fault("issuer", "must be scheme, host and port only, in lower case, as in https://id.example.org")
    elif parts.scheme == "http" and not is_loopback(parts.hostname):
        yield Fault("issuer", "must be https; http is for this machine alone (http://localhost:9000)")


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


def database_is_one_of_two(settings: Settings) -> Iterator[Fault]:
    """SQLite and PostgreSQL are what the tests run on."""
    if not settings.db.url.startswith(("sqlite:///", "postgresql+psycopg://")):
        yield Fault("db.url", "must begin with sqlite:/// or postgresql+psycopg://")


def is_loopback(host: str | None) -> bool:
    """Tell whether a host name or address is this machine by its very form, without asking a resolver."""
    if not host:
        return False
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
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
    gateways_are_real_and_complete,
    database_is_one_of_two,
)
