"""The page after a sign-out tells sites through the browser, and leads on (Front-Channel Logout 1.0)."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.house import ISSUER, House, Person, Site, page_of, payload

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

RETURN = "https://shop.example/bye"


def framed_site(house: House, name: str = "shop", **more: object) -> Site:
    return house.site(
        name,
        redirect_uris=[f"https://{name}.example/callback"],
        frontchannel_logout_uri=f"https://{name}.example/out?from=idp",
        frontchannel_logout_session_required=True,
        **more,
    )


def sign_in(person: Person, site: Site) -> tuple[str, dict[str, Any]]:
    code = person.code_for(site)
    token = site.token(code=code, redirect_uri=site.client.redirect_uris[0]).get_json()["id_token"]
    return token, payload(token)


def frames(response: TestResponse) -> list[str]:
    return [unescape(found) for found in re.findall(r'<iframe[^>]* src="([^"]+)"', response.text)]


def test_each_site_of_the_session_gets_its_frame_with_iss_and_sid(house: House) -> None:
    """oidcc-frontchannel-rp-initiated-logout: exactly iss and sid, equal to the ID token's."""
    shop, forum, person = framed_site(house), framed_site(house, "forum"), house.person()
    _, at_shop = sign_in(person, shop)
    _, at_forum = sign_in(person, forum)
    done = person.submit(person.visit("/logout"), "confirm-logout")
    assert page_of(done) == "logged-out"
    asked = {urlsplit(address).netloc: parse_qs(urlsplit(address).query) for address in frames(done)}
    assert asked == {
        "shop.example": {"from": ["idp"], "iss": [ISSUER], "sid": [at_shop["sid"]]},
        "forum.example": {"from": ["idp"], "iss": [ISSUER], "sid": [at_forum["sid"]]},
    }


def test_only_those_frames_may_load(house: House) -> None:
    shop, person = framed_site(house), house.person()
    sign_in(person, shop)
    done = person.submit(person.visit("/logout"), "confirm-logout")
    (policy,) = re.findall(r"frame-src ([^;]+)", done.headers["Content-Security-Policy"])
    assert policy == "https://shop.example"
    assert "frame-src" not in person.visit("/").headers["Content-Security-Policy"]


def test_the_page_leads_on_to_the_site_with_its_state(house: House) -> None:
    shop = framed_site(house, post_logout_redirect_uris=[RETURN])
    person = house.person()
    hint, _ = sign_in(person, shop)
    wish = {"id_token_hint": hint, "post_logout_redirect_uri": RETURN, "state": "a b"}
    done = person.visit("/logout?" + urlencode(wish))
    assert page_of(done) == "logged-out"
    (target,) = re.findall(r'<a [^>]*href="([^"]+)"[^>]* data-onward', done.text)
    assert unescape(target) == RETURN + "?state=a+b"
    assert "onward.js" in done.text


def test_without_such_sites_the_browser_goes_straight_back(house: House) -> None:
    shop = house.site(post_logout_redirect_uris=[RETURN])
    person = house.person()
    hint, _ = sign_in(person, shop)
    done = person.visit("/logout?" + urlencode({"id_token_hint": hint, "post_logout_redirect_uri": RETURN}))
    assert done.status_code == 303
    assert done.headers["Location"] == RETURN


def test_discovery_says_so(house: House) -> None:
    metadata = house.browser().get("/.well-known/openid-configuration", base_url=ISSUER).get_json()
    for member in ("backchannel_logout", "backchannel_logout_session", "frontchannel_logout"):
        assert metadata[f"{member}_supported"] is True
    assert metadata["frontchannel_logout_session_supported"] is True
