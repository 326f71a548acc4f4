"""Scripts of a browser app's own pages may call what it needs, and no others (Fetch Standard §3.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from clients.metadata import InvalidClientMetadata
from tests.house import ISSUER, VERIFIER, House, Site

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

APP = "https://app.example"
OTHER = "https://other.example"
STRANGER = "https://stranger.example"


@pytest.fixture
def app(house: House) -> Site:
    """A browser app, beside another."""
    browser_app(house, "other", OTHER)
    return browser_app(house, "app", APP)


def browser_app(house: House, client_id: str, origin: str, **metadata: object) -> Site:
    return house.site(
        client_id, redirect_uris=[f"{origin}/callback"], **({"token_endpoint_auth_method": "none"} | metadata)
    )


def ask(house: House, path: str, origin: str, *, method: str = "POST", **requested: str) -> TestResponse:
    """Ask as a browser does before it sends what a script wants to send."""
    headers = {"Origin": origin, "Access-Control-Request-Method": method} | requested
    return house.browser().options(path, base_url=ISSUER, headers=headers)


def exchange(app: Site, code: str, origin: str, **changes: str) -> TestResponse:
    form = {
        "grant_type": "authorization_code",
        "client_id": app.client.client_id,
        "code": code,
        "redirect_uri": app.client.redirect_uris[0],
        "code_verifier": VERIFIER,
    }
    return app.house.browser().post("/token", base_url=ISSUER, data=form | changes, headers={"Origin": origin})


def userinfo(app: Site, access_token: str, origin: str) -> TestResponse:
    headers = {"Origin": origin, "Authorization": f"Bearer {access_token}"}
    return app.house.browser().get("/userinfo", base_url=ISSUER, headers=headers)


def readable_by(response: TestResponse) -> str | None:
    assert "Access-Control-Allow-Credentials" not in response.headers
    assert "Origin" in response.vary
    return response.headers.get("Access-Control-Allow-Origin")


@pytest.mark.parametrize("path", ["/token", "/userinfo"])
@pytest.mark.parametrize("origin", [APP, OTHER])
def test_a_preflight_is_granted_to_every_registered_origin(app: Site, path: str, origin: str) -> None:
    response = ask(app.house, path, origin)
    assert response.status_code == 204
    assert readable_by(response) == origin
    assert "POST" in response.headers["Access-Control-Allow-Methods"]
    assert "Authorization" in response.headers["Access-Control-Allow-Headers"]


@pytest.mark.parametrize("origin", [STRANGER, "null", "http://app.example", "https://app.example:444", APP + "."])
def test_a_preflight_is_granted_to_nobody_else(app: Site, origin: str) -> None:
    assert readable_by(ask(app.house, "/token", origin)) is None


@pytest.mark.parametrize("path", ["/authorize", "/logout", "/account", "/sign-in"])
def test_no_page_answers_scripts(app: Site, path: str) -> None:
    asked = ask(app.house, path, APP, method="GET")
    got = app.house.browser().get(path, base_url=ISSUER, headers={"Origin": APP})
    for response in (asked, got):
        assert not [name for name in response.headers.keys() if name.startswith("Access-Control-")]  # noqa: SIM118


def test_the_app_can_read_its_tokens_and_its_claims(app: Site) -> None:
    code = app.house.person().code_for(app)
    tokens = exchange(app, code, APP)
    assert readable_by(tokens) == APP
    assert tokens.status_code == 200
    claims = userinfo(app, tokens.get_json()["access_token"], APP)
    assert readable_by(claims) == APP
    assert claims.get_json()["verified"] is True


def test_another_app_can_read_neither(app: Site) -> None:
    code = app.house.person().code_for(app)
    assert readable_by(exchange(app, code, OTHER, code_verifier="w" * 43)) is None
    tokens = exchange(app, code, OTHER)
    assert readable_by(tokens) is None
    assert readable_by(userinfo(app, tokens.get_json()["access_token"], OTHER)) is None


def test_an_app_learns_of_its_errors_and_a_stranger_of_none(app: Site) -> None:
    for origin, reader in ((APP, APP), (STRANGER, None)):
        refused = exchange(app, "no-code", origin)
        assert refused.get_json()["error"] == "invalid_grant"
        assert readable_by(refused) == reader
        unknown = exchange(app, "no-code", origin, client_id="nobody")
        assert unknown.get_json()["error"] == "invalid_client"
        assert readable_by(unknown) == reader
        expired = userinfo(app, "no-token", origin)
        assert expired.status_code == 401
        assert readable_by(expired) == reader
        assert "WWW-Authenticate" in expired.headers
        if reader:
            assert "WWW-Authenticate" in expired.headers["Access-Control-Expose-Headers"]


def test_a_confidential_client_has_the_origins_it_registered_and_no_others(house: House) -> None:
    extra = "https://spa.example:8443"
    browser_app(house, "server", APP, token_endpoint_auth_method="client_secret_post", allowed_cors_origins=[extra])
    assert readable_by(ask(house, "/token", extra)) == extra
    assert readable_by(ask(house, "/token", APP)) is None


def test_origins_are_written_as_browsers_write_them(house: House) -> None:
    house.site("app", redirect_uris=["https://app.example:443/callback"], token_endpoint_auth_method="none")
    assert readable_by(ask(house, "/token", APP)) == APP


@pytest.mark.parametrize(
    ("origin", "fault"),
    [
        ("https://spa.example:443", "leave it out"),
        ("http://localhost:80", "leave it out"),
        ("https://spa.example/", "is not an origin"),
        ("https://spa.example?here", "is not an origin"),
    ],
)
def test_an_origin_that_no_browser_sends_is_not_registered(house: House, origin: str, fault: str) -> None:
    with pytest.raises(InvalidClientMetadata, match=fault):
        house.site(allowed_cors_origins=[origin])
    assert house.site(allowed_cors_origins=["https://spa.example:80", "http://localhost:443"])


@pytest.mark.parametrize("path", ["/jwks", "/.well-known/openid-configuration"])
def test_public_documents_can_be_read_by_everybody(house: House, path: str) -> None:
    response = house.browser().get(path, base_url=ISSUER, headers={"Origin": STRANGER})
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_strangers_preflights_cost_no_statement_each(app: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(app.house, "/token", APP)
    monkeypatch.setattr(app.house.services.database, "read", None)
    for number in range(3):
        assert readable_by(ask(app.house, "/token", f"https://stranger-{number}.example")) is None


def test_an_unreadable_body_is_an_answer_all_the_same(app: Site) -> None:
    headers = {"Origin": APP, "Authorization": "Bearer no-token"}
    form = {"padding": "x" * 70_000}
    response = app.house.browser().post("/userinfo", base_url=ISSUER, data=form, headers=headers)
    assert response.status_code == 413
    assert readable_by(response) == APP
