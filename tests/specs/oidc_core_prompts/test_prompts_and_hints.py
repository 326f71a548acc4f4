"""What a site may say of the visit: prompts, ages, hints, languages, displays (OIDC Core §3.1.2.1)."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.house import ISSUER, House, Person, Site, answered, page_of, payload

SILENT = {"prompt": "none"}
STATE = "s" * 128
NONCE = "n" * 128


def shown(person: Person, site: Site, **changes: str | None) -> str:
    """Return the path of the page that a request leads to."""
    return person.visit(site.request(**changes)).headers["Location"].partition("?")[0]


def id_token(site: Site, code: str) -> dict[str, Any]:
    return payload(site.token(code=code).get_json()["id_token"])


def signs_in(house: House, person: Person, location: str, *, page: str = "/sign-in") -> dict[str, str]:
    """Sign in anew in the same browser, and go on from the page that a request has led to."""
    assert location.startswith(page + "?")
    cookie = house.signed_in(person.person_id).browser.get_cookie("yufu_session")
    assert cookie is not None
    person.browser.set_cookie("yufu_session", cookie.value, domain="localhost")
    return answered(person.visit(location.replace(page, "/authorize")))


# ── prompt ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_login_asks_again_and_the_time_is_a_later_one(house: House) -> None:
    """oidcc-prompt-login."""
    site, person = house.site(), house.person()
    first = id_token(site, person.code_for(site, max_age="15000"))
    house.wait(minutes=2)
    location = person.visit(site.request(prompt="login", max_age="15000")).headers["Location"]
    second = id_token(site, signs_in(house, person, location)["code"])
    assert second["sub"] == first["sub"]
    assert second["auth_time"] > first["auth_time"]


def test_none_where_nobody_is_signed_in_is_refused_with_the_state_intact(house: House) -> None:
    """oidcc-prompt-none-not-logged-in."""
    got = answered(house.stranger().visit(house.site().request(state=STATE, **SILENT)))
    assert got["error"] == "login_required"
    assert got["state"] == STATE
    assert set(got) == {"error", "error_description", "error_uri", "state", "iss"}


def test_none_where_somebody_has_agreed_shows_nothing(house: House) -> None:
    """oidcc-prompt-none-logged-in: same person, same time, state and nonce intact."""
    site, person = house.site(require_auth_time=True), house.person()
    first = id_token(site, person.code_for(site))
    house.wait(minutes=5)
    got = answered(person.visit(site.request(state=STATE, nonce=NONCE, **SILENT)))
    second = id_token(site, got["code"])
    assert got["state"] == STATE
    assert (second["sub"], second["auth_time"], second["nonce"]) == (first["sub"], first["auth_time"], NONCE)


@pytest.mark.parametrize("length", [10, 128, 384])
def test_state_and_nonce_come_back_byte_for_byte(house: House, length: int) -> None:
    """Line C6: ten characters, 128 in prompt-none modules, 384 in the long-state ones."""
    site = house.site()
    text = ("aZ0-._~!$&'()*+,;=:@/?%é漢" * 40)[:length]
    got = answered(house.person().arrive(site.request(state=text, nonce=text)))
    assert got["state"] == text
    assert id_token(site, got["code"])["nonce"] == text


def test_select_account_asks_who_it_is(house: House) -> None:
    site, person = house.site(), house.person()
    person.arrive(site.request())
    house.wait(seconds=5)
    location = person.visit(site.request(prompt="select_account")).headers["Location"]
    assert "code" in signs_in(house, person, location)


def test_consent_asks_again_although_it_was_given(house: House) -> None:
    site, person = house.site(), house.person()
    person.arrive(site.request())
    house.wait(seconds=5)
    assert shown(person, site, prompt="consent") == "/consent"


def test_create_leads_to_the_page_for_a_new_account(house: House) -> None:
    site, person = house.site(), house.person()
    person.arrive(site.request())
    house.wait(seconds=5)
    for visitor in (person, house.stranger()):
        location = visitor.visit(site.request(prompt="create")).headers["Location"]
        assert page_of(visitor.visit(location)) == "sign-up"
    location = person.visit(site.request(prompt="create")).headers["Location"]
    assert "code" in signs_in(house, person, location, page="/sign-up")


@pytest.mark.parametrize("prompt", ["none create", "none login", "none consent", "create dance", "dance"])
def test_none_goes_with_nothing_and_unknown_values_are_refused(house: House, prompt: str) -> None:
    got = answered(house.person().visit(house.site().request(prompt=prompt)))
    assert got["error"] == "invalid_request"


def test_every_prompt_that_discovery_lists_works(house: House) -> None:
    metadata = house.browser().get("/.well-known/openid-configuration", base_url=ISSUER).get_json()
    pages = {
        "none": "https://shop.example/callback",
        "login": "/sign-in",
        "consent": "/consent",
        "select_account": "/sign-in",
        "create": "/sign-up",
    }
    assert metadata["prompt_values_supported"] == list(pages)
    site, person = house.site(), house.person()
    person.arrive(site.request())
    house.wait(seconds=5)
    for prompt, page in pages.items():
        assert shown(person, site, prompt=prompt) == page


# ── max_age, auth_time ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_short_max_age_asks_again_and_tells_the_time(house: House) -> None:
    """oidcc-max-age-1: two seconds later; ``auth_time`` is there, later than the first, and recent."""
    site, person = house.site(), house.person()
    first = house.now.timestamp()
    person.arrive(site.request())
    house.wait(seconds=2)
    location = person.visit(site.request(max_age="1")).headers["Location"]
    told = id_token(site, signs_in(house, person, location)["code"])["auth_time"]
    assert first < told <= house.now.timestamp() <= told + 2


def test_a_long_max_age_asks_nobody_and_tells_the_same_time_twice(house: House) -> None:
    """oidcc-max-age-10000."""
    site, person = house.site(), house.person()
    first = id_token(site, person.code_for(site, max_age="15000"))
    house.wait(seconds=30)
    second = id_token(site, answered(person.visit(site.request(max_age="10000")))["code"])
    assert (first["sub"], first["auth_time"]) == (second["sub"], second["auth_time"])


def test_a_site_that_always_wants_the_time_is_told_it(house: House) -> None:
    site = house.site(require_auth_time=True)
    assert "auth_time" in id_token(site, house.person().code_for(site))


# ── hints ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_hint_is_as_good_as_new_long_after_it_expired(house: House) -> None:
    """oidcc-id-token-hint: immediate success, same person."""
    site, person = house.site(), house.person()
    token = site.token(code=person.code_for(site)).get_json()["id_token"]
    house.wait(hours=11)
    got = answered(person.visit(site.request(id_token_hint=token, **SILENT)))
    assert id_token(site, got["code"])["sub"] == payload(token)["sub"]


@pytest.mark.parametrize("hint", ["buffy@id.example", "nobody at all", "+86 138 0000 0000", "<script>", "漢字"])
def test_a_login_hint_for_whomever_never_fails(house: House, hint: str) -> None:
    """oidcc-login-hint."""
    site = house.site()
    assert "code" in answered(house.person().arrive(site.request(login_hint=hint)))
    page = house.stranger().visit(site.request(login_hint=hint))
    assert page.headers["Location"].startswith("/sign-in")


# ── languages and displays ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("wanted", "spoken"),
    [("zh-CN", "zh-CN"), ("zh", "zh-CN"), ("se zh-Hans en", "zh-CN"), ("en-GB zh", "en"), ("se", "en"), ("!! -", "en")],
)
def test_pages_speak_a_language_the_site_asks_for(house: House, wanted: str, spoken: str) -> None:
    """oidcc-ui-locales: an unknown language does not fail."""
    site, person = house.site(), house.stranger()
    page = person.visit(person.visit(site.request(ui_locales=wanted)).headers["Location"])
    assert f'<html lang="{spoken}"' in page.text


@pytest.mark.parametrize("display", ["page", "popup", "touch", "wap", "hologram"])
def test_every_display_is_served(house: House, display: str) -> None:
    """oidcc-display-page, oidcc-display-popup."""
    assert "code" in answered(house.person().arrive(house.site().request(display=display)))


def test_languages_for_claims_change_nothing(house: House) -> None:
    """oidcc-claims-locales."""
    assert "code" in answered(house.person().arrive(house.site().request(claims_locales="se")))


# ── the request as a whole ───────────────────────────────────────────────────────────────────────────────────────────


def test_the_order_of_scopes_and_parameters_means_nothing(house: House) -> None:
    """oidcc-alternate-happy-flow."""
    site, person = house.site(), house.person()
    first = id_token(site, person.code_for(site))
    path, _, query = site.request(scope="verified profile openid").partition("?")
    reordered = f"{path}?{'&'.join(reversed(query.split('&')))}"
    assert id_token(site, answered(person.visit(reordered))["code"])["sub"] == first["sub"]


def test_a_request_without_a_nonce_succeeds(house: House) -> None:
    """oidcc-ensure-request-without-nonce-succeeds-for-code-flow."""
    site = house.site()
    assert "nonce" not in id_token(site, house.person().code_for(site, nonce=None))


def test_unknown_parameters_are_ignored(house: House) -> None:
    """oidcc-ensure-request-with-unknown-parameter-succeeds."""
    assert "code" in answered(house.person().arrive(house.site().request(extra="foobar")))


def test_a_posted_request_is_answered_like_any(house: House) -> None:
    """oidcc-ensure-post-request-succeeds: everything it says is kept on the way."""
    site, person = house.site(), house.person()
    claims = json.dumps({"id_token": {"acr": None}})
    body = site.request(state=STATE, claims=claims).partition("?")[2]
    form = "application/x-www-form-urlencoded"
    response = person.browser.post("/authorize", base_url=ISSUER, data=body, content_type=form)
    got = answered(person.arrive(response.headers["Location"]))
    assert got["state"] == STATE
    assert "acr" in id_token(site, got["code"])


def test_a_request_without_a_response_type_is_told_to_the_site(house: House) -> None:
    """oidcc-response-type-missing."""
    got = answered(house.person().visit(house.site().request(response_type=None)))
    assert got["error"] in {"unsupported_response_type", "invalid_request"}


def test_an_address_that_is_not_registered_is_never_called(house: House) -> None:
    """oidcc-ensure-registered-redirect-uri, oidcc-ensure-redirect-uri-in-authorization-request."""
    site = house.site(redirect_uris=["https://shop.example/callback", "https://shop.example/other"])
    for uri in ("https://shop.example/third", None):
        response = house.person().visit(site.request(redirect_uri=uri))
        assert page_of(response) == "error"
        assert "Location" not in response.headers


@pytest.mark.parametrize("added", ["", "&x=1", "?x=1"])
def test_a_registered_query_is_kept_and_another_is_refused(house: House, added: str) -> None:
    """oidcc-redirect-uri-query-OK, -query-mismatch, -query-added."""
    uri = "https://shop.example/callback?foo=bar"
    site, person = house.site(redirect_uris=[uri]), house.person()
    if not added:
        assert answered(person.arrive(site.request()))["foo"] == "bar"
    for other in (uri + (added or "&"), uri.replace("bar", "baz")):
        response = person.visit("/authorize?" + urlencode({"client_id": "shop", "redirect_uri": other}))
        assert page_of(response) == "error"
        assert "Location" not in response.headers
