"""How a response travels (OAuth 2.0 Multiple Response Types §2.1, OAuth 2.0 Form Post Response Mode)."""

from __future__ import annotations

import pytest

from idp.oidc import response_modes
from tests.house import CALLBACK, ISSUER, House, answered, in_fragment, page_of, payload, posted

APP = "com.example.app:/callback"
STATE = "state-é/+=&\"'<b>"


def test_the_query_is_the_way_of_a_code(house: House) -> None:
    """Line C7: the response in the query, the state equal, and none where none was sent."""
    site, person = house.site(), house.person()
    for mode in (None, "query"):
        response = person.arrive(site.request(response_mode=mode, state=None))
        assert response.headers["Location"].startswith(CALLBACK + "?")
        assert set(answered(response)) == {"code", "iss"}


def test_a_code_in_the_fragment_is_in_nothing_else(house: House) -> None:
    site = house.site()
    got = in_fragment(house.person().arrive(site.request(response_mode="fragment", state=STATE)))
    assert got["state"] == STATE
    assert got["iss"] == ISSUER
    assert site.token(code=got["code"]).status_code == 200


def test_an_error_travels_in_the_mode_that_was_asked_for(house: House) -> None:
    """Line C13: error, description, state and iss, and no other parameter."""
    site, stranger = house.site(), house.stranger()
    wish = {"prompt": "none", "state": STATE}
    in_the_fragment = in_fragment(stranger.visit(site.request(response_mode="fragment", **wish)))
    in_a_form = posted(stranger.visit(site.request(response_mode="form_post", **wish)))
    assert in_a_form.pop("") == CALLBACK
    for got in (in_the_fragment, in_a_form):
        assert got["error"] == "login_required"
        assert got["state"] == STATE
        assert set(got) == {"error", "error_description", "error_uri", "state", "iss"}


def test_a_form_posts_the_code_and_nothing_of_it_is_in_an_address(house: House) -> None:
    """Line C8, the Form Post plan: a POST of a form, and no code in the URL."""
    site, person = house.site(), house.person()
    response = person.arrive(site.request(response_mode="form_post", state=STATE))
    assert response.status_code == 200
    assert "Location" not in response.headers
    got = posted(response)
    assert got.pop("") == CALLBACK
    assert set(got) == {"code", "state", "iss"}
    assert got["state"] == STATE
    assert payload(site.token(code=got["code"]).get_json()["id_token"])["iss"] == ISSUER


def test_the_page_of_a_form_is_kept_by_nobody_and_posts_there_alone(house: House) -> None:
    site = house.site()
    response = house.person().arrive(site.request(response_mode="form_post"))
    assert response.headers["Cache-Control"] == "no-store"
    policy = response.headers["Content-Security-Policy"]
    assert "form-action 'self' https:" in policy
    assert "unsafe-inline" not in policy
    assert "form-post.js" in response.text
    assert "csrf_token" not in posted(response)


def test_the_page_of_a_form_speaks_the_readers_language(house: House) -> None:
    site = house.site()
    response = house.person().arrive(site.request(response_mode="form_post", ui_locales="zh-CN"))
    assert '<html lang="zh-CN"' in response.text
    assert "继续" in response.text


def test_not_allowing_is_posted_too(house: House) -> None:
    site, person = house.site(scope="openid verified"), house.person()
    ask = site.request(scope="openid verified", response_mode="form_post")
    page = person.visit(person.visit(ask).headers["Location"])
    assert posted(person.submit(page, "deny"))["error"] == "access_denied"
    assert posted(person.submit(page, "cancel"))["error"] == "access_denied"


def test_a_posted_request_can_ask_for_a_posted_answer(house: House) -> None:
    site, person = house.site(), house.person()
    body = site.request(response_mode="form_post").partition("?")[2]
    form = "application/x-www-form-urlencoded"
    response = person.browser.post("/authorize", base_url=ISSUER, data=body, content_type=form)
    assert "code" in posted(person.arrive(response.headers["Location"]))
    twice = person.browser.post("/authorize", base_url=ISSUER, data=body + "&nonce=x", content_type=form)
    assert posted(twice)["error"] == "invalid_request"


def test_a_registered_query_survives_every_mode(house: House) -> None:
    """Line C7: query parameters of the redirect URI that the client registered."""
    uri = "https://shop.example/callback?foo=bar"
    site, person = house.site(redirect_uris=[uri]), house.person()
    assert answered(person.arrive(site.request()))["foo"] == "bar"
    assert person.visit(site.request(response_mode="fragment")).headers["Location"].startswith(uri + "#")
    assert posted(person.visit(site.request(response_mode="form_post")))[""] == uri


def test_an_app_cannot_be_posted_to(house: House) -> None:
    site = house.site(application_type="native", redirect_uris=[APP], sector="app.example")
    response = house.person().visit(site.request(redirect_uri=APP, response_mode="form_post"))
    assert response.headers["Location"].startswith(f"{APP}?error=invalid_request")


@pytest.mark.parametrize("mode", ["web_message", "QUERY", "jwt jwt", "query fragment"])
def test_a_mode_that_does_not_exist_is_told_in_the_query(house: House, mode: str) -> None:
    got = answered(house.person().visit(house.site().request(response_mode=mode)))
    assert got["error"] == "invalid_request"


def test_discovery_lists_the_modes_and_each_works(house: House) -> None:
    listed = house.browser().get("/.well-known/openid-configuration", base_url=ISSUER).get_json()
    assert listed["response_modes_supported"] == [mode.name for mode in response_modes.RESPONSE_MODES]
    site, person = house.site(), house.person()
    person.arrive(site.request())
    for mode in listed["response_modes_supported"]:
        response = person.visit(site.request(response_mode=mode))
        assert "error=" not in response.headers.get("Location", "")
        assert response.status_code in {200, 303}
        assert page_of(response) in {"", "form-post"}
