"""The plain login and its answers, line by line of the basic certification profile (OIDC Core §3.1)."""

from __future__ import annotations

import math
from collections import Counter

import pytest

from tests.house import ISSUER, House, answered, page_of, payload

ENTROPY = 96


def bits(text: str) -> float:
    """Shannon entropy of a text, in bits."""
    counted = Counter(text).values()
    return -sum(count * math.log2(count / len(text)) for count in counted)


def test_a_code_is_long_and_full_of_chance(house: House) -> None:
    """oidcc-server: at least 128 bits long, more than 96 bits of entropy."""
    site, person = house.site(), house.person()
    codes = [person.code_for(site) for _ in range(5)]
    assert all(len(code) * 6 >= 128 and bits(code) > ENTROPY for code in codes)
    assert len({*codes}) == 5


def test_tokens_are_long_and_full_of_chance_and_say_how_long_they_live(house: House) -> None:
    """oidcc-server, lines C9 and C14."""
    site = house.site()
    response = site.token(code=house.person().code_for(site, scope="openid"))
    answer = response.get_json()
    assert response.status_code == 200
    assert response.mimetype == "application/json"
    assert response.headers["Cache-Control"] == "no-store"
    assert bits(answer["access_token"]) > ENTROPY
    assert answer["token_type"].lower() == "bearer"
    assert isinstance(answer["expires_in"], int)
    assert 0 < answer["expires_in"] < 365 * 24 * 3600


def test_an_id_token_says_what_it_has_to_and_nothing_else(house: House) -> None:
    """oidcc-server, line C10: iss, aud, exp, iat, nonce, sub; no ``name``, nothing that was not asked for."""
    site = house.site()
    claims = payload(site.token(code=house.person().code_for(site, scope="openid")).get_json()["id_token"])
    now = int(house.now.timestamp())
    assert set(claims) == {"iss", "sub", "aud", "exp", "iat", "nonce", "at_hash"}
    assert claims["iss"] == ISSUER
    assert claims["aud"] == "shop"
    assert claims["iat"] == now < claims["exp"] < now + 50 * 365 * 24 * 3600
    assert 0 < len(claims["sub"]) <= 255
    assert claims["sub"].isascii()


@pytest.mark.parametrize("scope", ["profile", "email", "address", "phone"])
def test_a_scope_that_is_not_listed_is_ignored_and_brings_nothing(house: House, scope: str) -> None:
    """oidcc-scope-email, -address, -phone, -all: skipped unless listed; never in the ID token."""
    listed = house.browser().get("/.well-known/openid-configuration", base_url=ISSUER).get_json()["scopes_supported"]
    site = house.site(scope="openid profile")
    answer = site.token(code=house.person().code_for(site, scope=f"openid {scope}")).get_json()
    assert (scope in listed) == (scope == "profile")
    assert set(site.userinfo(answer["access_token"]).get_json()) == {
        "sub",
        *({"nickname", "preferred_username"} if scope == "profile" else ()),
    }
    assert not {"name", "email", "nickname"} & payload(answer["id_token"]).keys()


def test_no_claim_is_null_empty_or_blank(house: House) -> None:
    """Line C10: whatever there is nothing to say of is left out."""
    site = house.site()
    scope = "openid profile verified age"
    for level in ("none", "matched", "registry"):
        answer = site.token(code=house.person(level=level).code_for(site, scope=scope)).get_json()
        for claims in (payload(answer["id_token"]), site.userinfo(answer["access_token"]).get_json()):
            assert all(value is not None and str(value).strip() for value in claims.values())


@pytest.mark.parametrize("seconds", [0, 30])
def test_a_second_use_of_a_code_is_refused_and_ends_the_first_token(house: House, seconds: int) -> None:
    """oidcc-codereuse, oidcc-codereuse-30seconds: 400, JSON, ``invalid_grant``; the first token is dead."""
    site = house.site()
    code = house.person().code_for(site)
    access = site.token(code=code).get_json()["access_token"]
    house.wait(seconds=seconds)
    again = site.token(code=code)
    assert again.status_code == 400
    assert again.mimetype == "application/json"
    assert again.get_json()["error"] == "invalid_grant"
    assert site.userinfo(access).status_code == 401


def test_pkce_works(house: House) -> None:
    """oidcc-ensure-request-with-valid-pkce-succeeds."""
    site = house.site()
    assert site.token(code=house.person().code_for(site)).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"request": "eyJhbGciOiJub25lIn0.eyJzY29wZSI6Im9wZW5pZCJ9."},
        {"request_uri": "https://shop.example/request"},
    ],
    ids=["request", "request_uri"],
)
def test_a_request_object_that_is_not_signed_gets_nothing(house: House, changes: dict[str, str | None]) -> None:
    """oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported,
    oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported: ``none`` is listed nowhere.
    """
    metadata = house.browser().get("/.well-known/openid-configuration", base_url=ISSUER).get_json()
    assert "none" not in metadata.get("request_object_signing_alg_values_supported", [])
    site = house.site()
    response = house.person().visit(site.request(**changes))
    if response.status_code == 303:
        assert answered(response)["error"].endswith(("_not_supported", "_object", "_uri"))
    else:
        assert page_of(response) == "error"
