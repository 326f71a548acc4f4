"""The gateways as the settings ask for them: a real counterpart over HTTPS, or the simulator in this process."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from idp.gateways.bank import BankGateway
from idp.gateways.breaker import Breaker
from idp.gateways.endpoint import Endpoint
from idp.gateways.http import NetworkTransport, WsgiTransport, tls_context
from idp.gateways.registry import RegistryGateway

if TYPE_CHECKING:
    from ssl import SSLContext

    from idp.settings import BankSettings, RegistrySettings


def open_registry(settings: RegistrySettings) -> RegistryGateway:
    """Return the gateway to the registry. A simulator keeps its memory for as long as its gateway lives."""
    if settings.adapter == "simulator":
        from idp.gateways.registry_simulator import RegistrySimulator

        transport = WsgiTransport(RegistrySimulator())
        return RegistryGateway(Endpoint("registry", "http://localhost/queries", transport, Breaker()))
    return RegistryGateway(_endpoint("registry", settings))


def open_bank(settings: BankSettings) -> BankGateway:
    """Return the gateway to the bank."""
    if settings.adapter == "simulator":
        from idp.gateways.bank_simulator import BankSimulator

        return BankGateway(Endpoint("bank", "http://localhost/deposits", WsgiTransport(BankSimulator()), Breaker()))
    return BankGateway(_endpoint("bank", settings))


def _endpoint(name: str, settings: RegistrySettings | BankSettings) -> Endpoint:
    transport = NetworkTransport(tls=_tls(settings) if settings.url.startswith("https://") else None)
    return Endpoint(name, settings.url, transport, Breaker(), settings.token, settings.timeout_seconds)


def _tls(settings: RegistrySettings | BankSettings) -> SSLContext:
    """Read the files that the settings name, at the start: what is wrong with them stops it."""
    files = (settings.authorities, settings.certificate, settings.certificate_key)
    authorities, certificate, key = (Path(file) if file else None for file in files)
    return tls_context(authorities=authorities, certificate=certificate, key=key)
