"""A code becomes tokens once, for the client it was made for, with everything as it was asked (OIDC Core §3.1.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.house import CALLBACK, ISSUER, House, payload

if TYPE_CHECKING:
    from werkzeug.test import TestResponse


def error_of(response: TestResponse) -> str:
    assert response.status_code in {400, 401}
    assert response.mimetype == "application/json"
    assert response.headers["Cache-Control"] == "no-store"
    body: dict[str, Any] = response.get_json()
    assert set(body) == {"error", "error_description", "error_uri"}
    return str(body["error"])


def test_a_code_becomes_tokens(house: House) -> None:
    site = house.site()
    response = site.token(code=house.person().code_for(site))
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    answer: dict[str, Any] = response.get_json()
    assert set(answer) == {"access_token", "token_type", "expires_in", "scope", "id_token"}
    assert answer["token_type"] == "Bearer"
    assert answer["expires_in"] == 600
    assert set(answer["scope"].split()) == {"openid", "profile", "verified"}


@pytest.mark.parametrize("algorithm", ["ES256", "RS256", "PS256"])
def test_the_id_token_is_signed_as_registered_and_says_what_was_asked(house: House, algorithm: str) -> None:
    site = house.site(id_token_signed_response_alg=algorithm)
    token = site.token(code=house.person().code_for(site)).get_json()["id_token"]
    keys = KeySet.import_key_set(house.browser().get("/jwks", base_url=ISSUER).get_json())
    decoded = jwt.decode(token, keys, algorithms=[algorithm])
    assert decoded.header == {"alg": algorithm, "kid": decoded.header["kid"], "typ": "JWT"}
    claims = decoded.claims
    assert claims["iss"] == ISSUER
    assert claims["aud"] == "shop"
    assert claims["nonce"] == "n-0S6_WzA2Mj"
    assert claims["exp"] - claims["iat"] == 600
    assert claims["iat"] == int(house.now.timestamp())
    assert set(claims) == {
        "iss", "sub", "aud", "exp", "iat", "nonce", "at_hash", "verified", "assurance_level", "verified_on",
    }  # fmt: skip


def test_python_jose_verifies_the_id_token_with_its_access_token(house: House) -> None:
    from jose import jwt as jose

    site = house.site()
    answer = site.token(code=house.person().code_for(site)).get_json()
    keys = house.browser().get("/jwks", base_url=ISSUER).get_json()
    claims = jose.decode(
        answer["id_token"], keys, algorithms=["ES256"], audience="shop", issuer=ISSUER,
        access_token=answer["access_token"], options={"verify_exp": False, "verify_iat": False},
    )  # fmt: skip
    assert claims["verified"] is True


def test_a_code_is_good_once_and_its_second_use_ends_the_first_ones_tokens(house: House) -> None:
    site = house.site()
    code = house.person().code_for(site)
    access = site.token(code=code).get_json()["access_token"]
    assert site.userinfo(access).status_code == 200
    assert error_of(site.token(code=code)) == "invalid_grant"
    assert site.userinfo(access).status_code == 401


def test_a_strangers_replay_ends_nothing(house: House) -> None:
    site = house.site()
    stranger = house.site("stranger", redirect_uris=["https://stranger.example/cb"])
    code = house.person().code_for(site)
    access = site.token(code=code).get_json()["access_token"]
    assert error_of(stranger.token(code=code, redirect_uri=CALLBACK)) == "invalid_grant"
    assert site.userinfo(access).status_code == 200


def test_a_strangers_attempt_burns_nothing(house: House) -> None:
    site = house.site()
    stranger = house.site("stranger", redirect_uris=["https://stranger.example/cb"])
    code = house.person().code_for(site)
    assert error_of(stranger.token(code=code, redirect_uri=CALLBACK)) == "invalid_grant"
    assert site.token(code=code).status_code == 200


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"redirect_uri": None}, "invalid_grant"),
        ({"redirect_uri": "https://shop.example/other"}, "invalid_grant"),
        ({"code_verifier": None}, "invalid_grant"),
        ({"code_verifier": "w" * 43}, "invalid_grant"),
        ({"code_verifier": "short"}, "invalid_grant"),
        ({"grant_type": None}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
def test_a_wrong_guess_gets_its_error_and_burns_nothing(house: House, changes: dict[str, Any], error: str) -> None:
    site = house.site()
    code = house.person().code_for(site)
    assert error_of(site.token(code=code, **changes)) == error
    assert site.token(code=code).status_code == 200


@pytest.mark.parametrize("code", [None, "", "x", "A" * 64, "é" * 64, "=" * 64, "A" * 63 + "\n"])
def test_what_is_no_code_is_an_invalid_grant(house: House, code: str | None) -> None:
    assert error_of(house.site().token(code=code)) == "invalid_grant"


def test_a_code_ends_after_sixty_seconds(house: House) -> None:
    site = house.site()
    code = house.person().code_for(site)
    house.wait(seconds=61)
    assert error_of(site.token(code=code)) == "invalid_grant"


@pytest.mark.parametrize("header", ["Basic", "Basic x", "Basic c2hvcDp3cm9uZw==", "Basic bm9ib2R5Ong=", "Bearer x"])
def test_wrong_credentials_get_401_and_burn_nothing(house: House, header: str) -> None:
    site = house.site()
    code = house.person().code_for(site)
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "code_verifier": "v" * 43}
    response = house.browser().post("/token", base_url=ISSUER, data=form, headers={"Authorization": header})
    assert response.status_code == 401
    assert error_of(response) == "invalid_client"
    assert response.headers["WWW-Authenticate"].startswith("Basic")
    assert site.token(code=code).status_code == 200


def test_no_credentials_at_all_are_an_invalid_client(house: House) -> None:
    house.site()
    form = {"grant_type": "authorization_code", "code": "x", "client_id": "shop"}
    assert error_of(house.browser().post("/token", base_url=ISSUER, data=form)) == "invalid_client"


def test_a_public_client_needs_its_id_and_the_verifier_only(house: House) -> None:
    site = house.site("app", token_endpoint_auth_method="none")
    code = house.person().code_for(site)
    form = {
        "grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK,
        "code_verifier": "v" * 43, "client_id": "app",
    }  # fmt: skip
    assert house.browser().post("/token", base_url=ISSUER, data=form).status_code == 200


def test_a_spent_code_of_a_public_client_ends_nothing_without_its_verifier(house: House) -> None:
    site = house.site("app", token_endpoint_auth_method="none")
    code = house.person().code_for(site)
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "client_id": "app"}
    post = house.browser().post
    access = post("/token", base_url=ISSUER, data=form | {"code_verifier": "v" * 43}).get_json()["access_token"]
    assert error_of(post("/token", base_url=ISSUER, data=form | {"code_verifier": "w" * 43})) == "invalid_grant"
    assert error_of(post("/token", base_url=ISSUER, data=form)) == "invalid_grant"
    assert site.userinfo(access).status_code == 200
    assert error_of(post("/token", base_url=ISSUER, data=form | {"code_verifier": "v" * 43})) == "invalid_grant"
    assert site.userinfo(access).status_code == 401


@pytest.mark.parametrize("path", ["/token", "/userinfo"])
def test_without_its_database_the_provider_says_later_and_says_it_in_json(house: House, path: str) -> None:
    site, person = house.site(), house.person()
    access, code = site.token(code=person.code_for(site)).get_json()["access_token"], person.code_for(site)
    with house.services.database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE grants RENAME TO elsewhere")
    response = site.token(code=code) if path == "/token" else site.userinfo(access)
    assert response.status_code == 503
    assert response.mimetype == "application/json"
    assert response.headers["Retry-After"] == "5"
    assert response.get_json()["error"] == "server_error"


@pytest.mark.parametrize("twice", ["code=x", "grant_type=authorization_code", "code_verifier=x"])
def test_a_parameter_given_twice_is_refused(house: House, twice: str) -> None:
    site = house.site()
    body = f"grant_type=authorization_code&code=x&code_verifier=y&redirect_uri=z&{twice}"
    response = house.browser().post(
        "/token", base_url=ISSUER, data=body, headers={"Authorization": site.basic()},
        content_type="application/x-www-form-urlencoded",
    )  # fmt: skip
    assert error_of(response) == "invalid_request"


@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded;charset=UTF-8", "Application/X-WWW-Form-Urlencoded ; x"]
)
def test_a_form_may_say_its_character_set(house: House, kind: str) -> None:
    site = house.site()
    form = {"grant_type": "authorization_code", "code": house.person().code_for(site), "redirect_uri": CALLBACK}
    body = urlencode(form | {"code_verifier": "v" * 43})
    response = house.browser().post(
        "/token", base_url=ISSUER, data=body, headers={"Authorization": site.basic()}, content_type=kind
    )
    assert response.status_code == 200


def test_a_body_that_is_no_form_is_refused(house: House) -> None:
    site = house.site()
    response = house.browser().post("/token", base_url=ISSUER, json={}, headers={"Authorization": site.basic()})
    assert error_of(response) == "invalid_request"


def test_a_body_over_64_kib_is_refused_before_it_is_read(house: House) -> None:
    site = house.site()
    response = house.browser().post(
        "/token", base_url=ISSUER, data={"code": "x" * 70_000}, headers={"Authorization": site.basic()}
    )
    assert response.status_code in {400, 413}


def test_auth_time_is_told_on_request_only_and_cut_to_the_minute_where_it_may_be(house: House) -> None:
    site = house.site()
    person = house.person()
    assert "auth_time" not in payload(site.token(code=person.code_for(site)).get_json()["id_token"])
    coarse = payload(site.token(code=person.code_for(site, max_age="15000")).get_json()["id_token"])["auth_time"]
    precise = payload(site.token(code=person.code_for(site, max_age="60")).get_json()["id_token"])["auth_time"]
    assert precise == int(house.now.timestamp())
    assert coarse == precise - precise % 60


def test_acr_is_told_on_request_only_and_truthfully(house: House) -> None:
    site = house.site()
    person = house.person(acr="phrh")
    assert "acr" not in payload(site.token(code=person.code_for(site)).get_json()["id_token"])
    claims = payload(site.token(code=person.code_for(site, acr_values="phrh phr")).get_json()["id_token"])
    assert claims["acr"] == "phrh"
    assert claims["amr"] == ["pop", "user", "mfa"]
