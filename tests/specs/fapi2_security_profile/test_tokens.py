"""Under FAPI 2.0 a code lives a minute and is good once, for the client and the key it was made for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.dpop_sender import Sender
from tests.house import ISSUER, answered
from tests.signing_client import new_key
from tests.specs.rfc9126_par.test_pushed_requests import error_of

if TYPE_CHECKING:
    from tests.fapi_client import FapiClient


def test_tokens_are_bound_or_not_given(client: FapiClient) -> None:
    """ensure-holder-of-key-required; the code is not burnt by it"""
    code = client.code()
    assert error_of(client.present(code, dpop=None)) == "invalid_dpop_proof"
    assert client.present(code).status_code == 200


def test_an_older_registration_without_binding_is_held_to_it(client: FapiClient) -> None:
    """ensure-holder-of-key-required, whatever was registered"""
    older = client.older(dpop_bound_access_tokens=False)
    assert error_of(older.present(older.code(), dpop=None)) == "invalid_dpop_proof"


def test_one_clients_token_is_of_no_use_with_the_others_key(first: FapiClient, second: FapiClient) -> None:
    """happy-flow: access token of client 1 with client 2's key"""
    token = first.present(first.code()).get_json()["access_token"]
    assert first.ask(token, sender=second.sender).status_code == 401
    assert first.ask(token).status_code == 200


def test_a_token_in_the_address_is_refused(client: FapiClient) -> None:
    """happy-flow: access token in the URL query"""
    token = client.present(client.code()).get_json()["access_token"]
    proof = client.proof_for("/userinfo", method="GET", token=token)
    browser = client.house.browser()
    assert browser.get(f"/userinfo?access_token={token}", base_url=ISSUER, headers={"DPoP": proof}).status_code == 401


@pytest.mark.parametrize("accept", ["application/json", "*/*", "application/json;charset=utf-8, text/*;q=0.1", None])
def test_userinfo_answers_whoever_accepts_json_or_says_nothing(client: FapiClient, accept: str | None) -> None:
    """happy-flow: Accept header variants"""
    token = client.present(client.code()).get_json()["access_token"]
    assert client.ask(token, accept=accept).status_code == 200


@pytest.mark.parametrize("scheme", ["DPoP", "dpop", "DPOP"])
def test_the_scheme_has_no_case(client: FapiClient, scheme: str) -> None:
    """access-token-type-header-case-sensitivity"""
    token = client.present(client.code()).get_json()["access_token"]
    assert client.ask(token, scheme=scheme).status_code == 200


def test_a_bound_token_is_no_bearer_token(client: FapiClient) -> None:
    """dpop-negative-tests: Bearer scheme with a bound token"""
    token = client.present(client.code()).get_json()["access_token"]
    assert client.ask(token, scheme="Bearer").status_code == 401


@pytest.mark.parametrize("ahead", [-10, 8, 10])
def test_a_proof_may_come_from_a_clock_that_is_a_little_off(client: FapiClient, ahead: int) -> None:
    """ensure-dpop-proof-with-iat-10seconds-before-succeeds, -10seconds-after-succeeds, with nbf and exp"""
    moment = int(client.house.now.timestamp()) + ahead
    proof = client.proof_for("/token", iat=moment, nbf=moment, exp=moment + 60)
    assert client.present(client.code(), dpop=proof).status_code == 200


def test_a_proof_signed_with_rs256_is_refused(first: FapiClient) -> None:
    """dpop-negative-tests: RS256"""
    weak = Sender(first.house, algorithm="RS256", key=new_key("PS256"))
    refused = first.present(first.code(), dpop=first.proof_for("/token", sender=weak))
    assert error_of(refused) == "invalid_dpop_proof"


def test_a_code_that_was_bound_when_pushed_goes_with_no_other_key(client: FapiClient) -> None:
    """ensure-mismatched-dpop-jkt-fails, and the matching one passes"""
    code = client.code(dpop_jkt=client.sender.jkt)
    stranger = Sender(client.house)
    refused = client.present(code, dpop=client.proof_for("/token", sender=stranger))
    assert error_of(refused) == "invalid_grant"
    assert client.present(code).status_code == 200


def test_a_wrong_client_gets_nothing_for_a_code_and_harms_nobody(first: FapiClient, second: FapiClient) -> None:
    """ensure-authorization-code-is-bound-to-client"""
    code = first.code()
    stolen = second.present(code, redirect_uri=first.site.client.redirect_uris[0])
    assert stolen.status_code == 400
    assert error_of(stolen) == "invalid_grant"
    token = first.present(code).get_json()["access_token"]
    again = second.present(code, redirect_uri=first.site.client.redirect_uris[0])
    assert error_of(again) == "invalid_grant"
    assert first.ask(token).status_code == 200


def test_another_clients_id_beside_ones_own_assertion_is_refused(first: FapiClient, second: FapiClient) -> None:
    """ensure-client-id-in-token-endpoint"""
    assert error_of(first.present(first.code(), client_id=second.client_id)) == "invalid_client"


def test_a_code_used_again_ends_the_token_it_gave(client: FapiClient) -> None:
    """ensure-authorization-code-reuse…: invalid_grant, access token revoked (W)"""
    code = client.code()
    token = client.present(code).get_json()["access_token"]
    assert client.ask(token).status_code == 200
    client.house.wait(seconds=1)
    refused = client.present(code)
    assert refused.status_code == 400
    assert error_of(refused) == "invalid_grant"
    assert client.ask(token).status_code == 401


def test_a_code_lives_for_a_minute(client: FapiClient) -> None:
    """attempt-to-use-authorization-code-after-62-seconds"""
    code = client.code()
    client.house.wait(seconds=62)
    assert error_of(client.present(code)) == "invalid_grant"


@pytest.mark.parametrize("verifier", [None, "w" * 43])
def test_without_the_verifier_a_code_is_worth_nothing(client: FapiClient, verifier: str | None) -> None:
    """ensure-token-endpoint-fails-with-missing-code-verifier, -mismatched-code-verifier"""
    code = client.code()
    refused = client.present(code, code_verifier=verifier)
    assert refused.status_code == 400
    assert error_of(refused) == "invalid_grant"
    assert client.present(code).status_code == 200


def refreshable(client: FapiClient) -> dict[str, Any]:
    reply = answered(client.house.person().arrive(client.pushed(scope="openid offline_access", prompt="consent")))
    told: dict[str, Any] = client.present(reply["code"]).get_json()
    return told


def test_a_refresh_token_stays_as_it_is_and_takes_a_new_key(client: FapiClient) -> None:
    """refresh-token: no rotation; a new DPoP key is fine for a client that proves itself"""
    kept = refreshable(client)["refresh_token"]
    assert len(kept) >= 43
    first = client.renew(kept)
    assert first.status_code == 200, first.text
    assert first.get_json().get("refresh_token", kept) == kept
    client.sender = Sender(client.house)
    renewed = client.renew(kept)
    assert renewed.status_code == 200
    assert renewed.get_json().get("refresh_token", kept) == kept
    assert client.ask(renewed.get_json()["access_token"]).status_code == 200


def test_a_refresh_token_is_its_clients_alone(first: FapiClient, second: FapiClient) -> None:
    """refresh-token: other client, no client authentication, no proof"""
    kept = refreshable(first)["refresh_token"]
    assert error_of(second.renew(kept)) == "invalid_grant"
    unproved = first.renew(kept, client_assertion=None, client_assertion_type=None, client_id=first.client_id)
    assert error_of(unproved) == "invalid_client"
    assert error_of(first.renew(kept, dpop=None)) == "invalid_dpop_proof"
    assert first.renew(kept).status_code == 200


def test_nonces_are_asked_for_at_every_place(client: FapiClient) -> None:
    """Every module: use_dpop_nonce with DPoP-Nonce at PAR, token and resource"""
    bare = client.post("/par", client.wish(), DPoP=client.proof_for("/par", nonce=None))
    assert error_of(bare) == "use_dpop_nonce"
    assert bare.headers["DPoP-Nonce"]
    code = client.code()
    bare = client.present(code, dpop=client.proof_for("/token", nonce=None))
    assert error_of(bare) == "use_dpop_nonce"
    token = client.present(code, dpop=client.proof_for("/token", nonce=bare.headers["DPoP-Nonce"]))
    bare = client.ask(token.get_json()["access_token"], nonce=None)
    assert bare.status_code == 401
    assert 'error="use_dpop_nonce"' in bare.headers["WWW-Authenticate"]
    assert bare.headers["DPoP-Nonce"]
