"""A site that registers itself, as tests write it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from clients.secret import generate_secret
from idp.store import invitations
from tests.house import ISSUER, House, Site

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

LEAST: dict[str, Any] = {
    "redirect_uris": ["https://new.example/cb"],
    "client_name": "New",
    "scope": "openid profile verified",
}


def told(response: TestResponse) -> dict[str, Any]:
    """Return the JSON object of an answer."""
    answer: dict[str, Any] = json.loads(response.data)
    return answer


def invite(house: House, *, uses: int = 100, days: int = 7) -> str:
    """Hand out an initial access token."""
    token = generate_secret()
    made = invitations.Invitation(token.digest, "test", uses, (house.now + timedelta(days=days)).date())
    with house.services.database.write() as connection:
        invitations.add(connection, made, now=house.now)
    return token.reveal()


def call(
    house: House, method: str, address: str, *, token: str | None = None, body: Any = None, **raw: Any
) -> TestResponse:
    """Call the registration endpoint."""
    headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
    options: dict[str, Any] = {"data": json.dumps(body), "content_type": "application/json"} if body is not None else {}
    path = address.removeprefix(ISSUER)
    return house.browser().open(path, method=method, base_url=ISSUER, headers=headers, **(options | raw))


@dataclass
class Registered:
    """A registration and its own token."""

    house: House
    answer: dict[str, Any]

    @property
    def metadata(self) -> dict[str, Any]:
        """What may be sent back in an update (RFC 7592 §2.2)."""
        ours = ("registration_access_token", "registration_client_uri", "client_secret_expires_at")
        return {name: value for name, value in self.answer.items() if name not in ours}

    @property
    def token(self) -> str:
        """The registration access token."""
        return str(self.answer["registration_access_token"])

    def call(self, method: str, *, token: str | None = None, body: Any = None) -> TestResponse:
        """Manage the registration."""
        return call(self.house, method, self.answer["registration_client_uri"], token=token or self.token, body=body)

    def change(self, **changes: Any) -> TestResponse:
        """Send the whole back with changes; None leaves a member out."""
        whole = {name: value for name, value in (self.metadata | changes).items() if value is not None}
        return self.call("PUT", body=whole)

    @property
    def site(self) -> Site:
        """The site, to sign people in at."""
        client = self.house.services.authorize.directory.find(self.answer["client_id"], now=self.house.now)
        assert client is not None
        return Site(self.house, client, self.answer.get("client_secret"))


def register(house: House, *, without: tuple[str, ...] = (), **metadata: Any) -> Registered:
    """Register by an invitation."""
    whole = {name: value for name, value in (LEAST | metadata).items() if name not in without}
    response = call(house, "POST", "/register", token=invite(house), body=whole)
    assert response.status_code == 201, response.text
    assert urlsplit(told(response)["registration_client_uri"]).path == "/register"
    return Registered(house, told(response))


def refused(house: House, **metadata: Any) -> str:
    """Register with a fault and return the error code."""
    response = call(house, "POST", "/register", token=invite(house), body=LEAST | metadata)
    assert (response.status_code, response.mimetype) == (400, "application/json"), response.text
    assert response.headers["Cache-Control"] == "no-store"
    assert set(told(response)) == {"error", "error_description", "error_uri"}
    return str(told(response)["error"])
