"""Under FAPI 2.0 an authorization request is pushed, is for a code alone, and is answered exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from tests.house import ISSUER, House, answered, page_of, payload
from tests.specs.rfc9126_par.test_pushed_requests import error_of

if TYPE_CHECKING:
    from tests.fapi_client import FapiClient

STRONG = {"PS256", "ES256", "EdDSA"}


def test_discovery_says_what_the_profile_needs(house: House) -> None:
    """discovery-end-point-verification"""
    said = house.browser().get("/.well-known/openid-configuration", base_url=ISSUER).get_json()
    assert "code" in said["response_types_supported"]
    assert said["authorization_response_iss_parameter_supported"] is True
    assert said["pushed_authorization_request_endpoint"].startswith(ISSUER)
    assert isinstance(said["require_pushed_authorization_requests"], bool)
    assert "S256" in said["code_challenge_methods_supported"]
    assert "authorization_code" in said["grant_types_supported"]
    assert "openid" in said["scopes_supported"]
    assert {"private_key_jwt"} <= set(said["token_endpoint_auth_methods_supported"])
    for member in (
        "dpop_signing_alg_values_supported",
        "id_token_signing_alg_values_supported",
        "token_endpoint_auth_signing_alg_values_supported",
        "userinfo_signing_alg_values_supported",
        "request_object_signing_alg_values_supported",
    ):
        assert STRONG & set(said[member]), member


def test_the_way_to_tokens_and_claims(client: FapiClient) -> None:
    """happy-flow"""
    response = client.house.person().arrive(client.pushed())
    assert response.status_code == 303
    assert urlsplit(response.headers["Location"]).fragment == ""
    reply = answered(response)
    assert set(reply) == {"code", "state", "iss"}
    assert reply["iss"] == ISSUER
    answer = client.present(reply["code"])
    assert answer.status_code == 200, answer.text
    told = answer.get_json()
    assert told["token_type"] == "DPoP"
    assert 0 < told["expires_in"] <= 3600
    assert len(told["access_token"]) >= 43
    assert payload(told["id_token"])["aud"] == client.client_id
    assert client.ask(told["access_token"]).status_code == 200


def test_the_second_address_with_its_query_is_answered_there(client: FapiClient) -> None:
    """happy-flow: the second client's redirect URI carries a query of its own."""
    address = client.site.client.redirect_uris[1]
    reply = answered(client.house.person().arrive(client.pushed(redirect_uri=address)))
    assert (reply.pop("dummy1"), reply.pop("dummy2")) == ("lorem", "ipsum")
    assert set(reply) == {"code", "state", "iss"}
    assert client.present(reply["code"], redirect_uri=address).status_code == 200


def test_a_person_who_cancels_sends_back_access_denied(client: FapiClient) -> None:
    """user-rejects-authentication"""
    person = client.house.stranger()
    page = person.visit(person.visit(client.pushed()).headers["Location"])
    assert page_of(page) == "sign-in"
    reply = answered(person.submit(page, "cancel"))
    assert reply.pop("error_description")
    assert reply.pop("error_uri") == f"{ISSUER}/errors/access_denied"
    assert reply == {"error": "access_denied", "state": "some state", "iss": ISSUER}


def test_without_state_none_comes_back(client: FapiClient) -> None:
    """ensure-authorization-request-without-state-success"""
    reply = answered(client.house.person().arrive(client.pushed(state=None)))
    assert set(reply) == {"code", "iss"}
    assert "s_hash" not in payload(client.present(reply["code"]).get_json()["id_token"])


def test_without_nonce_there_is_none_in_the_id_token(client: FapiClient) -> None:
    """ensure-request-without-nonce-success"""
    assert "nonce" not in payload(client.present(client.code(nonce=None)).get_json()["id_token"])


@pytest.mark.parametrize("length", [64, 384])
def test_state_and_nonce_come_back_to_the_letter(client: FapiClient, length: int) -> None:
    """ensure-authorization-request-with-64-char-nonce-success, -with-long-nonce, -with-long-state"""
    state, nonce = ("sT-_~." * 64)[:length], ("Nn-_~." * 64)[:length]
    reply = answered(client.house.person().arrive(client.pushed(state=state, nonce=nonce)))
    assert reply["state"] == state
    assert payload(client.present(reply["code"]).get_json()["id_token"])["nonce"] == nonce


def test_the_order_of_scopes_means_nothing(client: FapiClient) -> None:
    """test-essential… scope in reverse order"""
    assert client.code(scope="profile openid")


def test_a_claim_that_is_asked_for_by_name_is_told(client: FapiClient) -> None:
    """test-claims-parameter-identity-claims (W)"""
    code = client.code(scope="openid", claims='{"userinfo":{"nickname":{"essential":true}}}')
    told = client.ask(client.present(code).get_json()["access_token"]).get_json()
    assert "nickname" in told


def test_a_request_that_was_not_pushed_fails(client: FapiClient) -> None:
    """ensure-request-without-par-fails"""
    reply = answered(client.house.person().visit(client.site.request(scope="openid profile")))
    assert reply["error"] == "invalid_request"
    assert reply["iss"] == ISSUER


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": None}, "invalid_request"),
        ({"redirect_uri": "https://evil.example/"}, "invalid_request"),
        ({"redirect_uri": None}, "invalid_request"),
        ({"request_uri": "https://first.example/request"}, "invalid_request"),
        ({"request_uri": "urn:ietf:params:oauth:request_uri:x"}, "invalid_request"),
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
    ],
)
def test_what_the_profile_does_not_know_is_refused_when_pushed(
    client: FapiClient, changes: dict[str, Any], error: str
) -> None:
    """ensure-response-type-code-idtoken-fails, -token-fails, ensure-unregistered-redirect-uri,
    par-attempt-to-use-request_uri-form-param, ensure-pkce-required, ensure-plain-pkce-rejected
    """
    refused = client.push(**changes)
    assert refused.status_code == 400
    assert error_of(refused) == error


def test_pkce_is_needed_whatever_was_registered(client: FapiClient) -> None:
    """A registration that came before the profile does not weaken it."""
    older = client.older(require_pkce=False)
    assert error_of(older.push(code_challenge=None, code_challenge_method=None)) == "invalid_request"


def test_in_a_laboratory_too_a_token_never_comes_through_the_browser(hybrid_house: House) -> None:
    """ensure-response-type-code-idtoken-fails, where other clients may use it"""
    from tests.fapi_client import FapiClient

    client = FapiClient.of(hybrid_house, "shop").older(response_types=("code", "code id_token"))
    assert error_of(client.push(response_type="code id_token")) == "unsupported_response_type"
    assert client.push().status_code == 201
