"""RFC 8705 §2.1.2, §2.2.2, §3.4, §5: what a client registers, and what the provider says of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from clients.metadata import InvalidClientMetadata, MetadataPolicy, validate
from idp.domain.secrecy import Private
from idp.settings import MtlsSettings
from tests import certificates
from tests import house as building
from tests.house import ISSUER
from tests.specs.rfc8705_mutual_tls.conftest import HEADER, ORIGIN

if TYPE_CHECKING:
    from pathlib import Path

    import keys
    from tests.house import House

POLICY = MetadataPolicy(certificate_methods=("tls_client_auth", "self_signed_tls_client_auth"))
SITE = {"redirect_uris": ["https://bank.example/cb"]}
ISSUED = SITE | {"token_endpoint_auth_method": "tls_client_auth"}
OWN = SITE | {"token_endpoint_auth_method": "self_signed_tls_client_auth"}
BOUND = "tls_client_certificate_bound_access_tokens"
SHOWN = certificates.self_signed()
SUBJECTS = {
    "tls_client_auth_subject_dn": "CN=payments,O=Harbour Bank,C=CN",
    "tls_client_auth_san_dns": "pay.bank.example",
    "tls_client_auth_san_uri": "urn:bank:pay",
    "tls_client_auth_san_ip": "192.0.2.7",
    "tls_client_auth_san_email": "pay@bank.example",
}


def faults(metadata: dict[str, Any], policy: MetadataPolicy = POLICY) -> set[str]:
    with pytest.raises(InvalidClientMetadata) as caught:
        validate(metadata, policy=policy)
    return {member for member, _ in caught.value.faults}


@pytest.mark.parametrize("member", SUBJECTS)
def test_a_subject_is_registered_and_told(member: str) -> None:
    told = validate(ISSUED | {member: SUBJECTS[member]}, policy=POLICY).to_response()
    assert told[member] == SUBJECTS[member]
    assert told["token_endpoint_auth_method"] == "tls_client_auth"


def test_there_is_exactly_one_subject() -> None:
    assert faults(ISSUED) == {"token_endpoint_auth_method"}
    two = {name: SUBJECTS[name] for name in ("tls_client_auth_san_dns", "tls_client_auth_san_ip")}
    assert faults(ISSUED | two) == {"token_endpoint_auth_method"}
    assert faults(OWN | {"jwks": {"keys": [SHOWN.jwk()]}} | two) == set(two)


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("tls_client_auth_subject_dn", "Harbour Bank"),
        ("tls_client_auth_subject_dn", "CN=a, O=b"),
        ("tls_client_auth_subject_dn", "shoe=9"),
        ("tls_client_auth_subject_dn", "2.5.4.97=#130e50534447422d4643412d3132333435,CN=x"),
        ("tls_client_auth_san_email", "pay@Bank.example"),
        ("tls_client_auth_san_dns", "*.bank.example"),
        ("tls_client_auth_san_dns", "https://bank.example"),
        ("tls_client_auth_san_uri", "bank"),
        ("tls_client_auth_san_ip", "192.0.2"),
        ("tls_client_auth_san_email", "bank.example"),
        ("tls_client_auth_san_email", 7),
    ],
)
def test_a_subject_that_no_certificate_has_is_refused(member: str, value: object) -> None:
    assert member in faults(ISSUED | {member: value})


def test_a_self_signed_certificate_comes_with_its_key() -> None:
    """§2.2.2: x5c in jwks, or a jwks_uri."""
    kept = validate(OWN | {"jwks": {"keys": [SHOWN.jwk()]}}, policy=POLICY)
    assert [key.x5t for key in kept.jwks] == [SHOWN.thumbprint]
    assert validate(OWN | {"jwks_uri": "https://bank.example/jwks"}, policy=POLICY).jwks == ()
    told = kept.to_response()["jwks"]
    again = validate(OWN | {"jwks": told}, policy=POLICY)
    assert again.jwks == kept.jwks, "what we tell of a registration does not register the same"


@pytest.mark.parametrize("x5c", [None, [], ["AAAA"], "text", [7], ["é"]], ids=str)
def test_without_its_certificate_a_key_will_not_do(x5c: object) -> None:
    assert faults(OWN | {"jwks": {"keys": [SHOWN.jwk(x5c=x5c)]}}) == {"jwks"}


def test_a_certificate_about_another_key_will_not_do() -> None:
    """RFC 7517 §4.7"""
    other = certificates.self_signed().jwk()["x5c"]
    assert faults(OWN | {"jwks": {"keys": [SHOWN.jwk(x5c=other)]}}) == {"jwks"}


def test_tokens_are_bound_one_way() -> None:
    assert validate(SITE | {BOUND: True}, policy=POLICY).sender_constrained
    assert faults(SITE | {BOUND: True, "dpop_bound_access_tokens": True}) == {"dpop_bound_access_tokens"}


def test_fapi_takes_certificates_for_both() -> None:
    """FAPI 2.0 Security Profile §5.3.2.1: private_key_jwt or mutual TLS, DPoP or mutual TLS."""
    strong = {"profile": "fapi2", "id_token_signed_response_alg": "PS256"}
    for method in (ISSUED | {"tls_client_auth_san_dns": "bank.example"}, OWN | {"jwks": {"keys": [SHOWN.jwk()]}}):
        for binding in (BOUND, "dpop_bound_access_tokens"):
            assert validate(method | strong | {binding: True}, policy=POLICY).is_fapi
        assert "profile" in faults(method | strong)


def test_where_no_proxy_asks_for_certificates_none_of_it_is_taken() -> None:
    without = MetadataPolicy()
    assert "token_endpoint_auth_method" in faults(ISSUED | {"tls_client_auth_san_dns": "bank.example"}, without)
    assert "token_endpoint_auth_method" in faults(OWN | {"jwks": {"keys": [SHOWN.jwk()]}}, without)
    assert faults(SITE | {BOUND: True}, without) == {BOUND}


# ── what the provider says ───────────────────────────────────────────────────────────────────────────────────────────


def metadata(house: House) -> dict[str, Any]:
    told: dict[str, Any] = house.app.test_client().get(
        "/.well-known/openid-configuration", base_url=ISSUER
    ).get_json()  # fmt: skip
    return told


def test_discovery_tells_methods_binding_and_addresses(house: House) -> None:
    told = metadata(house)
    assert told[BOUND] is True
    for endpoint in ("token", "revocation", "introspection"):
        methods = told[f"{endpoint}_endpoint_auth_methods_supported"]
        assert {"tls_client_auth", "self_signed_tls_client_auth"} <= set(methods)
    aliases = told["mtls_endpoint_aliases"]
    assert aliases["token_endpoint"] == ORIGIN + "/token"
    assert set(aliases) == {
        f"{name}_endpoint"
        for name in ("token", "userinfo", "pushed_authorization_request", "device_authorization", "revocation",
                     "introspection")
    }  # fmt: skip
    for address in aliases.values():
        answer = house.app.test_client().post(address.removeprefix(ORIGIN), base_url=ORIGIN, data={})
        assert answer.status_code in {400, 401}, address
        assert answer.content_type == "application/json"


def test_it_says_no_more_than_it_does(tmp_path: Path, keyring: keys.Keyring) -> None:
    plain = metadata(building.build(tmp_path, keyring))
    assert BOUND not in plain
    assert "mtls_endpoint_aliases" not in plain
    assert not [each for each in plain["token_endpoint_auth_methods_supported"] if "tls" in each]
    same_host = metadata(building.build(tmp_path, keyring, mtls=MtlsSettings(header=Private(HEADER))))
    assert same_host[BOUND] is True
    assert "mtls_endpoint_aliases" not in same_host
    methods = same_host["token_endpoint_auth_methods_supported"]
    assert "self_signed_tls_client_auth" in methods
    assert "tls_client_auth" not in methods, "nobody is trusted to vouch"


def test_the_description_names_the_other_host(house: House) -> None:
    told = house.app.test_client().get("/openapi.json", base_url=ISSUER).get_json()
    assert [each["url"] for each in told["servers"]] == [ISSUER, ORIGIN]
    assert "self_signed_tls_client_auth" in told["components"]["securitySchemes"]["client"]["description"]
