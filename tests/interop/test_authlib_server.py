"""Authlib's stock authorization server as a second opinion: the same token requests to both, the same outcomes."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

import pytest

from tests.house import CALLBACK, CHALLENGE, ISSUER, VERIFIER, House, query_of
from tests.interop import authlib_server

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient

pytestmark = pytest.mark.interop


@dataclass
class Server:
    """One of the two: ``code`` gives a fresh code for the shop, ``secrets`` are those of its clients."""

    post: FlaskClient
    code: Callable[[], str]
    secrets: dict[str, str]

    def outcome(self, attempt: Attempt, code: str) -> tuple[int, str | None]:
        """Send a token request; returns its status and error."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": VERIFIER,
        } | attempt.changes
        secret = attempt.secret or self.secrets.get(attempt.client, "")
        basic = "Basic " + b64encode(f"{attempt.client}:{secret}".encode()).decode()
        body = {name: value for name, value in form.items() if value is not None}
        answer = self.post.post("/token", base_url=ISSUER, data=body, headers={"Authorization": basic})
        return answer.status_code, answer.get_json().get("error")


@dataclass(frozen=True)
class Attempt:
    """A token request: what is changed of the right one, and who sends it."""

    changes: dict[str, str | None] = field(default_factory=dict)
    client: str = "shop"
    secret: str | None = None


RIGHT: Final = Attempt()
CASES: Final = {
    "the right request": [RIGHT],
    "a code used twice": [RIGHT, RIGHT],
    "a wrong verifier": [Attempt({"code_verifier": "w" * 43})],
    "a wrong verifier burns nothing": [Attempt({"code_verifier": "w" * 43}), RIGHT],
    "no verifier": [Attempt({"code_verifier": None})],
    "another redirect URI": [Attempt({"redirect_uri": "https://shop.example/other"})],
    "no redirect URI": [Attempt({"redirect_uri": None})],
    "another client's code": [Attempt(client="other")],
    "another client burns nothing": [Attempt(client="other"), RIGHT],
    "a wrong secret": [Attempt(secret="wrong")],
    "a wrong secret burns nothing": [Attempt(secret="wrong"), RIGHT],
    "an unknown client": [Attempt(client="nobody", secret="wrong")],
    "an unknown code": [Attempt({"code": "unknown"})],
    "an unknown grant type": [Attempt({"grant_type": "password"})],
    "no grant type": [Attempt({"grant_type": None})],
}
INTENDED: Final = {
    "no verifier": (
        [(400, "invalid_grant")],
        "a verifier that is not there does not fit (RFC 7636 §4.6); Authlib calls the request malformed",
    ),
    "no grant type": (
        [(400, "invalid_request")],
        "a required parameter is missing (RFC 6749 §5.2); Authlib calls the absent type unsupported",
    ),
}
"""Where we differ: our outcomes, and why."""


@pytest.fixture
def ours(house: House) -> Server:
    """Our provider."""
    shop, other, person = house.site("shop"), house.site("other"), house.person()
    secrets = {site.client.client_id: str(site.secret) for site in (shop, other)}
    return Server(house.browser(), lambda: person.code_for(shop), secrets)


@pytest.fixture
def theirs(monkeypatch: pytest.MonkeyPatch) -> Server:
    """Authlib's."""
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    clients = [authlib_server.Client("shop"), authlib_server.Client("other")]
    browser = authlib_server.build(*clients).test_client()
    asked = {
        "response_type": "code",
        "client_id": "shop",
        "redirect_uri": CALLBACK,
        "scope": "openid",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }

    def code() -> str:
        response = browser.get("/authorize?" + urlencode(asked), base_url=ISSUER)
        return query_of(response.headers["Location"])["code"][0]

    return Server(browser, code, {client.client_id: client.secret for client in clients})


def outcomes(server: Server, attempts: list[Attempt]) -> list[tuple[int, str | None]]:
    """Make the attempts with one code."""
    code = server.code()
    return [server.outcome(attempt, code) for attempt in attempts]


@pytest.mark.parametrize("case", CASES)
def test_both_servers_answer_a_token_request_alike_but_where_we_mean_to_differ(
    ours: Server, theirs: Server, case: str
) -> None:
    here, there = outcomes(ours, CASES[case]), outcomes(theirs, CASES[case])
    if case in INTENDED:
        expected, reason = INTENDED[case]
        assert here == expected, reason
        assert here != there, "we do not differ any more"
    else:
        assert here == there
