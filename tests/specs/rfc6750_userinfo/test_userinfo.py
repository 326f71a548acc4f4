"""Userinfo gives what was agreed to, to whoever holds a live token (OIDC Core §5.3, RFC 6750)."""

from __future__ import annotations

import pytest

from tests.house import ISSUER, House, answered


def test_userinfo_gives_the_released_claims(house: House) -> None:
    site = house.site()
    person = house.person()
    response = person.arrive(site.request(scope="openid profile verified age"), code_name="Quiet Heron")
    answer = site.token(code=answered(response)["code"]).get_json()
    claims = site.userinfo(answer["access_token"])
    assert claims.mimetype == "application/json"
    assert claims.headers["Cache-Control"] == "no-store"
    body = claims.get_json()
    assert len(body.pop("sub")) == 43
    assert body == {
        "verified": True,
        "assurance_level": "registry",
        "verified_on": "2026-05-17",
        "age_over_18": True,
        "nickname": "Quiet Heron",
        "preferred_username": "Quiet Heron",
    }


@pytest.mark.parametrize(
    ("scope", "members"),
    [
        ("openid", set()),
        ("openid profile", {"nickname", "preferred_username"}),
        ("openid verified", {"verified", "assurance_level", "verified_on"}),
        ("openid age", {"age_over_18"}),
    ],
)
def test_a_scope_gives_its_own_claims_and_no_others(house: House, scope: str, members: set[str]) -> None:
    site = house.site()
    code = house.person().code_for(site, scope=scope)
    access = site.token(code=code).get_json()["access_token"]
    assert set(site.userinfo(access).get_json()) == members | {"sub"}


def test_of_the_unverified_only_that_is_told(house: House) -> None:
    site = house.site()
    code = house.person(level="matched").code_for(site, scope="openid verified age")
    body = site.userinfo(site.token(code=code).get_json()["access_token"]).get_json()
    del body["sub"]
    assert body == {"verified": False, "assurance_level": "matched"}


def test_a_token_ends_after_ten_minutes(house: House) -> None:
    site = house.site()
    access = site.token(code=house.person().code_for(site)).get_json()["access_token"]
    house.wait(seconds=601)
    assert site.userinfo(access).status_code == 401


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_has_no_case_and_post_works_too(house: House, scheme: str) -> None:
    site = house.site()
    access = site.token(code=house.person().code_for(site)).get_json()["access_token"]
    headers = {"Authorization": f"{scheme} {access}"}
    assert house.browser().get("/userinfo", base_url=ISSUER, headers=headers).status_code == 200
    assert house.browser().post("/userinfo", base_url=ISSUER, headers=headers).status_code == 200


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer x", "Basic eDp5", "Bearer " + "A" * 88])
def test_anything_else_gets_401_and_a_challenge(house: House, header: str | None) -> None:
    headers = {"Authorization": header} if header else {}
    response = house.browser().get("/userinfo", base_url=ISSUER, headers=headers)
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer")
    assert ("error=" in response.headers["WWW-Authenticate"]) == (header is not None)


def test_a_token_in_the_body_of_a_post_works(house: House) -> None:
    site = house.site()
    access = site.token(code=house.person().code_for(site)).get_json()["access_token"]
    response = house.browser().post("/userinfo", base_url=ISSUER, data={"access_token": access})
    assert response.status_code == 200


def test_a_token_in_the_address_is_not_looked_at(house: House) -> None:
    site = house.site()
    access = site.token(code=house.person().code_for(site)).get_json()["access_token"]
    assert house.browser().get(f"/userinfo?access_token={access}", base_url=ISSUER).status_code == 401
