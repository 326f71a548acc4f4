"""A site may end the session here, and nobody is redirected on a stranger's word (RP-Initiated Logout 1.0)."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from tests.house import House, Person, Site, answered, page_of

RETURN = "https://shop.example/bye"
STATE = "s t/+=&é" * 16


def site_with_return(house: House) -> Site:
    return house.site(post_logout_redirect_uris=[RETURN])


def id_token(person: Person, site: Site) -> str:
    return str(site.token(code=person.code_for(site)).get_json()["id_token"])


def signed_in(person: Person, site: Site) -> bool:
    return "code" in answered(person.visit(site.request(prompt="none")))


def test_a_hint_that_names_the_person_signs_out_and_returns_with_state_only(house: House) -> None:
    """oidcc-rp-initiated-logout"""
    site, person = site_with_return(house), house.person()
    hint = id_token(person, site)
    response = person.visit(
        "/logout?" + urlencode({"id_token_hint": hint, "post_logout_redirect_uri": RETURN, "state": STATE})
    )
    assert response.headers["Location"].startswith(RETURN)
    assert answered(response) == {"state": STATE}
    assert not signed_in(person, site)


def test_without_state_none_is_sent(house: House) -> None:
    """oidcc-rp-initiated-logout-no-state"""
    site, person = site_with_return(house), house.person()
    hint = id_token(person, site)
    response = person.visit("/logout?" + urlencode({"id_token_hint": hint, "post_logout_redirect_uri": RETURN}))
    assert response.headers["Location"] == RETURN


def test_an_expired_hint_still_tells_who_asks(house: House) -> None:
    site, person = site_with_return(house), house.person()
    hint = id_token(person, site)
    house.wait(hours=2)
    response = person.visit("/logout?" + urlencode({"id_token_hint": hint, "post_logout_redirect_uri": RETURN}))
    assert response.headers["Location"] == RETURN


@pytest.mark.parametrize("uri", ["https://evil.example/", RETURN + "?x=1", RETURN + "/"])
def test_an_unregistered_address_is_a_page_and_the_session_stays(house: House, uri: str) -> None:
    """oidcc-rp-initiated-logout-bad-post-logout-redirect-uri, -query-added-to-post-logout-redirect-uri"""
    site, person = site_with_return(house), house.person()
    hint = id_token(person, site)
    response = person.visit("/logout?" + urlencode({"id_token_hint": hint, "post_logout_redirect_uri": uri}))
    assert page_of(response) == "error"
    assert signed_in(person, site)


def test_without_a_hint_the_person_is_asked_and_redirected_nowhere(house: House) -> None:
    """oidcc-rp-initiated-logout-no-id-token-hint"""
    site, person = site_with_return(house), house.person()
    id_token(person, site)
    page = person.visit("/logout?" + urlencode({"post_logout_redirect_uri": RETURN, "client_id": "shop"}))
    assert page_of(page) == "logout-confirm"
    assert page_of(person.submit(page, "confirm-logout")) == "logged-out"


@pytest.mark.parametrize("twice", ["state=a&state=b", "id_token_hint=a&id_token_hint=b"])
def test_a_parameter_given_twice_is_a_page(house: House, twice: str) -> None:
    assert page_of(house.person().visit(f"/logout?{twice}")) == "error"


def test_a_hint_that_cannot_be_verified_is_as_good_as_none(house: House) -> None:
    """oidcc-rp-initiated-logout-modified-id-token-hint, -bad-id-token-hint"""
    site, person = site_with_return(house), house.person()
    head, body, signature = id_token(person, site).split(".")
    forgeries = (f"{head}.{body}.", f"{head}.{body}.{signature[:-4]}AAAA", "eyJhbGciOiJub25lIn0." + body + ".")
    wishes = ({"id_token_hint": forged, "post_logout_redirect_uri": RETURN} for forged in forgeries)
    pages = [person.visit("/logout?" + urlencode(wish)) for wish in wishes]
    assert {page_of(page) for page in pages} == {"logout-confirm"}
    assert signed_in(person, site)
    assert page_of(person.submit(pages[0], "confirm-logout")) == "logged-out", "nor redirected afterwards"
    assert not signed_in(person, site)


@pytest.mark.parametrize("query", ["", "?state=s"])
def test_nothing_but_a_state_given_asks_first_and_then_signs_out(house: House, query: str) -> None:
    """oidcc-rp-initiated-logout-no-params, -only-state"""
    site, person = site_with_return(house), house.person()
    id_token(person, site)
    page = person.visit("/logout" + query)
    assert page_of(page) == "logout-confirm"
    assert signed_in(person, site)
    done = person.submit(page, "confirm-logout")
    assert page_of(done) == "logged-out"
    assert not signed_in(person, site)


def test_a_hint_without_an_address_signs_out_and_ends_on_our_page(house: House) -> None:
    """oidcc-rp-initiated-logout-no-post-logout-redirect-uri"""
    site, person = site_with_return(house), house.person()
    done = person.visit("/logout?" + urlencode({"id_token_hint": id_token(person, site), "state": "s"}))
    assert page_of(done) == "logged-out"
    assert not signed_in(person, site)


def test_a_site_may_post_its_request(house: House) -> None:
    """RP-Initiated Logout §2: GET and POST."""
    site, person = site_with_return(house), house.person()
    wish = {"id_token_hint": id_token(person, site), "post_logout_redirect_uri": RETURN, "state": "s"}
    onward = person.browser.post("/logout", base_url="http://localhost:9000", data=wish).headers["Location"]
    assert person.visit(onward).headers["Location"] == RETURN + "?state=s"
    assert not signed_in(person, site)


def test_a_hint_for_somebody_else_asks_first(house: House) -> None:
    site, person, other = site_with_return(house), house.person(), house.person()
    id_token(person, site)
    response = person.visit("/logout?" + urlencode({"id_token_hint": id_token(other, site)}))
    assert page_of(response) == "logout-confirm"


def test_another_sites_post_signs_nobody_out(house: House) -> None:
    site, person = site_with_return(house), house.person()
    id_token(person, site)
    response = person.browser.post("/logout", base_url="http://localhost:9000", data={"state": "x"})
    assert response.status_code == 303
    assert signed_in(person, site)


def test_signing_out_twice_is_no_error(house: House) -> None:
    person = house.person()
    person.submit(person.visit("/logout"), "confirm-logout")
    assert page_of(person.visit("/logout")) == "logged-out"
