"""oidcc-discovery-endpoint-verification: every member is known and of its form, and every value does what it says."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

import keys
from idp.settings.shape import RegistrationSettings
from tests import house as building
from tests.house import ISSUER, House, answered, page_of, payload

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

OPENID, OAUTH = "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"
HTTPS = "https://id.example"

ADDRESSES = {
    *("issuer", "authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri", "registration_endpoint"),
    *("end_session_endpoint", "check_session_iframe", "introspection_endpoint", "revocation_endpoint"),
    *("device_authorization_endpoint", "pushed_authorization_request_endpoint", "service_documentation"),
    *("op_policy_uri", "op_tos_uri", "challenge_endpoint", "backchannel_authentication_endpoint"),
}
LISTS = {
    *("scopes_supported", "response_types_supported", "response_modes_supported", "grant_types_supported"),
    *("acr_values_supported", "subject_types_supported", "display_values_supported", "claim_types_supported"),
    *("claims_supported", "claims_locales_supported", "ui_locales_supported", "prompt_values_supported"),
    *("code_challenge_methods_supported", "dpop_signing_alg_values_supported"),
    *("token_endpoint_auth_methods_supported", "token_endpoint_auth_signing_alg_values_supported"),
    *("revocation_endpoint_auth_methods_supported", "revocation_endpoint_auth_signing_alg_values_supported"),
    *("introspection_endpoint_auth_methods_supported", "introspection_endpoint_auth_signing_alg_values_supported"),
    *("introspection_signing_alg_values_supported", "id_token_signing_alg_values_supported"),
    *("userinfo_signing_alg_values_supported", "userinfo_encryption_alg_values_supported"),
    *("userinfo_encryption_enc_values_supported", "request_object_signing_alg_values_supported"),
    *("authorization_signing_alg_values_supported", "trust_frameworks_supported", "evidence_supported"),
    *("electronic_records_supported", "documents_supported", "documents_methods_supported"),
    *("documents_check_methods_supported", "attachments_supported", "claims_in_verified_claims_supported"),
    *("transformed_claims_functions_supported", "protected_resources", "authorization_details_types_supported"),
}
FLAGS = {
    *("claims_parameter_supported", "request_parameter_supported", "request_uri_parameter_supported"),
    *("require_request_uri_registration", "require_signed_request_object", "require_pushed_authorization_requests"),
    *("authorization_response_iss_parameter_supported", "tls_client_certificate_bound_access_tokens"),
    *("backchannel_logout_supported", "backchannel_logout_session_supported"),
    *("frontchannel_logout_supported", "frontchannel_logout_session_supported"),
}
OTHERS = {"mtls_endpoint_aliases": dict, "transformed_claims_predefined": dict, "transformed_claims_max_count": int}
SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")  # RFC 6749 §3.3
TAG = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")
"""A BCP 47 tag in its own letter case (RFC 5646 §2.1.1)."""


@pytest.fixture
def secure(tmp_path: Path, keyring: keys.Keyring) -> Iterator[House]:
    """A provider at an https address."""
    built = building.build(tmp_path, keyring, issuer=HTTPS)
    yield built
    built.services.database.close()


def metadata_of(house: House) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(house.services.discovery.body)
    return content


def test_the_issuer_is_where_the_document_is(house: House, secure: House) -> None:
    assert house.browser().get(OPENID, base_url=ISSUER).get_json()["issuer"] == ISSUER
    assert secure.browser().get(OPENID, base_url=HTTPS).get_json()["issuer"] == HTTPS


def test_both_documents_are_one(house: House) -> None:
    """RFC 8414 §3: the same truth at the address that OAuth clients know."""
    first, second = (house.browser().get(path, base_url=ISSUER) for path in (OPENID, OAUTH))
    assert first.mimetype == second.mimetype == "application/json"
    assert first.data == second.data


def test_every_member_is_a_registered_one_and_of_its_form(secure: House) -> None:
    """F: schema; W: unknown members. ``verified_claims_supported`` and members of our own are among the unknown."""
    for name, value in metadata_of(secure).items():
        if name in ADDRESSES:
            assert isinstance(value, str)
        elif name in LISTS:
            assert isinstance(value, list), name
            assert value, f"{name} is empty"
            assert all(isinstance(each, str) for each in value), name
            assert len(set(value)) == len(value), name
        elif name in FLAGS:
            assert isinstance(value, bool), name
        else:
            assert name in OTHERS, f"{name} is not known"
            assert isinstance(value, OTHERS[name]), name


def test_with_an_https_issuer_every_address_is_https_and_ours(secure: House) -> None:
    """F: every member ending in ``_endpoint`` or ``_uri`` is https."""
    content = metadata_of(secure)
    addresses = {name: value for name, value in content.items() if name.endswith(("_endpoint", "_uri", "_iframe"))}
    assert {"authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"} <= set(addresses)
    assert all(address.startswith(f"{HTTPS}/") for address in addresses.values())
    aliases = content.get("mtls_endpoint_aliases", {})
    assert all(address.startswith("https://") for address in aliases.values())


def test_what_has_to_be_there_is_there(house: House) -> None:
    content = metadata_of(house)
    assert "code" in content["response_types_supported"]
    assert "authorization_code" in content["grant_types_supported"]
    assert content["subject_types_supported"] == ["pairwise"]
    assert "RS256" in content["id_token_signing_alg_values_supported"]
    assert "openid" in content["scopes_supported"]
    assert content["code_challenge_methods_supported"] == ["S256"]
    assert content["authorization_response_iss_parameter_supported"] is True
    assert content["claims_supported"]
    assert "RS256" in content.get("request_object_signing_alg_values_supported", ["RS256"])
    assert not any("none" in content.get(name, ()) for name in content if "_alg_" in name)


def test_scopes_and_locales_are_written_as_they_should_be(house: House) -> None:
    content = metadata_of(house)
    assert all(SCOPE.fullmatch(scope) for scope in content["scopes_supported"])
    assert all(TAG.fullmatch(tag) for tag in content["ui_locales_supported"])


def test_every_locale_that_is_listed_is_spoken(house: House) -> None:
    site, stranger = house.site(), house.stranger()
    for tag in metadata_of(house)["ui_locales_supported"]:
        page = stranger.visit(stranger.visit(site.request(ui_locales=tag)).headers["Location"])
        assert f'<html lang="{tag}"' in page.text


def test_every_display_that_is_listed_shows_the_page(house: House) -> None:
    site, stranger = house.site(), house.stranger()
    for display in metadata_of(house)["display_values_supported"]:
        assert page_of(stranger.visit(stranger.visit(site.request(display=display)).headers["Location"])) == "sign-in"


def test_every_claim_that_is_listed_can_be_had(house: House) -> None:
    content, site, person = metadata_of(house), house.site(require_auth_time=True), house.person()
    everywhere = dict.fromkeys(name for name in content["claims_supported"] if name != "sub")
    asked = json.dumps({"id_token": everywhere, "userinfo": everywhere})
    code = answered(person.arrive(site.request(scope="openid", claims=asked)))["code"]
    answer = site.token(code=code).get_json()
    received = payload(answer["id_token"]).keys() | site.userinfo(answer["access_token"]).get_json().keys()
    assert set(content["claims_supported"]) <= received


def test_every_class_and_method_of_signing_in_that_is_listed_can_be_reached(house: House) -> None:
    for at, acr in enumerate(metadata_of(house)["acr_values_supported"]):
        site = house.site(f"shop-{at}")
        token = site.token(code=house.person(acr="phrh").code_for(site, acr_values=acr)).get_json()["id_token"]
        assert payload(token)["acr"] == acr


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post", "none"])
def test_every_method_of_client_authentication_works(house: House, method: str) -> None:
    """oidcc-server-client-secret-post; ``private_key_jwt`` has a folder of its own."""
    assert method in metadata_of(house)["token_endpoint_auth_methods_supported"]
    site = house.site(token_endpoint_auth_method=method)
    form = {
        "grant_type": "authorization_code",
        "redirect_uri": site.client.redirect_uris[0],
        "code_verifier": building.VERIFIER,
        "code": house.person().code_for(site),
    }
    headers = {"Authorization": site.basic()} if method == "client_secret_basic" else {}
    if method != "client_secret_basic":
        form["client_id"] = "shop"
    if method == "client_secret_post":
        form["client_secret"] = str(site.secret)
    response = house.browser().post("/token", base_url=ISSUER, data=form, headers=headers)
    assert response.status_code == 200


def test_every_endpoint_takes_what_the_token_endpoint_takes(house: House) -> None:
    content = metadata_of(house)
    taken = set(content["token_endpoint_auth_methods_supported"])
    for name in ("revocation", "introspection"):
        assert taken - {"none"} <= set(content[f"{name}_endpoint_auth_methods_supported"]) <= taken


def test_only_algorithms_that_there_are_keys_for_are_listed(tmp_path: Path, now: datetime) -> None:
    older = keys.create_keyring("memory:older", now=now, algorithms=("ES256", "RS256"))
    built = building.build(tmp_path, older, registration=RegistrationSettings(open=True))
    content = metadata_of(built)
    wish = {"redirect_uris": ["https://x.example/cb"], "id_token_signed_response_alg": "EdDSA"}
    refused = built.browser().post("/register", base_url=ISSUER, json=wish)
    built.services.database.close()
    assert refused.get_json()["error"] == "invalid_client_metadata"
    assert content["id_token_signing_alg_values_supported"] == ["RS256", "ES256"]
    assert content["userinfo_signing_alg_values_supported"] == ["RS256", "ES256"]
