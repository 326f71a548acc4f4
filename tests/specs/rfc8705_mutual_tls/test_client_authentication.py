"""RFC 8705 §2: a client proves itself by its certificate, issued by an authority or its own."""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from clients.jwks import parse_jwks, usable_keys
from idp.domain.secrecy import Private
from idp.settings import MtlsSettings, OutboundSettings
from tests import certificates, laboratory
from tests import house as building
from tests.house import answered
from tests.specs.rfc8705_mutual_tls.conftest import HEADER, ORIGIN, Holder, error_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import keys
    from tests.certificates import Authority, Shown
    from tests.house import House

USAGE = x509.KeyUsage(
    digital_signature=False, content_commitment=False, key_encipherment=True, data_encipherment=False,
    key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
)  # fmt: skip
DN = "CN=payments,O=Harbour Bank,C=CN"
GONE = datetime(2026, 11, 1, tzinfo=UTC)
TO_COME = datetime(2026, 12, 1, tzinfo=UTC)


def known_by(house: House, authority: Authority, *, client_id: str = "bank", **subject: str) -> Holder:
    named = subject or {"tls_client_auth_subject_dn": DN}
    return Holder.of(house, authority.issue(), client_id, token_endpoint_auth_method="tls_client_auth", **named)


# ── tls_client_auth (§2.1) ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_client_is_known_by_the_name_an_authority_vouches_for(house: House, authority: Authority) -> None:
    bank = known_by(house, authority)
    assert bank.redeem(bank.code()).status_code == 200
    renewed = bank.showing(authority.issue(DN))  # another key, the same name: certificates are renewed
    assert renewed.redeem(bank.code()).status_code == 200


ALTERNATIVES: list[tuple[dict[str, str], x509.GeneralName]] = [
    ({"tls_client_auth_san_dns": "pay.bank.example"}, x509.DNSName("pay.bank.example")),
    ({"tls_client_auth_san_dns": "pay.bank.example"}, x509.DNSName("PAY.bank.example")),
    ({"tls_client_auth_san_uri": "urn:bank:pay"}, x509.UniformResourceIdentifier("urn:bank:pay")),
    ({"tls_client_auth_san_ip": "2001:db8::7"}, x509.IPAddress(ip_address("2001:db8:0::7"))),
    ({"tls_client_auth_san_email": "pay@bank.example"}, x509.RFC822Name("pay@bank.example")),
    ({"tls_client_auth_san_email": "pay@bank.example"}, x509.RFC822Name("pay@BANK.example")),
    ({"tls_client_auth_san_uri": "web+bank:pay"}, x509.UniformResourceIdentifier("web+bank:pay")),
]


@pytest.mark.parametrize(("registered", "name"), ALTERNATIVES, ids=lambda each: str(each)[:40])
def test_a_client_may_be_known_by_an_alternative_name(
    house: House, authority: Authority, registered: dict[str, str], name: x509.GeneralName
) -> None:
    bank = known_by(house, authority, **registered)
    fine = authority.issue("CN=whatever", names=[x509.DNSName("other.example"), name])
    assert bank.showing(fine).redeem(bank.code()).status_code == 200
    for wrong in (authority.issue(DN), authority.issue("CN=pay.bank.example", names=[x509.DNSName("x.example")])):
        assert error_of(bank.showing(wrong).redeem("…"), 401) == "invalid_client"


@pytest.mark.parametrize(
    "case",
    ["none", "another name", "longer name", "other order", "self-signed", "another authority", "expired", "not yet",
     "for servers", "an authority's"],
)  # fmt: skip
def test_nobody_else_is_taken_for_the_client(house: House, authority: Authority, case: str) -> None:
    cases: dict[str, Callable[[], Shown | None]] = {
        "none": lambda: None,
        "another name": lambda: authority.issue("CN=payments,O=Harbour Bank,C=HK"),
        "longer name": lambda: authority.issue("CN=payments,OU=x,O=Harbour Bank,C=CN"),
        "other order": lambda: authority.issue("C=CN,O=Harbour Bank,CN=payments"),
        "self-signed": lambda: certificates.self_signed(DN),
        "another authority": lambda: certificates.authority().issue(DN),  # of the same name, with another key
        "expired": lambda: authority.issue(DN, end=GONE),
        "not yet": lambda: authority.issue(DN, begin=TO_COME),
        "for servers": lambda: authority.issue(DN, usages=[ExtendedKeyUsageOID.SERVER_AUTH]),
        "an authority's": lambda: authority.issue(DN, ca=True),
    }
    bank = known_by(house, authority)
    code = bank.code()
    refused = bank.showing(cases[case]()).redeem(code)
    assert error_of(refused, 401) == "invalid_client"
    assert refused.get_json()["error_description"] == "client authentication failed"
    assert bank.redeem(code).status_code == 200, "a stranger burnt the code"


@pytest.mark.parametrize("what", ["rsa 1024", "another curve", "not to sign", "odd alternative name", "odd version"])
def test_what_a_stranger_makes_is_turned_away_and_never_a_fault_of_ours(
    house: House, authority: Authority, what: str
) -> None:
    """FAPI 2.0 Security Profile §5.4; and whatever else a library may stumble over."""
    odd_name = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.17"), bytes.fromhex("3004a3023000"))
    cases: dict[str, Callable[[], bytes]] = {
        "rsa 1024": lambda: authority.issue(DN, key=certificates.weak_key()).der,
        "another curve": lambda: authority.issue(DN, key=ec.generate_private_key(ec.SECP256K1())).der,
        "not to sign": lambda: authority.issue(DN, others=[USAGE]).der,
        "odd alternative name": lambda: authority.issue(DN, others=[odd_name]).der,
        "odd version": lambda: authority.issue(DN).der.replace(
            bytes.fromhex("a003020102"), bytes.fromhex("a003020163")
        ),
    }
    der = cases[what]()
    for method in ("tls_client_auth", "self_signed_tls_client_auth"):
        named = {"tls_client_auth_subject_dn": DN} if method == "tls_client_auth" else {}
        bank = Holder.of(
            house, certificates.self_signed(), method.replace("_", "-"), token_endpoint_auth_method=method, **named
        )
        shown = {HEADER: f":{b64encode(der).decode()}:"}
        refused = bank.showing(None).post("/introspect", {"token": "x"}, **shown)
        assert refused.get_json()["error"] in {"invalid_client", "invalid_request"}, refused.text


@pytest.mark.parametrize("x5c", ["a003020163", "06072a8648ce3d0209"], ids=["odd version", "odd kind of key"])
def test_an_odd_certificate_in_a_key_set_is_as_good_as_none(x5c: str) -> None:
    shown = certificates.self_signed()
    usual = {"a003020163": "a003020102", "06072a8648ce3d0209": "06072a8648ce3d0201"}[x5c]
    der = shown.der.replace(bytes.fromhex(usual), bytes.fromhex(x5c))
    jwk = shown.jwk(x5c=[b64encode(der).decode()])
    for keys_of in (parse_jwks, usable_keys):
        assert [key.x5t for key in keys_of({"keys": [jwk]})] == [None]


def test_a_certificate_without_a_stated_purpose_will_do(house: House, authority: Authority) -> None:
    bank = known_by(house, authority)
    assert bank.showing(authority.issue(DN, usages=[])).redeem(bank.code()).status_code == 200


# ── self_signed_tls_client_auth (§2.2) ───────────────────────────────────────────────────────────────────────────────


def test_a_client_is_known_by_a_certificate_of_its_key_set(house: House) -> None:
    own = certificates.self_signed()
    bank = Holder.of(house, own)
    assert bank.redeem(bank.code()).status_code == 200


@pytest.mark.parametrize("case", ["none", "another", "same key, another certificate", "vouched for"])
def test_only_the_certificate_itself_counts(house: House, authority: Authority, case: str) -> None:
    own = certificates.self_signed()
    bank = Holder.of(house, own)
    code = bank.code()
    cases: dict[str, Callable[[], Shown | None]] = {
        "none": lambda: None,
        "another": certificates.self_signed,
        "same key, another certificate": lambda: certificates.self_signed("CN=other", key=own.key),
        "vouched for": lambda: authority.issue("CN=my own"),
    }
    assert error_of(bank.showing(cases[case]()).redeem(code), 401) == "invalid_client"
    assert bank.redeem(code).status_code == 200


def test_an_expired_certificate_of_the_key_set_proves_nothing(house: House) -> None:
    bank = Holder.of(house, certificates.self_signed(end=GONE))
    assert error_of(bank.redeem("…"), 401) == "invalid_client"


def test_a_new_certificate_is_found_where_the_client_publishes_its_keys(tmp_path: Path, keyring: keys.Keyring) -> None:
    with laboratory.opened() as site:
        built = building.build(
            tmp_path,
            keyring,
            mtls=MtlsSettings(header=Private(HEADER), origin=ORIGIN),
            outbound=OutboundSettings(allowed_hosts=(f"127.0.0.1:{site.port}",)),
        )
        first, second = certificates.self_signed(), certificates.self_signed()
        publish(site, first)
        bank = Holder.of(built, first, jwks=None, jwks_uri=site.address("/jwks"))
        assert bank.redeem(bank.code()).status_code == 200
        publish(site, second)
        built.wait(seconds=61)
        assert bank.showing(second).redeem(bank.code()).status_code == 200
        assert error_of(bank.redeem("…"), 401) == "invalid_client", "the one that was withdrawn is still good"
        built.wait(seconds=10)
        assert error_of(bank.showing(certificates.self_signed()).redeem("…"), 401) == "invalid_client"
        assert len(site.asked) == 2, "a stranger's certificate made us call the site"
        built.services.database.close()


def publish(site: Any, shown: certificates.Shown) -> None:
    site.publish("/jwks", json.dumps({"keys": [shown.jwk(kid="1")]}).encode())


# ── one method and no other (RFC 6749 §2.3) ──────────────────────────────────────────────────────────────────────────


def test_a_certificate_proves_no_client_of_another_method(house: House) -> None:
    own = certificates.self_signed()
    secretive = house.site("shop")
    refused = Holder(secretive, own).redeem("…")
    assert error_of(refused, 401) == "invalid_client"


@pytest.mark.parametrize(
    "form",
    [{"client_secret": "x" * 43}, {"client_assertion": "a.b.c", "client_assertion_type": "urn:x"}],
    ids=["secret", "assertion"],
)
def test_a_client_of_certificates_has_no_other_way(house: House, form: dict[str, str]) -> None:
    bank = Holder.of(house, certificates.self_signed())
    assert error_of(bank.redeem("…", **form), 401) == "invalid_client"


def test_another_client_s_name_beside_a_good_certificate_is_refused(house: House) -> None:
    own = certificates.self_signed()
    bank = Holder.of(house, own)
    Holder.of(house, certificates.self_signed(), "other")
    assert error_of(bank.redeem(bank.code(), client_id="other"), 401) == "invalid_client"


@pytest.mark.parametrize("path", ["/token", "/par", "/revoke", "/introspect"])
def test_every_direct_endpoint_asks_for_it(house: House, path: str) -> None:
    bank = Holder.of(house, certificates.self_signed())
    assert error_of(bank.showing(None).post(path, {"token": "x", "grant_type": "x"}), 401) == "invalid_client"
    assert error_of(bank.showing(certificates.self_signed()).post(path, {"token": "x"}), 401) == "invalid_client"


def test_it_pushes_introspects_and_revokes_like_any_confidential_client(house: House) -> None:
    bank = Holder.of(house, certificates.self_signed())
    assert "code" in answered(house.person().arrive(bank.pushed()))
    token = bank.tokens()["access_token"]
    assert bank.post("/introspect", {"token": token}).get_json()["active"] is True
    assert bank.post("/revoke", {"token": token}).status_code == 200
    assert bank.post("/introspect", {"token": token}).get_json() == {"active": False}
