"""Under FAPI 2.0 an assertion is strongly signed, short-lived, and made for the issuer and nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.house import ISSUER
from tests.signing_client import sign
from tests.specs.rfc9126_par.test_pushed_requests import error_of

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

    from tests.fapi_client import FapiClient


def moved(client: FapiClient, seconds: dict[str, int]) -> dict[str, Any]:
    return {name: client.now + each for name, each in seconds.items()}


def pushed_with(client: FapiClient, assertion: str | None) -> TestResponse:
    form = client.wish() | ({} if assertion is None else client.proof() | {"client_assertion": assertion})
    return client.house.browser().post("/par", base_url=ISSUER, data=form)


WRONG = [
    ({"aud": "https://other.example"}, {}),
    ({"aud": [ISSUER]}, {}),
    ({"aud": [ISSUER, "https://other.example"]}, {}),
    ({"aud": ISSUER + "/par"}, {}),
    ({"aud": ISSUER + "/token"}, {}),
    ({"aud": ISSUER + "/"}, {}),
    ({"aud": None}, {}),
    ({"sub": None}, {}),
    ({"iss": None}, {}),
    ({"jti": None}, {}),
    ({"exp": None}, {}),
    ({}, {"exp": -300}),
    ({}, {"iat": 65, "exp": 120}),
    ({}, {"nbf": 65, "exp": 120}),
]


@pytest.mark.parametrize(("changes", "seconds"), WRONG)
@pytest.mark.parametrize("endpoint", ["/par", "/token"])
def test_a_wrong_assertion_proves_nothing(
    client: FapiClient, endpoint: str, changes: dict[str, Any], seconds: dict[str, int]
) -> None:
    """ensure-client-assertion-with-exp-is-5-minutes-in-past-fails, -wrong-aud-fails, -no-sub-fails,
    par-ensure-client-assertion-with-aud-as-array, -par-endpoint-url, -token-endpoint-url,
    -nbf-60-seconds-in-future, -iat-60-seconds-in-future
    """
    assertion = client.assertion(**(changes | moved(client, seconds)))
    if endpoint == "/par":
        refused = pushed_with(client, assertion)
    else:
        refused = client.present(client.code(), client_assertion=assertion)
    assert refused.status_code == 401
    assert error_of(refused) == "invalid_client"


@pytest.mark.parametrize("seconds", [{"nbf": 8}, {"iat": 8}, {"nbf": 8, "iat": 8}])
def test_a_clock_eight_seconds_ahead_does_no_harm(client: FapiClient, seconds: dict[str, int]) -> None:
    """par-ensure-client-assertion-nbf-8-seconds-in-future-accepted, -iat-8-seconds (W)"""
    assert pushed_with(client, client.assertion(**moved(client, seconds))).status_code == 201


def test_without_an_assertion_nobody_is_proved(client: FapiClient) -> None:
    """ensure-client-assertion-in-token-endpoint"""
    assert error_of(pushed_with(client, None)) == "invalid_client"
    unproved = client.present(
        client.code(), client_assertion=None, client_assertion_type=None, client_id=client.client_id
    )
    assert error_of(unproved) == "invalid_client"


@pytest.mark.parametrize("pinned", [True, False])
def test_rs256_is_refused_for_an_assertion(first: FapiClient, pinned: bool) -> None:
    """ensure-signed-client-assertion-with-RS256-fails; the same RSA key would verify it"""
    client = first if pinned is False else first.older(token_endpoint_auth_signing_alg="PS256")
    strong = client.assertion()
    claims = {"iss": "first", "sub": "first", "aud": ISSUER, "jti": "one", "iat": client.now, "exp": client.now + 60}
    assert error_of(pushed_with(client, sign(claims, client.key, "RS256"))) == "invalid_client"
    assert pushed_with(client, strong).status_code == 201


def test_one_clients_key_proves_no_other(first: FapiClient, second: FapiClient) -> None:
    claims = {"iss": "first", "sub": "first", "aud": ISSUER, "jti": "one", "iat": first.now, "exp": first.now + 60}
    assert error_of(pushed_with(first, sign(claims, second.key, "ES256"))) == "invalid_client"


def test_an_assertion_is_good_once(client: FapiClient) -> None:
    assertion = client.assertion()
    assert pushed_with(client, assertion).status_code == 201
    assert error_of(pushed_with(client, assertion)) == "invalid_client"
