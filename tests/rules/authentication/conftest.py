"""Somebody at a browser with a device that holds passkeys, who reads our pages and does what their script does."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest

from tests.authenticator import HONEST, Authenticator, Twist
from tests.house import ISSUER

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from idp.domain.ids import PersonId
    from idp.store.passkeys import PasskeyRecord
    from tests.house import House


@dataclass
class Form:
    """A form: what passkeys.js reads of it, and what it carries."""

    attributes: dict[str, str]
    fields: dict[str, str] = field(default_factory=dict)


class Reader(HTMLParser):
    """Reads the forms of a page, its name, and the actions it offers."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.name, self.forms, self.actions = "", [], set()
        self.feed(page)

    name: str
    forms: list[Form]
    actions: set[str]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what matters."""
        given = {name: value or "" for name, value in attrs}
        self.name = given.get("data-page", self.name)
        if "data-action" in given:
            self.actions.add(given["data-action"])
        if tag == "form":
            self.forms.append(Form(given))
        elif tag in {"input", "button"} and self.forms and given.get("name"):
            self.forms[-1].fields.setdefault(given["name"], given.get("value", ""))


@dataclass
class Visitor:
    """One browser and one device."""

    house: House
    client: FlaskClient
    device: Authenticator = field(default_factory=Authenticator)

    def get(self, path: str, **headers: str) -> TestResponse:
        """Open a page."""
        return self.client.get(path, base_url=ISSUER, headers=headers)

    def read(self, path: str) -> Reader:
        """Open a page that has to be there, and read it."""
        response = self.get(path)
        assert response.status_code == 200, response.text[:500]
        return Reader(response.text)

    def post(self, path: str, page: str, **fields: str) -> TestResponse:
        """Post a form of ``page`` to ``path`` with these fields."""
        token = self.read(page).forms[0].fields["csrf_token"]
        return self.client.post(path, base_url=ISSUER, data={"csrf_token": token, **fields})

    def passkey_form(self, path: str) -> Form:
        """Return the form that passkeys.js would drive on a page."""
        return next(form for form in self.read(path).forms if "data-passkey" in form.attributes)

    def ask(self, form: Form, url: str, **more: Any) -> TestResponse:
        """Post what the script posts."""
        fields = {name: value for name, value in form.fields.items() if name != "csrf_token"}
        headers = {"X-CSRFToken": form.fields["csrf_token"], "Accept": "application/json"}
        return self.client.post(url, base_url=ISSUER, json=fields | more, headers=headers)

    def ceremony(self, path: str, twist: Twist = HONEST, *, using: int | None = None, **fields: str) -> dict[str, Any]:
        """Press the passkey button on a page; returns the last answer."""
        form = self.passkey_form(path)
        form.fields |= fields
        asked = self.ask(form, form.attributes["data-options-url"])
        options: dict[str, Any] = asked.get_json()
        if asked.status_code != 200:
            return options
        if form.attributes["data-passkey"] == "sign-up":
            credential = self.device.create(options, twist)
        else:
            credential = self.device.get(options, twist, using=using)
        answer: dict[str, Any] = self.ask(form, form.attributes["data-verify-url"], credential=credential).get_json()
        return answer

    def sign_up(self) -> None:
        """Create an account."""
        assert self.ceremony("/sign-up", label="我的手机") == {"next": "/account"}

    def sign_in(self, *, using: int | None = None) -> dict[str, Any]:
        """Sign in."""
        return self.ceremony("/sign-in", using=using)

    def cookie(self, name: str) -> str | None:
        """Return the value of one of our cookies."""
        found = self.client.get_cookie(name, domain="localhost")
        return found.value if found else None

    def person_id(self) -> PersonId:
        """Return who is signed in here."""
        session = self.house.services.sessions.load(self.cookie("yufu_session"), now=self.house.now)
        assert session is not None
        return session.person_id

    def passkeys(self) -> list[PasskeyRecord]:
        """Return the passkeys of whoever is signed in here."""
        return self.house.services.passkeys.of(self.person_id())

    def signed_in(self) -> bool:
        """Tell whether the account page is there."""
        return self.get("/account").status_code == 200


@pytest.fixture
def visitor(house: House) -> Visitor:
    """Somebody who has never been here."""
    return Visitor(house, house.browser())


@pytest.fixture
def member(visitor: Visitor) -> Visitor:
    """Somebody who has just signed up."""
    visitor.sign_up()
    return visitor


def elsewhere(visitor: Visitor, *, device: Authenticator | None = None) -> Visitor:
    """Another browser, with the same device or another one."""
    return Visitor(visitor.house, visitor.house.browser(), device or visitor.device)
