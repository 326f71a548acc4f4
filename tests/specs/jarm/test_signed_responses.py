"""An authorization response may come as one signed JWT, an error too (JARM)."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from joserfc import jwt
from joserfc.errors import SecurityWarning
from joserfc.jwk import KeySet

from tests.house import ISSUER, House
from tests.signing_client import SigningClient

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

ALGORITHMS = ("RS256", "ES256", "PS256", "EdDSA")


def opened(house: House, compact: str, algorithm: str = "ES256") -> dict[str, Any]:
    keys = KeySet.import_key_set(house.browser().get("/jwks", base_url=ISSUER).get_json())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SecurityWarning)  # EdDSA has a newer name (RFC 9864) that few sites know
        decoded = jwt.decode(compact, keys, algorithms=[algorithm])
    assert decoded.header["alg"] == algorithm
    assert decoded.header["kid"]
    return dict(decoded.claims)


def carried(response: TestResponse, *, fragment: bool = False) -> str:
    """Return the one parameter that the response consists of."""
    parts = urlsplit(response.headers["Location"])
    (only,) = parse_qsl(parts.fragment if fragment else parts.query)
    assert only[0] == "response"
    assert (parts.query if fragment else parts.fragment) == ""
    return only[1]


def jarm_site(house: House, algorithm: str = "ES256") -> Any:
    return house.site(authorization_signed_response_alg=algorithm)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_the_response_is_one_jwt_for_this_client(house: House, algorithm: str) -> None:
    site = jarm_site(house, algorithm)
    response = house.person().arrive(site.request(response_mode="jwt"))
    claims = opened(house, carried(response), algorithm)
    assert set(claims) == {"iss", "aud", "exp", "code", "state"}
    assert claims["iss"] == ISSUER
    assert claims["aud"] == "shop"
    assert 10 <= claims["exp"] - int(house.now.timestamp()) <= 600
    assert site.token(code=claims["code"]).status_code == 200


@pytest.mark.parametrize(("mode", "fragment"), [("query.jwt", False), ("fragment.jwt", True)])
def test_it_travels_as_asked(house: House, mode: str, fragment: bool) -> None:
    site = jarm_site(house)
    response = house.person().arrive(site.request(response_mode=mode))
    assert "code" in opened(house, carried(response, fragment=fragment))


def test_an_error_is_signed_too(house: House) -> None:
    site = jarm_site(house)
    response = house.stranger().visit(site.request(response_mode="jwt", prompt="none"))
    claims = opened(house, carried(response))
    assert claims["error"] == "login_required"
    assert claims["state"] == "state-é/+=&"


def test_without_state_there_is_none(house: House) -> None:
    site = jarm_site(house)
    response = house.person().arrive(site.request(response_mode="jwt", state=None))
    assert set(opened(house, carried(response))) == {"iss", "aud", "exp", "code"}


def test_it_can_be_posted(house: House) -> None:
    page = house.person().arrive(jarm_site(house).request(response_mode="form_post.jwt"))
    assert 'name="response"' in page.text
    assert 'name="code"' not in page.text


def test_a_fapi_client_never_gets_rs256(house: House) -> None:
    """JARM's own default algorithm is one that FAPI 2.0 does not know."""
    client = SigningClient.register(
        house, profile="fapi2", dpop_bound_access_tokens=True, id_token_signed_response_alg="PS256"
    )
    response = house.person().arrive(client.pushed(response_mode="jwt"))
    assert "code" in opened(house, carried(response), "PS256")


def test_discovery_lists_the_modes_and_algorithms(house: House) -> None:
    metadata = house.browser().get("/.well-known/openid-configuration", base_url=ISSUER).get_json()
    assert {"jwt", "query.jwt", "fragment.jwt", "form_post.jwt"} <= set(metadata["response_modes_supported"])
    assert set(metadata["authorization_signing_alg_values_supported"]) == set(ALGORITHMS)
    assert "none" not in metadata["request_object_signing_alg_values_supported"]
    assert metadata["pushed_authorization_request_endpoint"] == ISSUER + "/par"
    assert metadata["require_pushed_authorization_requests"] is False
