"""The ``claims`` parameter: single claims, asked for by name and by place (OIDC Core §5.5)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from idp.oidc import claims_request
from tests.house import ISSUER, House, Person, Site, answered, page_of, payload

FRAME = {"iss", "sub", "aud", "exp", "iat", "at_hash", "nonce"}
ESSENTIAL = {"essential": True}


def asking(**parts: dict[str, Any]) -> dict[str, str | None]:
    """The changes to a request for ``openid`` alone that ask for single claims."""
    return {"scope": "openid", "claims": json.dumps(parts)}


def received(person: Person, site: Site, changes: dict[str, str | None]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Go through a whole login; returns what the ID token holds beside its frame, and what userinfo holds."""
    answer = site.token(code=person.code_for(site, **changes)).get_json()
    id_token = payload(answer["id_token"])
    userinfo = site.userinfo(answer["access_token"]).get_json()
    assert userinfo.pop("sub") == id_token["sub"]
    return {name: value for name, value in id_token.items() if name not in FRAME}, userinfo


@pytest.mark.parametrize("wanted", [None, {}, ESSENTIAL, {"essential": False}, {"unknown": 1}])
def test_a_claim_comes_in_the_place_it_was_asked_for_and_in_no_other(house: House, wanted: object) -> None:
    site, person = house.site(), house.person()
    assert received(person, site, asking(id_token={"verified": wanted})) == ({"verified": True}, {})
    assert received(person, site, asking(userinfo={"verified": wanted})) == ({}, {"verified": True})


def test_claims_that_nobody_asked_for_are_in_no_id_token(house: House) -> None:
    """oidcc-server, oidcc-scope-email: an ID token for ``openid`` holds its frame and nothing else."""
    assert received(house.person(), house.site(), {"scope": "openid"}) == ({}, {})


def test_an_essential_claim_that_does_not_exist_here_is_left_out(house: House) -> None:
    """oidcc-claims-essential: the request succeeds, and nothing of it is in the ID token."""
    asked = asking(userinfo={"picture": ESSENTIAL, "verified": ESSENTIAL})
    assert received(house.person(), house.site(), asked) == ({}, {"verified": True})


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [
        ({"value": True}, True),
        ({"value": False}, False),
        ({"value": 1}, False),
        ({"value": "true"}, False),
        ({"value": None}, False),
        ({"values": [False, True]}, True),
        ({"values": [False, "true", 1]}, False),
        ({"essential": True, "value": False}, False),
    ],
)
def test_a_value_that_does_not_fit_leaves_the_claim_out_and_is_no_error(
    house: House, wanted: dict[str, Any], fits: bool
) -> None:
    id_token, userinfo = received(house.person(), house.site(), asking(id_token={"verified": wanted}))
    assert id_token == ({"verified": True} if fits else {})
    assert userinfo == {}


def test_a_value_asked_for_by_name_holds_also_where_the_scope_brings_the_claim(house: House) -> None:
    asked = asking(id_token={"age_over_18": {"value": False}}) | {"scope": "openid age"}
    assert received(house.person(), house.site(), asked) == ({}, {"age_over_18": True})


def test_a_claim_without_a_value_is_left_out_even_if_essential(house: House) -> None:
    asked = asking(userinfo={"age_over_18": ESSENTIAL, "verified_on": None, "verified": None})
    assert received(house.person(level="matched"), house.site(), asked) == ({}, {"verified": False})


def test_a_claim_of_a_scope_the_site_is_not_registered_for_is_left_out(house: House) -> None:
    site = house.site(scope="openid profile")
    asked = asking(userinfo={"age_over_18": ESSENTIAL, "nickname": None})
    assert set(received(house.person(), site, asked)[1]) == {"nickname"}


def test_a_name_asked_for_singly_is_chosen_first(house: House) -> None:
    site, person = house.site(), house.person()
    response = person.visit(site.request(**asking(userinfo={"preferred_username": None})))
    assert response.headers["Location"].startswith("/code-name")


def test_the_person_is_shown_a_single_claim_and_agrees_to_it(house: House) -> None:
    site, person = house.site(), house.person()
    person.arrive(site.request(scope="openid"))
    ask = site.request(**asking(userinfo={"age_over_18": None}))
    page = person.visit(person.visit(ask).headers["Location"])
    assert page_of(page) == "consent"
    assert "Whether you are 18 or older" in page.text
    assert "verified person" not in page.text
    assert "code" in answered(person.arrive(ask))
    assert "Whether you are 18 or older" in person.visit("/account/sites").text


def test_agreeing_to_a_single_claim_is_remembered_and_agrees_to_no_other(house: House) -> None:
    site, person = house.site(), house.person()
    person.arrive(site.request(**asking(userinfo={"verified": None})))
    silent = {"prompt": "none"}
    assert "code" in answered(person.visit(site.request(**asking(id_token={"verified": None}), **silent)))
    for more in (asking(userinfo={"assurance_level": None}), {"scope": "openid verified"}):
        assert answered(person.visit(site.request(**more, **silent)))["error"] == "consent_required"


def test_agreeing_to_a_scope_agrees_to_each_of_its_claims(house: House) -> None:
    site, person = house.site(), house.person()
    person.arrive(site.request(scope="openid verified"))
    asked = asking(id_token={"verified_on": None})
    assert "code" in answered(person.visit(site.request(**asked, prompt="none")))


def test_what_was_shown_cannot_be_allowed_for_another_place(house: House) -> None:
    """The decision is bound to the page: a claim for userinfo does not become one for the ID token."""
    site, person = house.site(), house.person()
    first = person.visit(person.visit(site.request(**asking(userinfo={"verified": None}))).headers["Location"])
    second = person.visit(site.request(**asking(userinfo={"age_over_18": None}))).headers["Location"]
    other_ticket = second.partition("ticket=")[2]
    person.submit(first, "allow", ticket=other_ticket)
    asked = asking(userinfo={"age_over_18": None})
    assert answered(person.visit(site.request(**asked, prompt="none")))["error"] == "consent_required"


@pytest.mark.parametrize("place", ["id_token", "userinfo"])
@pytest.mark.parametrize("form", ["value", "values"])
def test_a_sub_asked_for_by_value_is_the_same_person_or_nobody(house: House, place: str, form: str) -> None:
    site, person, other = house.site(), house.person(), house.person()
    sub = payload(site.token(code=person.code_for(site)).get_json()["id_token"])["sub"]
    other.arrive(site.request())
    wanted: object = sub if form == "value" else ["somebody", sub]
    asked = asking(**{place: {"sub": {form: wanted}}})
    assert "code" in answered(person.visit(site.request(**asked, prompt="none")))
    assert answered(other.visit(site.request(**asked, prompt="none")))["error"] == "login_required"
    assert answered(house.stranger().visit(site.request(**asked, prompt="none")))["error"] == "login_required"
    assert other.visit(site.request(**asked)).headers["Location"].startswith("/sign-in?")


def test_a_sub_asked_for_without_a_value_is_whoever_it_is(house: House) -> None:
    site, person = house.site(), house.person()
    assert received(person, site, asking(id_token={"sub": None}, userinfo={"sub": ESSENTIAL})) == ({}, {})


@pytest.mark.parametrize("wanted", [None, ESSENTIAL])
def test_the_time_of_signing_in_comes_when_it_is_asked_for(house: House, wanted: object) -> None:
    id_token, _ = received(house.person(), house.site(), asking(id_token={"auth_time": wanted}))
    assert set(id_token) == {"auth_time"}
    assert id_token["auth_time"] <= int(house.now.timestamp())


def test_amr_comes_when_it_is_asked_for(house: House) -> None:
    id_token, _ = received(house.person(), house.site(), asking(id_token={"amr": None}))
    assert id_token == {"amr": ["pop", "user", "mfa"]}


BROKEN = [
    "nonsense",
    "[]",
    "null",
    '"userinfo"',
    '{"userinfo":[]}',
    '{"id_token":"verified"}',
    '{"userinfo":{"verified":true}}',
    '{"userinfo":{"verified":[]}}',
    '{"userinfo":{"verified":{"essential":"yes"}}}',
    '{"userinfo":{"verified":{"values":true}}}',
    '{"userinfo":{"verified":{"values":[]}}}',
    '{"userinfo":{"verified":{"value":true,"values":[true]}}}',
    '{"userinfo":{"verified":null,"verified":null}}',
    '{"userinfo":{},"userinfo":{"verified":null}}',
    '{"userinfo":{"verified":{"value":NaN}}}',
    '{"userinfo":' + "[" * 2000 + "}",
]


@pytest.mark.parametrize("text", BROKEN)
def test_what_is_not_of_the_form_is_an_invalid_request(house: House, text: str) -> None:
    got = answered(house.person().visit(house.site().request(claims=text)))
    assert got["error"] == "invalid_request"
    assert set(got) == {"error", "error_description", "error_uri", "state", "iss"}


def test_a_parameter_that_is_too_long_is_an_invalid_request(house: House) -> None:
    text = json.dumps({"userinfo": {"c" * claims_request.MAX_BYTES: None}})
    assert answered(house.person().visit(house.site().request(claims=text)))["error"] == "invalid_request"


@pytest.mark.parametrize(
    "text",
    ["{}", '{"userinfo":null}', '{"id_token":{}}', '{"other":{"verified":1}}', '{"userinfo":{"shoe_size":null}}'],
)
def test_what_is_unknown_is_ignored(house: House, text: str) -> None:
    assert received(house.person(), house.site(), {"scope": "openid", "claims": text}) == ({}, {})


def test_absent_null_and_empty_are_told_apart_for_whoever_reads_on() -> None:
    asked = claims_request.read('{"id_token":{"a":null,"b":{"essential":true},"verified_claims":{"x":[1]}}}')
    assert asked.id_token.claims["a"] == claims_request.ClaimRequest()
    assert asked.id_token.claims["b"].essential
    assert asked.id_token.verified_claims == {"x": [1]}
    assert "verified_claims" not in asked.id_token.claims
    assert asked.userinfo == claims_request.Part()


def test_discovery_says_so(house: House) -> None:
    metadata = house.browser().get("/.well-known/openid-configuration", base_url=ISSUER).get_json()
    assert metadata["claims_parameter_supported"] is True
