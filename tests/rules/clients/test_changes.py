"""What an operator's change takes from a running site, and when its sector has to be shown anew."""

from __future__ import annotations

from typing import Any

import pytest
from joserfc.jwk import ECKey

from clients.changes import changed, differences
from clients.metadata import InvalidClientMetadata, MetadataPolicy, validate

HOSTS = ["https://shop.example/cb", "https://shop.example.org/cb"]
DOCUMENT = "https://shop.example/sector.json"
THERE = MetadataPolicy(by_operator=True, without_pkce=True, sector_document=lambda _: HOSTS)
GONE = MetadataPolicy(by_operator=True, sector_document=lambda _: None)
SITE = validate({"redirect_uris": HOSTS, "sector_identifier_uri": DOCUMENT}, policy=THERE).issued(client_id="shop")
NATIVE = {"application_type": "native", "redirect_uris": ["example.notes:/cb"], "token_endpoint_auth_method": "none"}
API: dict[str, Any] = {"grant_types": ["client_credentials"], "response_types": [], "resources": ["https://a.example/"]}


@pytest.mark.parametrize(
    ("before", "members"),
    [
        ({"grant_types": ["authorization_code", "refresh_token"]}, {"grant_types": ["authorization_code"]}),
        ({"allowed_resources": ["https://a.example/"]}, {"allowed_resources": None}),
        ({"scope": "openid profile"}, {"scope": "openid"}),
        ({}, {"token_endpoint_auth_method": "client_secret_basic"}),
        ({}, {"require_verified": True}),
        ({}, {"userinfo_signed_response_alg": "ES256"}),
        ({"userinfo_signed_response_alg": "ES256"}, {"userinfo_signed_response_alg": None}),
        ({}, {"require_assurance_level": "high"}),
        ({"legal_basis": "Act 7"}, {"legal_basis": "Act 8"}),
        ({"backchannel_logout_uri": "https://shop.example/out"}, {"backchannel_logout_uri": None}),
    ],
)
def test_what_a_running_site_may_miss_is_known(before: dict[str, Any], members: dict[str, Any]) -> None:
    assert [each.takes for each in differing(before, members)] == [True]


@pytest.mark.parametrize(
    ("before", "members"),
    [
        ({}, {"redirect_uris": HOSTS[::-1]}),
        ({}, {"allowed_resources": ["https://a.example/"]}),
        ({}, {"client_name": "Shop", "client_name#zh": "小店", "logo_uri": "https://shop.example/logo"}),
        ({"contacts": ["ops@shop.example"]}, {"contacts": None}),
        ({"require_age_over_18": True, "require_assurance_level": "high"}, {"require_age_over_18": None}),
        ({"require_assurance_level": "high"}, {"require_assurance_level": None}),
        ({"token_endpoint_auth_method": "client_secret_post"}, {"token_endpoint_auth_method": None}),
        ({}, {"backchannel_logout_uri": "https://shop.example/out", "legal_basis": "Act 7"}),
        ({}, {"require_pkce": False}),
    ],
)
def test_what_nobody_misses_is_known_too(before: dict[str, Any], members: dict[str, Any]) -> None:
    found = differing(before, members)
    assert found
    assert not any(each.takes for each in found)


def differing(before: dict[str, Any], members: dict[str, Any]) -> list[Any]:
    site = validate({"redirect_uris": HOSTS, "sector_identifier_uri": DOCUMENT} | before, policy=THERE)
    return differences(site, changed(site.issued(client_id="shop"), members, policy=THERE))


@pytest.mark.parametrize("metadata", [{"redirect_uris": HOSTS}, NATIVE, API, API | {"scope": "openid"}])
@pytest.mark.parametrize("sector", ["shop.example", "a.example"])
def test_a_change_of_nothing_is_none(metadata: dict[str, Any], sector: str) -> None:
    policy = MetadataPolicy(by_operator=True, sector=sector)
    for method in ({}, {"token_endpoint_auth_method": "client_secret_basic"}):
        client = validate(method | metadata, policy=policy).issued(client_id="shop")
        assert changed(client, {}, policy=GONE).issued(client_id="shop") == client


def test_keys_are_replaced_as_a_whole_and_one_that_goes_is_missed() -> None:
    first, second = (ECKey.generate_key("P-256", {"kid": kid}).as_dict(private=False) for kid in ("first", "second"))
    keyed = {"token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": [first]}}
    (turned,) = differing(keyed, {"jwks": {"keys": [second]}})
    assert turned.takes
    (added,) = differing(keyed, {"jwks": {"keys": [first, second]}})
    assert not added.takes


def test_a_site_cannot_hinder_its_operator_by_taking_its_sector_document_away() -> None:
    after = changed(SITE, {"redirect_uris": HOSTS[:1], "allowed_resources": None}, policy=GONE)
    assert (after.sector, list(after.redirect_uris)) == (SITE.sector, HOSTS[:1])


def test_a_new_address_is_shown_by_the_document() -> None:
    new = {"redirect_uris": [*HOSTS, "https://shop.example.net/cb"]}
    for policy in (THERE, GONE):
        with pytest.raises(InvalidClientMetadata):
            changed(SITE, new, policy=policy)
