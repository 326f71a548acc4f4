"""The Host header is ours or nothing happens; sizes are checked before reading; every response has its guards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests import house as building
from tests.house import ISSUER

if TYPE_CHECKING:
    from pathlib import Path

    import keys
    from tests.house import House

GUARDS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
PATHS = ("/", "/sign-in", "/sign-up", "/recovery", "/account", "/authorize", "/jwks", "/no-such-page")


@pytest.mark.parametrize("path", PATHS)
def test_every_response_carries_its_guards(house: House, path: str) -> None:
    response = house.browser().get(path, base_url=ISSUER)
    assert GUARDS.items() <= dict(response.headers).items()
    policy = response.headers["Content-Security-Policy"]
    directives = dict(each.split(" ", 1) for each in policy.split("; "))
    assert directives["default-src"] == "'none'"
    assert directives["script-src"] == directives["style-src"] == "'self'"
    assert directives["frame-ancestors"] == directives["base-uri"] == "'none'"
    assert "unsafe" not in policy


@pytest.mark.parametrize("path", ["/", "/sign-in", "/account", "/no-such-page"])
def test_pages_are_not_kept_by_anybody(house: House, path: str) -> None:
    assert house.browser().get(path, base_url=ISSUER).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "host",
    [
        "evil.test",
        "localhost",
        "localhost:9001",
        "localhost:9000.evil.test",
        "evil.test@localhost:9000",
        "LOCALHOST:80",
        "",
    ],
)
@pytest.mark.parametrize("path", ["/", "/sign-in", "/.well-known/openid-configuration", "/token"])
def test_another_hosts_name_is_refused_and_said_to_nobody(house: House, host: str, path: str) -> None:
    response = house.browser().get(path, headers={"Host": host})
    assert response.status_code == 400
    assert not host or host == "localhost" or host not in response.text
    assert "Location" not in response.headers
    assert "yufu_browser" not in str(response.headers)


@pytest.mark.parametrize("host", ["localhost:9000", "LOCALHOST:9000"])
def test_our_own_name_is_answered_to(house: House, host: str) -> None:
    assert house.browser().get("/sign-in", headers={"Host": host}).status_code == 200


def test_forwarded_names_are_not_believed(house: House) -> None:
    told = {"X-Forwarded-Host": "evil.test", "Forwarded": "host=evil.test", "X-Original-Host": "evil.test"}
    response = house.browser().get("/.well-known/openid-configuration", base_url=ISSUER, headers=told)
    assert "evil.test" not in response.text
    assert response.get_json()["issuer"] == ISSUER


def test_a_probe_needs_no_name(house: House) -> None:
    assert house.browser().get("/healthz/live", headers={"Host": "10.0.0.7"}).status_code == 200


@pytest.mark.parametrize("path", ["/token", "/authorize"])
def test_a_body_over_64_kilobytes_is_refused(house: House, path: str) -> None:
    form = "application/x-www-form-urlencoded"
    response = house.browser().post(path, base_url=ISSUER, data=b"a" * (64 * 1024 + 1), content_type=form)
    assert response.status_code == 413


@pytest.mark.parametrize("count", [200, 201])
def test_two_hundred_parameters_are_read_and_not_one_more(house: House, count: int) -> None:
    pairs = "&".join(f"p{number}=x" for number in range(count))
    refused = count > 200
    browser = house.browser()
    assert (browser.get(f"/sign-up?{pairs}", base_url=ISSUER).status_code == 400) is refused
    form = "application/x-www-form-urlencoded"
    answer = browser.post("/token", base_url=ISSUER, data=pairs, content_type=form)
    assert ("invalid_client" in answer.text or "grant_type" in answer.text) is not refused


@pytest.fixture
def https(tmp_path: Path, keyring: keys.Keyring) -> House:
    """A house behind TLS."""
    return building.build(tmp_path, keyring, issuer="https://id.example")


def test_over_https_cookies_are_bound_to_the_host_and_the_browser_remembers_tls(https: House) -> None:
    try:
        client = https.browser()
        page = client.get("/sign-in", base_url="https://id.example")
        token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
        headers = {"X-CSRFToken": token, "Referer": "https://id.example/sign-in"}
        answer = client.post("/sign-in/options", base_url="https://id.example", json={}, headers=headers)
        assert answer.status_code == 200, answer.text
        (cookie,) = [each for each in answer.headers.getlist("Set-Cookie") if "browser" in each]
        assert cookie.startswith("__Host-yufu_browser=")
        assert "Secure" in cookie
        assert page.headers["Strict-Transport-Security"].startswith("max-age=")
        assert client.get("/sign-in", headers={"Host": "id.example:443"}).status_code == 200
    finally:
        https.services.database.close()
