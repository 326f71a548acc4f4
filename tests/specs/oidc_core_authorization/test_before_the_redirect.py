"""Before the redirect URI is proven an error is a page, and nothing is sent anywhere (RFC 6749 §4.1.2.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.house import CALLBACK, House, page_of

if TYPE_CHECKING:
    from werkzeug.test import TestResponse


def is_a_page_and_nothing_else(response: TestResponse) -> bool:
    return (
        response.status_code == 400
        and page_of(response) == "error"
        and "Location" not in response.headers
        and "data-error-id" in response.text
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": None},
        {"client_id": "nobody"},
        {"redirect_uri": None},
        {"redirect_uri": "https://shop.example/callback/"},
        {"redirect_uri": "https://shop.example/callback?x=1"},
        {"redirect_uri": "https://shop.example/callback#x"},
        {"redirect_uri": "https://shop.example:443/callback"},
        {"redirect_uri": "https://SHOP.example/callback"},
        {"redirect_uri": "https://shop.example/%63allback"},
        {"redirect_uri": "https://shop.example@evil.example/callback"},
        {"redirect_uri": "https://shop.example.evil.example/callback"},
        {"redirect_uri": "https://shop.example\\@evil.example/callback"},
        {"redirect_uri": "http://shop.example/callback"},
        {"redirect_uri": "javascript:alert(1)"},
        {"redirect_uri": "//shop.example/callback"},
    ],
)
def test_an_unproven_address_gets_a_page(house: House, changes: dict[str, str | None]) -> None:
    site = house.site()
    for browser in (house.stranger(), house.person()):
        assert is_a_page_and_nothing_else(browser.visit(site.request(**changes)))


@pytest.mark.parametrize("twice", ["client_id=shop", "redirect_uri=https://shop.example/callback"])
def test_an_address_given_twice_gets_a_page(house: House, twice: str) -> None:
    site = house.site()
    assert is_a_page_and_nothing_else(house.person().visit(f"{site.request()}&{twice}"))


@pytest.mark.parametrize(
    "query",
    [
        "client_id=%ff%fe",
        "client_id=shop%00",
        "client_id=" + "a" * 20_000,
        "&".join(f"p{at}=1" for at in range(201)),
    ],
)
def test_a_query_that_cannot_be_read_gets_a_page(house: House, query: str) -> None:
    house.site()
    assert is_a_page_and_nothing_else(house.person().visit(f"/authorize?{query}"))


def test_a_site_that_was_disabled_gets_a_page(house: House) -> None:
    from idp.store import clients

    site = house.site()
    with house.services.database.write() as connection:
        clients.disable(connection, client_id="shop", now=house.now)
    assert is_a_page_and_nothing_else(house.person().visit(site.request()))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    presented=st.text(max_size=80).filter(lambda text: text != CALLBACK)
    | st.from_regex(r"https?://[^\s]{1,60}", fullmatch=True)
)
def test_no_address_but_the_registered_one_is_ever_redirected_to(house: House, presented: str) -> None:
    site = house.site(client_id=f"shop-{abs(hash(presented))}")
    response = house.stranger().visit(site.request(redirect_uri=presented))
    assert response.status_code in {400, 431}
    assert "Location" not in response.headers
