"""A real browser under our own policy posts the response, with scripts and without (Form Post Response Mode)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.house import CALLBACK, ISSUER, House

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Route
    from playwright.sync_api import Request as Asked

    from tests.house import Person

STATE = "state-é/+=&\"'<b>"


class Net:
    """All that the browser reaches: the provider, asked as ``person``, and the site, which keeps what it is sent."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.received: list[Asked] = []

    def serve(self, route: Route) -> None:
        """Answer one request of the browser."""
        asked = route.request
        if not asked.url.startswith(ISSUER):
            self.received.append(asked)
            route.fulfill(body="<title>thanks</title>", content_type="text/html")
            return
        parts = urlsplit(asked.url)
        answer = self.person.visit(f"{parts.path}?{parts.query}")
        headers = {name: value for name, value in answer.headers if name != "Set-Cookie"}
        route.fulfill(status=answer.status_code, headers=headers, body=answer.get_data())
        answer.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_the_site_is_posted_its_answer(house: House, browser: Browser, scripts: bool) -> None:
    """Line C8: POST, ``application/x-www-form-urlencoded``, nothing in the URL."""
    site, person = house.site(), house.person()
    person.arrive(site.request())
    net = Net(person)
    complaints: list[Any] = []
    with browser.new_context(java_script_enabled=scripts) as context:
        context.route("**/*", net.serve)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.goto(ISSUER + site.request(response_mode="form_post", state=STATE), wait_until="commit")
        if not scripts:
            page.click("[data-action=continue]")
        page.wait_for_url(CALLBACK)
    (request,) = net.received
    assert request.method == "POST"
    assert request.url == CALLBACK
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    posted = parse_qs(request.post_data or "", strict_parsing=True)
    assert set(posted) == {"code", "state", "iss"}
    assert posted["state"] == [STATE]
    assert site.token(code=posted["code"][0]).status_code == 200
    assert complaints == []
