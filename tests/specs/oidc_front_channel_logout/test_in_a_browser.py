"""In a real browser, under our own policy, the frames load and the page leads on (Front-Channel Logout 1.0)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.house import ISSUER, House
from tests.specs.oauth_response_modes.test_in_a_browser import Net
from tests.specs.oidc_front_channel_logout.test_frames import RETURN, framed_site, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.mark.browser
@pytest.mark.parametrize("scripts", [True, False])
def test_every_site_is_told_and_then_the_person_goes_back(house: House, browser: Browser, scripts: bool) -> None:
    shop, forum = framed_site(house, post_logout_redirect_uris=[RETURN]), framed_site(house, "forum")
    person = house.person()
    _, at_forum = sign_in(person, forum)
    hint, at_shop = sign_in(person, shop)
    net, complaints = Net(person), list[Any]()
    with browser.new_context(java_script_enabled=scripts) as context:
        context.route("**/*", net.serve)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        wish = {"id_token_hint": hint, "post_logout_redirect_uri": RETURN, "state": "s"}
        page.goto(f"{ISSUER}/logout?{urlencode(wish)}", wait_until="commit")
        if not scripts:
            page.wait_for_load_state("load")
            page.click("[data-action=continue]")
        page.wait_for_url(RETURN + "?state=s")
    asked = [urlsplit(each.url) for each in net.received]
    told = {each.netloc: parse_qs(each.query)["sid"][0] for each in asked if each.path == "/out"}
    assert told == {"shop.example": at_shop["sid"], "forum.example": at_forum["sid"]}
    assert complaints == []
