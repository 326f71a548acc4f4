"""Every rule for an authorization request, and the error a site gets for breaking it (OIDC Core §3.1.2)."""

from __future__ import annotations

import pytest

from idp.oidc import checks
from tests.house import CALLBACK, ISSUER, House, answered, page_of

BROKEN = [
    ({"response_type": None}, "invalid_request"),
    ({"response_type": "token"}, "unsupported_response_type"),
    ({"response_type": "code id_token"}, "unsupported_response_type"),
    ({"response_mode": "carrier-pigeon"}, "invalid_request"),
    ({"scope": None}, "invalid_scope"),
    ({"scope": "profile"}, "invalid_scope"),
    ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
    ({"code_challenge": None}, "invalid_request"),
    ({"code_challenge_method": None}, "invalid_request"),
    ({"code_challenge_method": "plain"}, "invalid_request"),
    ({"code_challenge": "short"}, "invalid_request"),
    ({"code_challenge": "+" * 43}, "invalid_request"),
    ({"prompt": "none login"}, "invalid_request"),
    ({"prompt": "dance"}, "invalid_request"),
    ({"max_age": "soon"}, "invalid_request"),
    ({"max_age": "-1"}, "invalid_request"),
    ({"registration": "{}"}, "registration_not_supported"),
    ({"state": "s" * 2049}, "invalid_request"),
    ({"nonce": "n" * 513}, "invalid_request"),
    ({"login_hint": "x" * 5001}, "invalid_request"),
]


@pytest.mark.parametrize(("changes", "error"), BROKEN)
def test_a_broken_rule_is_told_to_the_site_and_nothing_more(
    house: House, changes: dict[str, str | None], error: str
) -> None:
    site = house.site()
    response = house.person().visit(site.request(**changes))
    got = answered(response)
    assert response.headers["Location"].startswith(CALLBACK + "?")
    assert got["error"] == error
    assert set(got) == {"error", "error_description", "error_uri", "state", "iss"}
    assert got["state"] == changes.get("state", "state-é/+=&")
    assert got["iss"] == ISSUER
    assert all(" " <= character <= "~" and character not in '"\\' for character in got["error_description"])


def test_a_scope_the_site_is_not_registered_for_is_refused(house: House) -> None:
    site = house.site(scope="openid profile")
    assert answered(house.person().visit(site.request(scope="openid age")))["error"] == "invalid_scope"


@pytest.mark.parametrize("twice", ["scope=openid", "state=other", "nonce=other", "prompt=login"])
def test_a_parameter_given_twice_is_refused(house: House, twice: str) -> None:
    site = house.site()
    got = answered(house.person().visit(f"{site.request(prompt='consent')}&{twice}"))
    assert got["error"] == "invalid_request"


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"state": None},
        {"nonce": None},
        {"extra": "foobar"},
        {"display": "popup"},
        {"ui_locales": "se"},
        {"claims_locales": "se"},
        {"login_hint": "buffy@example"},
        {"acr_values": "phr 1 2"},
        {"scope": "verified profile openid"},
        {"scope": "openid unknown"},
        {"response_mode": "query"},
        {"max_age": "10000"},
        {"code_challenge_method": "S256"},
    ],
)
def test_what_the_rules_allow_gets_a_code(house: House, changes: dict[str, str | None]) -> None:
    site = house.site()
    got = answered(house.person().arrive(site.request(**changes)))
    expected = {"code", "iss"} | ({"state"} if changes.get("state", "") is not None else set())
    assert set(got) == expected
    assert len(got["code"]) >= 22


def test_a_parameter_without_a_value_counts_as_left_out(house: House) -> None:
    """RFC 6749 §3.1"""
    site, person = house.site(), house.person()
    person.arrive(site.request())
    needed = {"client_id", "redirect_uri", "response_type", "scope", "code_challenge", "code_challenge_method"}
    for name in checks.KNOWN - needed:
        got = answered(person.visit(site.request(**{name: ""})))
        assert set(got) == {"code", "iss"} | ({"state"} if name != "state" else set()), name


def test_a_site_without_pkce_is_let_in_only_where_the_operator_said_so(house: House) -> None:
    old = house.site("old", require_pkce=False, redirect_uris=["https://old.example/cb"])
    without = {"code_challenge": None, "code_challenge_method": None}
    code = answered(house.person().arrive(old.request(**without)))["code"]
    assert old.token(code=code, code_verifier=None).status_code == 200


def test_a_posted_request_is_the_same_request(house: House) -> None:
    site = house.site()
    person = house.person()
    query = site.request().partition("?")[2]
    form = "application/x-www-form-urlencoded"
    response = house.browser().post("/authorize", base_url=ISSUER, data=query, content_type=form)
    assert response.status_code == 303
    assert "code" in answered(person.arrive(response.headers["Location"]))


@pytest.mark.parametrize("twice", ["scope=openid", "prompt=none&prompt=login", "nonce=a&nonce=b"])
def test_a_posted_request_with_a_repeated_parameter_is_refused_like_any(house: House, twice: str) -> None:
    site = house.site()
    body = site.request().partition("?")[2] + "&" + twice
    response = house.browser().post(
        "/authorize", base_url=ISSUER, data=body, content_type="application/x-www-form-urlencoded"
    )
    assert answered(response)["error"] == "invalid_request"


def test_a_posted_request_that_is_no_form_is_a_page(house: House) -> None:
    site = house.site()
    query = site.request().partition("?")[2]
    response = house.browser().post("/authorize", base_url=ISSUER, data=query, content_type="text/plain")
    assert response.status_code == 400
    assert page_of(response) == "error"


@pytest.mark.parametrize("value", ["\x01" * 1500, '"' * 2000, "\\" * 2000])
def test_what_swells_in_a_ticket_is_refused_before_it_is_sealed(house: House, value: str) -> None:
    site = house.site()
    got = answered(house.stranger().visit(site.request(state=value, login_hint=value)))
    assert got["error"] == "invalid_request"


def test_the_redirect_uri_keeps_its_own_query(house: House) -> None:
    site = house.site(redirect_uris=["https://shop.example/callback?shop=7"])
    got = answered(house.person().arrive(site.request()))
    assert got["shop"] == "7"
    assert "code" in got


def test_an_error_in_the_query_leaves_no_ticket_and_no_page(house: House) -> None:
    site = house.site()
    response = house.stranger().visit(site.request(response_type="token"))
    assert page_of(response) == ""
