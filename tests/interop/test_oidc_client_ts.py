"""oidc-client-ts (npm), a browser app without a server of its own, signs people in and out in Chromium."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.interop.tools import NAME, NODE, PACKAGES, needs, site

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.interop.tools import Site
    from tests.live import Provider

pytestmark = [pytest.mark.interop, pytest.mark.browser, needs(NODE, PACKAGES / "oidc-client-ts")]


def shown(page: Page) -> Any:
    """Return what the app says about who is signed in."""
    return json.loads(page.locator("#me:not(:empty)").inner_text())


def signed_in(page: Page, app: Site, *, first: bool) -> dict[str, Any]:
    """Sign in at the provider, then at the app, for the first time or again; returns the profile that it has."""
    page.goto(f"{app.provider.issuer}/sign-in")
    page.click("[name=person][value=verified]")
    page.wait_for_selector("body[data-page=account]")
    page.goto(app.base)
    page.click("#in")
    if first:
        page.fill("input[name=name]", NAME)
        page.click("[data-action=submit]")
        page.click("[data-action=allow]")
    page.wait_for_url(f"{app.base}/callback*")
    profile: dict[str, Any] = shown(page)
    return profile


def test_oidc_client_ts_signs_a_verified_person_in_and_out(
    provider: Provider, tmp_path: Path, browser: Browser
) -> None:
    registered: dict[str, Any] = {"token_endpoint_auth_method": "none", "post_logout_redirect_uris": ["/"]}
    with (
        site(provider, tmp_path, "oidc_client_ts.mjs", callback="/callback", **registered) as app,
        browser.new_context() as person,
        browser.new_context() as again,
    ):
        page = person.new_page()
        profile = signed_in(page, app, first=True)
        assert profile["verified"] is True
        assert profile["preferred_username"] == NAME, "from userinfo, which the app may call"

        assert signed_in(again.new_page(), app, first=False)["sub"] == profile["sub"]

        page.click("#out")
        page.wait_for_url(f"{app.base}/")
        assert shown(page) is None
        page.goto(f"{provider.issuer}/account")
        assert page.get_attribute("body", "data-page") == "sign-in"
