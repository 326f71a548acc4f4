"""RFC 8705 §6.5 for operators: what makes a header anybody could write is refused before anybody is served."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from idp.cli import environment
from idp.settings import SettingsError, load, values
from tests import certificates
from tests.command_line import checks_of
from tests.rules.cli.conftest import operator, prepared
from tests.rules.test_settings import LIVE
from tests.specs.rfc8705_mutual_tls.conftest import HEADER

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.certificates import Authority
    from tests.command_line import Operator

__all__ = ["operator", "prepared"]

SERVER_AUTH = ExtendedKeyUsageOID.SERVER_AUTH
FINE = {"IDP_MTLS__HEADER": HEADER, "IDP_MTLS__ORIGIN": "https://mtls.id.example:8443"}


def faults(**changes: str) -> set[str]:
    with pytest.raises(SettingsError) as caught:
        load(FINE | {f"IDP_MTLS__{name.upper()}": value for name, value in changes.items()})
    return {fault.where for fault in caught.value.faults}


def test_what_the_page_for_operators_shows_is_taken() -> None:
    chosen = load(FINE | {"IDP_MTLS__PROXIES": "10.0.0.7, 2001:db8::/64"}).mtls
    assert chosen.proxies == ("10.0.0.7", "2001:db8::/64")


def test_the_name_of_the_header_is_a_secret() -> None:
    shown = dict(values(load(FINE)))
    assert HEADER not in str(shown)
    assert HEADER not in repr(load(FINE))


@pytest.mark.parametrize(
    "name",
    [
        "Client-Cert", "X-SSL-Client-Cert", "X-Amzn-Mtls-Clientcert-Leaf", "X-Forwarded-Tls-Client-Cert", "X" * 40,
        "XClientCert" + "0" * 31, "XClientCert" + "0" * 65, "0" * 32, "XClientCert" + "G" * 32,
    ],
)  # fmt: skip
def test_a_name_that_could_be_guessed_is_refused(name: str) -> None:
    assert faults(header=name) == {"mtls.header"}


@pytest.mark.parametrize("name", ["X-Client-Cert-" + "0" * 32, "X_Client_Cert_" + "0" * 32])
def test_a_name_with_a_second_spelling_is_refused(name: str) -> None:
    """In WSGI a hyphen and an underscore are one, and a proxy that overwrites the first lets the second through."""
    assert faults(header=name) == {"mtls.header"}


@pytest.mark.parametrize(
    "proxies", ["proxy.example", "10.0.0.1/8", "10.0.0.7,everybody", "0.0.0.0/0", "10.0.0.0/8", "::/0"]
)
def test_a_proxy_is_an_address(proxies: str) -> None:
    assert faults(proxies=proxies) == {"mtls.proxies"}


@pytest.mark.parametrize(
    "origin", ["http://mtls.id.example", "https://mtls.id.example/", "https://mtls.id.example:443", "mtls.id.example"]
)
def test_the_other_host_is_one_with_tls(origin: str) -> None:
    assert faults(origin=origin) == {"mtls.origin"}


def test_the_other_host_is_another(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        load(FINE | {"IDP_ISSUER": "https://mtls.id.example:8443", "IDP_PRODUCTION": "false"}, tmp_path / "none")
    assert "mtls.origin" in str(caught.value.faults)


def test_in_production_it_has_a_name_of_its_own() -> None:
    """Proxies look for the server of a name, whatever the port: the header would come by the issuer's own too."""
    with pytest.raises(SettingsError) as caught:
        load(LIVE | FINE | {"IDP_ISSUER": "https://mtls.id.example"})
    assert {fault.where for fault in caught.value.faults} == {"mtls.origin"}
    assert load(LIVE | FINE).mtls.origin == FINE["IDP_MTLS__ORIGIN"]


def test_authorities_are_certificates(tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("")
    for path in (tmp_path / "absent.pem", tmp_path / "empty.pem"):
        assert faults(authorities=str(path)) == {"mtls.authorities"}


@pytest.mark.parametrize("what", ["a leaf", "not critical", "without usage", "name constraints", "for servers", "weak"])
def test_who_can_vouch_for_nobody_is_refused_at_once(tmp_path: Path, authority: Authority, what: str) -> None:
    """Else every site it vouches for would be turned away, and nobody would say why."""
    limits = x509.NameConstraints([x509.DNSName("bank.example")], None)
    made: dict[str, Callable[[], certificates.Shown]] = {
        "a leaf": authority.issue,
        "not critical": lambda: certificates.authority(critical=False),
        "without usage": lambda: certificates.authority(usage=False),
        "name constraints": lambda: certificates.authority(others=[limits]),
        "for servers": lambda: certificates.authority(others=[x509.ExtendedKeyUsage([SERVER_AUTH])]),
        "weak": lambda: certificates.authority(key=certificates.weak_key()),
    }
    (tmp_path / "odd.pem").write_text(authority.pem + made[what]().pem)
    assert faults(authorities=str(tmp_path / "odd.pem")) == {"mtls.authorities"}


def test_an_address_without_a_header_is_a_mistake() -> None:
    assert faults(header="") == {"mtls.header"}


def test_doctor_tells_of_authorities_that_run_out(operator: Operator, authority: Authority) -> None:
    path = operator.folder / "authorities.pem"
    path.write_text(authority.pem)
    assert "no certificates" in checks_of(operator)["mutual TLS"]["finding"]
    operator.environment |= FINE
    assert "nobody vouches" in checks_of(operator)["mutual TLS"]["finding"]
    operator.environment["IDP_MTLS__AUTHORITIES"] = str(path)
    end = authority.made.not_valid_after_utc
    states = {}
    for days in (-60, -10, 1):
        with patch.object(environment, "now", lambda days=days: end + timedelta(days=days)):
            states[days] = checks_of(operator)["mutual TLS"]
    assert (states[-60]["ok"], states[-60]["cure"]) == (True, "")
    assert (states[-10]["ok"], states[-10]["cure"]) == (True, "Add its successor.")
    assert not states[1]["ok"]
    assert end < datetime(2030, 1, 1, tzinfo=UTC)
