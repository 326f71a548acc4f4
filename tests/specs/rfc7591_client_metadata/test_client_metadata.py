"""What a site may register: RFC 7591 §2, OIDC Registration §2."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.errors import InvalidClaimError
from joserfc.jwk import ECKey, OKPKey

from clients.client import Client, Registration
from clients.metadata import UNSUPPORTED, InvalidClientMetadata, MetadataPolicy, validate

POLICY = MetadataPolicy()
LEAST: dict[str, object] = {"redirect_uris": ["https://shop.example/callback"]}
EC = dict(ECKey.generate_key("P-256").as_dict(private=False))
ED = dict(OKPKey.generate_key("Ed25519").as_dict(private=False))

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
member_names = st.sampled_from(
    [
        *("redirect_uris", "post_logout_redirect_uris", "application_type", "token_endpoint_auth_method", "jwks"),
        *("token_endpoint_auth_signing_alg", "id_token_signed_response_alg", "scope", "client_name", "client_name#zh"),
        *("client_uri", "logo_uri", "policy_uri", "tos_uri", "contacts", "default_max_age", "require_auth_time"),
        *("require_pkce", "require_verified", "require_age_over_18", "grant_types", "response_types", "subject_type"),
        *("sector_identifier_uri", "client_name#", "software_id", "initiate_login_uri", "request_uris"),
        *UNSUPPORTED,
    ]
)


def registered(policy: MetadataPolicy = POLICY, /, **members: object) -> Registration:
    return validate(LEAST | members, policy=policy)


def faults_of(policy: MetadataPolicy = POLICY, /, **members: object) -> InvalidClientMetadata:
    with pytest.raises(InvalidClientMetadata) as invalid:
        validate(LEAST | members, policy=policy)
    return invalid.value


def test_the_least_registration_gets_the_specifications_defaults() -> None:
    site = registered()
    assert site == Registration(
        sector="shop.example",
        name="shop.example",
        redirect_uris=("https://shop.example/callback",),
        token_endpoint_auth_method="client_secret_basic",
        either_secret_method=True,
        id_token_signed_response_alg="RS256",
        application_type="web",
        scopes=("openid", "profile"),
        require_pkce=True,
    )


def test_a_whole_registration_is_kept_as_it_was_said() -> None:
    members: dict[str, object] = {
        "client_name": "Shop",
        "client_name#zh-CN": "商店",
        "redirect_uris": ["https://shop.example/callback", "https://shop.example/other?from=idp"],
        "post_logout_redirect_uris": ["https://shop.example/"],
        "application_type": "web",
        "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_signing_alg": "ES256",
        "jwks": {"keys": [EC | {"kid": "1"}]},
        "id_token_signed_response_alg": "ES256",
        "grant_types": ["authorization_code"],
        "response_types": ["code"],
        "subject_type": "pairwise",
        "scope": "openid profile verified age",
        "client_uri": "https://shop.example/",
        "logo_uri": "https://shop.example/logo.svg",
        "policy_uri": "https://shop.example/privacy",
        "tos_uri": "https://shop.example/terms",
        "contacts": ["webmaster@shop.example"],
        "default_max_age": 3600,
        "require_auth_time": True,
        "require_verified": True,
        "require_age_over_18": True,
    }
    kept = validate(members, policy=POLICY).to_metadata()
    spoken_for = {"application_type", "grant_types", "response_types", "subject_type"}  # said the default anyway
    assert kept.pop("jwks") == {"keys": [EC | {"kid": "1", "use": "sig"}]}
    assert kept == {name: value for name, value in members.items() if name not in {*spoken_for, "jwks"}}


def test_members_nobody_knows_are_ignored_and_not_kept() -> None:
    site = registered(software_statement_of_ours=["x"], software_id="4", sub="me", client_id="admin", client_secret="s")
    assert site == registered()


def test_a_null_member_counts_as_absent() -> None:
    assert registered(client_name=None, token_endpoint_auth_method=None, jwks=None) == registered()


def test_naming_a_method_pins_it() -> None:
    site = registered(token_endpoint_auth_method="client_secret_basic")
    assert site.authentication_methods == ("client_secret_basic",)
    assert registered().authentication_methods == ("client_secret_basic", "client_secret_post")


def test_every_fault_is_reported_at_once() -> None:
    invalid = faults_of(
        redirect_uris=["http://shop.example/cb", "https://shop.example/#x"],
        client_name="",
        scope="openid email",
        logo_uri="javascript:alert(1)",
        require_verified="yes",
        default_max_age=-1,
        jwks_uri="http://shop.example/jwks",
    )
    assert invalid.error == "invalid_redirect_uri"
    assert [member for member, _ in invalid.faults] == [
        *("redirect_uris", "redirect_uris", "client_name", "scope", "logo_uri", "default_max_age"),
        *("require_verified", "jwks_uri"),
    ]


def test_other_faults_have_the_other_error_code() -> None:
    assert faults_of(scope="profile").error == "invalid_client_metadata"


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("redirect_uris", []),
        ("redirect_uris", "https://shop.example/callback"),
        ("redirect_uris", ["https://shop.example/callback"] * 2),
        ("redirect_uris", [f"https://shop.example/{count}" for count in range(21)]),
        ("redirect_uris", ["https://shop.example/a", "https://www.shop.example/a"]),
        ("redirect_uris", ["https://localhost/callback"]),
        ("post_logout_redirect_uris", ["http://shop.example/"]),
        ("post_logout_redirect_uris", {"a": 1}),
        ("application_type", "desktop"),
        ("token_endpoint_auth_method", "client_secret_jwt"),
        ("token_endpoint_auth_method", ["none"]),
        ("token_endpoint_auth_signing_alg", "none"),
        ("token_endpoint_auth_signing_alg", "HS256"),
        ("id_token_signed_response_alg", "none"),
        ("id_token_signed_response_alg", "HS256"),
        ("id_token_signed_response_alg", {}),
        ("grant_types", ["implicit"]),
        ("grant_types", "authorization_code"),
        ("grant_types", [{}]),
        ("grant_types", []),
        ("response_types", ["code", "token"]),
        ("response_types", [{}]),
        ("subject_type", "public"),
        ("sector_identifier_uri", "https://shop.example/sector.json"),
        ("scope", ""),
        ("scope", "openid  profile"),
        ("scope", ["openid"]),
        ("client_name", "x" * 101),
        ("client_name", "Shop\u202eevil"),
        ("client_name", "Shop\nevil"),
        ("client_name", "  "),
        ("client_name#zh-CN", "\u200b"),
        ("client_name#no tag", "x"),
        ("client_uri", "http://shop.example/"),
        ("logo_uri", "data:image/svg+xml,x"),
        ("policy_uri", "https://shop.example/privacy#short"),
        ("policy_uri", ["https://shop.example/"]),
        ("tos_uri", "https://user@shop.example/"),
        ("contacts", "webmaster@shop.example"),
        ("contacts", [5]),
        ("contacts", ["a\nb"]),
        ("default_max_age", True),
        ("default_max_age", 1.5),
        ("default_max_age", "60"),
        ("require_auth_time", 1),
        ("require_pkce", False),
        ("require_verified", "true"),
        ("require_age_over_18", 0),
        ("jwks", {"keys": [EC | {"d": "x"}]}),
        ("jwks", [EC]),
    ],
)
def test_a_faulty_member_is_refused_by_name(member: str, value: object) -> None:
    assert member.partition("#")[0] in {name.partition("#")[0] for name, _ in faults_of(**{member: value}).faults}


@pytest.mark.parametrize("member", sorted(UNSUPPORTED))
def test_a_protection_we_do_not_give_is_refused_instead_of_ignored(member: str) -> None:
    assert [name for name, _ in faults_of(**{member: True}).faults] == [member]
    assert registered(**{member: False}) == registered()


def test_what_only_authlib_objects_to_is_a_fault_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def object_to(_claims: object) -> None:
        raise InvalidClaimError("policy_uri")

    monkeypatch.setattr("authlib.oauth2.rfc7591.ClientMetadataClaims.validate_policy_uri", object_to)
    assert "policy_uri" in [name for name, _ in faults_of(policy_uri="https://shop.example/privacy").faults]


def test_no_redirect_uris_is_a_fault_of_its_own() -> None:
    with pytest.raises(InvalidClientMetadata) as invalid:
        validate({}, policy=POLICY)
    assert invalid.value.faults == (("redirect_uris", "is missing"),)


def test_private_key_jwt_needs_a_key_that_fits_its_algorithm() -> None:
    method = {"token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": [ED]}}
    assert registered(**method, token_endpoint_auth_signing_alg="EdDSA").jwks
    assert [name for name, _ in faults_of(**method, token_endpoint_auth_signing_alg="ES256").faults] == ["jwks"]
    encryption_only = {"keys": [EC | {"use": "enc"}]}
    assert faults_of(token_endpoint_auth_method="private_key_jwt", jwks=encryption_only).faults


def test_pkce_is_waived_only_for_confidential_clients_and_by_the_operator() -> None:
    lenient = MetadataPolicy(without_pkce=True)
    assert registered(lenient, require_pkce=False).require_pkce is False
    assert faults_of(lenient, require_pkce=False, token_endpoint_auth_method="none").faults


def test_a_native_app_registers_loopback_and_its_own_scheme_when_the_operator_names_the_sector() -> None:
    uris = ["http://127.0.0.1/done", "com.example.app:/done", "https://app.example/done"]
    site = registered(MetadataPolicy(sector="app.example"), application_type="native", redirect_uris=uris)
    assert (site.redirect_uris, site.sector) == (tuple(uris), "app.example")
    assert faults_of(application_type="native", redirect_uris=["com.example.app:/done"]).error == "invalid_redirect_uri"


def test_http_on_loopback_needs_the_demonstrations_policy() -> None:
    local: dict[str, object] = {
        "redirect_uris": ["http://localhost:9001/cb"],
        "logo_uri": "http://localhost:9001/logo.svg",
    }
    assert registered(MetadataPolicy(loopback=True), **local).sector == "localhost:9001"
    assert {name for name, _ in faults_of(**local).faults} == {"redirect_uris", "logo_uri"}


def test_the_operators_sector_answers_several_hosts() -> None:
    uris = ["https://shop.example/a", "https://shop.test/a"]
    site = registered(
        MetadataPolicy(sector="shop.example"), redirect_uris=uris, sector_identifier_uri="https://x.example/"
    )
    assert site.sector == "shop.example"


@given(members=st.dictionaries(member_names, json_values, max_size=6))
def test_whatever_is_submitted_it_is_registered_or_refused_in_words_fit_for_the_wire(members: dict[str, Any]) -> None:
    """The words go into ``error_description``, whose characters RFC 6749 §5.2 limits."""
    try:
        site = validate(LEAST | members, policy=POLICY)
    except InvalidClientMetadata as invalid:
        words = str(invalid)
    else:
        stored = Client.from_metadata(site.to_metadata(), client_id="a", sector=site.sector)
        words = "the same" if stored == site.issued(client_id="a") else ""
    assert re.fullmatch(r"[\x20-\x21\x23-\x5b\x5d-\x7e]+", words)
