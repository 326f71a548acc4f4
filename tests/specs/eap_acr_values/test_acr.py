"""How the person signed in: asked for as a preference or as essential (OIDC Core §5.5.1.1, EAP ACR Values 1.0)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.house import ISSUER, House, Person, Site, answered, page_of, payload

AMR = {"face", "fpt", "geo", "hwk", "iris", "kba", "mca", "mfa", "otp", "pin", "pwd", "rba", "retina", "sc", "sms",
       "swk", "tel", "user", "vbm", "wia", "pop"}  # fmt: skip
"""RFC 8176 §2, and ``pop`` of EAP ACR Values 1.0."""


def essential(*values: str) -> dict[str, str | None]:
    return {"claims": json.dumps({"id_token": {"acr": {"essential": True, "values": list(values)}}})}


def told(person: Person, site: Site, **changes: str | None) -> dict[str, Any]:
    """Return the ID token of a login that shows no page but those of the first visit."""
    return payload(site.token(code=person.code_for(site, **changes)).get_json()["id_token"])


def signs_in_again(house: House, person: Person, *, acr: str) -> None:
    """The person uses another passkey in the same browser."""
    house.wait(seconds=5)
    cookie = house.signed_in(person.person_id, acr=acr).browser.get_cookie("yufu_session")
    assert cookie is not None
    person.browser.set_cookie("yufu_session", cookie.value, domain="localhost")


@pytest.mark.parametrize(
    ("reached", "wanted", "acr"),
    [
        ("phr", "phr", "phr"),
        ("phr", "phr phrh", "phr"),
        ("phr", "phrh phr", "phr"),
        ("phrh", "phr phrh", "phrh"),
        ("phrh", "phrh", "phrh"),
        ("phrh", "phr", "phr"),
        ("phrh", "1 2", "phrh"),
        ("phr", "1 2", "phr"),
    ],
)
def test_a_preference_is_answered_with_the_truth(house: House, reached: str, wanted: str, acr: str) -> None:
    """oidcc-ensure-request-with-acr-values-succeeds: the ID token's ``acr`` is one of those asked for."""
    assert told(house.person(acr=reached), house.site(), acr_values=wanted)["acr"] == acr


def test_the_values_that_discovery_lists_are_answered_with_one_of_them(house: House) -> None:
    """oidcc-ensure-request-with-acr-values-succeeds."""
    listed = (
        house.browser().get("/.well-known/openid-configuration", base_url=ISSUER).get_json()["acr_values_supported"]
    )
    assert listed == ["phr", "phrh"]
    assert told(house.person(), house.site(), acr_values=" ".join(listed))["acr"] in listed


def test_nobody_who_did_not_ask_is_told(house: House) -> None:
    assert not {"acr", "amr"} & told(house.person(), house.site()).keys()


@pytest.mark.parametrize("claim", [None, {"essential": True}, {"value": "phr"}, {"values": ["nonsense"]}])
def test_the_claim_asks_too_and_a_voluntary_value_that_does_not_fit_gets_the_truth(house: House, claim: object) -> None:
    asked = json.dumps({"id_token": {"acr": claim}})
    assert told(house.person(), house.site(), claims=asked)["acr"] == "phr"


def test_what_is_registered_asks_as_well(house: House) -> None:
    assert told(house.person(acr="phrh"), house.site(default_acr_values=["phr"]))["acr"] == "phr"
    assert told(house.person(), house.site("strict", default_acr_values=["phrh"]))["acr"] == "phr"


def test_methods_are_those_of_the_registry(house: House) -> None:
    methods = told(house.person(), house.site(), acr_values="phr")["amr"]
    assert {"pop", "user", "mfa"} <= set(methods) <= AMR


def test_a_preference_for_a_stronger_class_asks_for_another_passkey_once(house: House) -> None:
    """RFC 9470 §4: a resource that asks for more gets the person asked."""
    site, person = house.site(), house.person()
    person.arrive(site.request())
    house.wait(seconds=1)
    location = person.visit(site.request(acr_values="phrh")).headers["Location"]
    page = person.visit(location)
    assert page_of(page) == "sign-in"
    assert "stays on one device" in page.text
    signs_in_again(house, person, acr="phr")
    code = answered(person.visit(location.replace("/sign-in", "/authorize")))["code"]
    assert payload(site.token(code=code).get_json()["id_token"])["acr"] == "phr"


def test_a_preference_is_not_insisted_on_where_no_page_may_be_shown(house: House) -> None:
    site, person = house.site(), house.person()
    person.arrive(site.request())
    house.wait(seconds=1)
    code = answered(person.visit(site.request(acr_values="phrh", prompt="none")))["code"]
    assert payload(site.token(code=code).get_json()["id_token"])["acr"] == "phr"


@pytest.mark.parametrize(("reached", "wanted"), [("phrh", ("phr",)), ("phr", ("phrh", "phr")), ("phrh", ("phrh",))])
def test_an_essential_class_that_was_reached_is_told_in_the_words_of_the_site(
    house: House, reached: str, wanted: tuple[str, ...]
) -> None:
    assert told(house.person(acr=reached), house.site(), **essential(*wanted))["acr"] in wanted


def test_an_essential_class_that_was_not_reached_asks_for_another_passkey(house: House) -> None:
    site, person = house.site(), house.person()
    person.arrive(site.request())
    house.wait(seconds=1)
    location = person.visit(site.request(**essential("phrh"))).headers["Location"]
    page = person.visit(location)
    assert page_of(page) == "sign-in"
    assert "stays on one device" in page.text
    signs_in_again(house, person, acr="phrh")
    code = answered(person.visit(location.replace("/sign-in", "/authorize")))["code"]
    assert payload(site.token(code=code).get_json()["id_token"])["acr"] == "phrh"


def test_where_the_other_passkey_does_not_help_the_site_hears_that_it_is_unmet(house: House) -> None:
    site, person = house.site(), house.person()
    house.wait(seconds=1)
    location = person.visit(site.request(**essential("phrh"))).headers["Location"]
    signs_in_again(house, person, acr="phr")
    got = answered(person.visit(location.replace("/sign-in", "/authorize")))
    assert got["error"] == "unmet_authentication_requirements"
    assert set(got) == {"error", "error_description", "error_uri", "state", "iss"}


@pytest.mark.parametrize("prompt", [None, "none", "login"])
def test_a_class_that_does_not_exist_here_is_unmet_at_once(house: House, prompt: str | None) -> None:
    site = house.site()
    for person in (house.person(acr="phrh"), house.stranger()):
        got = answered(person.visit(site.request(prompt=prompt, **essential("urn:example:gold"))))
        assert got["error"] == "unmet_authentication_requirements"


def test_without_a_page_an_essential_class_that_was_not_reached_is_unmet(house: House) -> None:
    site, person = house.site(), house.person()
    person.arrive(site.request())
    got = answered(person.visit(site.request(prompt="none", **essential("phrh"))))
    assert got["error"] == "unmet_authentication_requirements"
    assert (
        answered(house.stranger().visit(site.request(prompt="none", **essential("phrh"))))["error"] == "login_required"
    )
