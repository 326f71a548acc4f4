"""FAPI 2.0 Message Signing, by its conformance plan (``fapi2-message-signing-final-…``).

A client under it signs what it pushes and is answered by one signed JWT. What wrong objects there are besides is in
``rfc9101_jar``, and what else a response may be in ``jarm``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.fapi_client import FapiClient
from tests.house import ISSUER, House
from tests.signing_client import sign
from tests.specs.jarm.test_signed_responses import carried, opened

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

HOUR = 3600


@pytest.fixture
def first(house: House) -> FapiClient:
    return FapiClient.of(house, "first", algorithm="PS256", profile="fapi2_message_signing")


@pytest.fixture
def second(house: House) -> FapiClient:
    return FapiClient.of(house, "second", profile="fapi2_message_signing")


@pytest.fixture(params=["first", "second"])
def client(request: pytest.FixtureRequest) -> FapiClient:
    found: FapiClient = request.getfixturevalue(request.param)
    return found


def pushed(client: FapiClient, compact: str | None = None, /, **changes: Any) -> TestResponse:
    compact = compact or client.request_object(**({"response_mode": "jwt"} | changes))
    return client.post("/par", {"client_id": client.client_id, "request": compact})


def test_a_signed_request_gets_a_signed_response_and_nothing_beside_it(client: FapiClient) -> None:
    """happy-flow"""
    answer = pushed(client)
    assert answer.status_code == 201, answer.text
    response = client.house.person().arrive(client.address(answer.get_json()["request_uri"]))
    claims = opened(client.house, carried(response), client.algorithm)
    assert set(claims) == {"iss", "aud", "exp", "code", "state"}
    assert (claims["iss"], claims["aud"], claims["state"]) == (ISSUER, client.client_id, "some state")
    assert 10 <= claims["exp"] - client.now <= 600
    told = client.present(claims["code"])
    assert told.status_code == 200, told.text
    assert client.ask(told.get_json()["access_token"]).status_code == 200


def test_a_refusal_is_signed_too(client: FapiClient) -> None:
    """user-rejects-authentication"""
    answer = pushed(client, prompt="none", state=None)
    response = client.house.stranger().visit(client.address(answer.get_json()["request_uri"]))
    claims = opened(client.house, carried(response), client.algorithm)
    assert set(claims) == {"iss", "aud", "exp", "error", "error_description", "error_uri"}


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": None},
        {"nbf": None},
        {"iss": None},
        {"aud": None},
        {"aud": "https://other.example"},
        {"aud": ["https://other.example"]},
        {"iss": "somebody"},
        {"request_uri": "https://first.example/request"},
        {"request_uri": "urn:ietf:params:oauth:request_uri:x"},
        {"client_id": "somebody"},
    ],
)
def test_a_wrong_object_is_refused(client: FapiClient, changes: dict[str, Any]) -> None:
    """ensure-request-object-without-exp-fails, -without-nbf-fails, -with-invalid-audience, -request_uri inside"""
    refused = pushed(client, **changes)
    assert refused.status_code == 400
    assert refused.get_json()["error"] == "invalid_request_object"


@pytest.mark.parametrize(
    "seconds", [{"exp": -300}, {"exp": HOUR + 600}, {"nbf": -HOUR - 600}, {"nbf": 90}, {"exp": -61}]
)
def test_an_object_of_another_time_is_refused(client: FapiClient, seconds: dict[str, int]) -> None:
    """ensure-expired-request-object-fails, -exp-over-60-fails, -nbf-over-60-fails"""
    refused = pushed(client, **{name: client.now + each for name, each in seconds.items()})
    assert (refused.status_code, refused.get_json()["error"]) == (400, "invalid_request_object")


@pytest.mark.parametrize("changes", [{"aud": [ISSUER]}, {"aud": [ISSUER, "https://other.example"]}])
def test_an_audience_may_be_a_list_with_us_in_it(client: FapiClient, changes: dict[str, Any]) -> None:
    """ensure-request-object-with-multiple-aud-succeeds"""
    assert pushed(client, **changes).status_code == 201


def test_a_clock_eight_seconds_ahead_does_no_harm(client: FapiClient) -> None:
    """par-ensure-request-object-with-nbf-8-seconds-in-the-future-is-accepted (W)"""
    assert pushed(client, nbf=client.now + 8).status_code == 201


def test_an_object_that_the_client_did_not_sign_is_refused(first: FapiClient, second: FapiClient) -> None:
    """ensure-signed-request-object-with-RS256-fails, none, bad signature, ensure-matching-key"""
    payload = {"iss": "first", "aud": ISSUER, "nbf": first.now, "exp": first.now + 300} | first.wish(
        response_mode="jwt"
    )
    good = sign(payload, first.key, "PS256", typ="oauth-authz-req+jwt")
    start, _, signature = good.rpartition(".")
    wrong = {
        "RS256": sign(payload, first.key, "RS256"),
        "none": sign(payload, first.key, "none"),
        "bad signature": f"{start}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}",
        "the other client": sign(payload, second.key, "ES256"),
        "the other client, under our kid": sign(payload, second.key, "ES256", kid=first.key.kid),
    }
    for name, compact in wrong.items():
        refused = pushed(first, compact)
        assert (refused.status_code, refused.get_json()["error"]) == (400, "invalid_request_object"), name
    assert pushed(first, good).status_code == 201


def test_what_is_not_signed_is_not_taken(client: FapiClient) -> None:
    """par-ensure-unsigned-request-fails"""
    refused = client.push(response_mode="jwt")
    assert (refused.status_code, refused.get_json()["error"]) == (400, "invalid_request")


def test_what_stands_beside_the_object_counts_for_nothing(client: FapiClient) -> None:
    compact = client.request_object(response_mode="jwt", state=None)
    answer = client.post("/par", {"client_id": client.client_id, "request": compact, "state": "outside"})
    response = client.house.person().arrive(client.address(answer.get_json()["request_uri"], state="outside"))
    assert "state" not in opened(client.house, carried(response), client.algorithm)


@pytest.mark.parametrize("mode", [None, "query", "fragment", "form_post"])
def test_a_response_that_is_not_signed_is_not_given(client: FapiClient, mode: str | None) -> None:
    refused = pushed(client, response_mode=mode)
    assert (refused.status_code, refused.get_json()["error"]) == (400, "invalid_request")


def test_discovery_says_so(house: House) -> None:
    """discovery-end-point-verification"""
    said = house.browser().get("/.well-known/openid-configuration", base_url=ISSUER).get_json()
    assert "jwt" in said["response_modes_supported"]
    for member in ("authorization_signing_alg_values_supported", "request_object_signing_alg_values_supported"):
        assert {"PS256", "ES256"} <= set(said[member])
