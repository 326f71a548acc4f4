"""A provider inside the test process: real application, real database, a clock that tests turn by hand."""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import msgspec

from clients import certificate
from clients.metadata import MetadataPolicy, validate
from clients.secret import generate_secret
from idp.app import create_app
from idp.authentication.sessions import SignedIn
from idp.domain.ids import PersonId, new_person_id
from idp.keyholder import Keyholder
from idp.settings import DbSettings, Settings
from idp.store import clients, people
from idp.store.models import Base
from idp.web import current
from tests import walker

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from clients.client import Client
    from idp.services import Services
    from keys import Keyring

CALLBACK = "https://shop.example/callback"
VERIFIER = "v" * 43
CHALLENGE = urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
ISSUER = "http://localhost:9000"


@dataclass
class Site:
    """A registered relying site and the requests it makes."""

    house: House
    client: Client
    secret: str | None

    def request(self, **changes: str | None) -> str:
        """Return an authorization URL; a change of None leaves the parameter out."""
        parameters: dict[str, str | None] = {
            "response_type": "code",
            "client_id": self.client.client_id,
            "redirect_uri": self.client.redirect_uris[0],
            "scope": "openid profile verified",
            "state": "state-é/+=&",
            "nonce": "n-0S6_WzA2Mj",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }
        parameters |= changes
        return "/authorize?" + urlencode({name: value for name, value in parameters.items() if value is not None})

    def token(self, **changes: str | None) -> TestResponse:
        """Post to the token endpoint with Basic authentication; a change of None leaves the parameter out."""
        form: dict[str, str | None] = {
            "grant_type": "authorization_code",
            "redirect_uri": self.client.redirect_uris[0],
            "code_verifier": VERIFIER,
        }
        form |= changes
        body = {name: value for name, value in form.items() if value is not None}
        return self.house.app.test_client().post(
            "/token", base_url=ISSUER, data=body, headers={"Authorization": self.basic()}
        )

    def basic(self) -> str:
        """Return this site's Basic credentials."""
        return "Basic " + urlsafe_b64encode(f"{self.client.client_id}:{self.secret}".encode()).decode()

    def userinfo(self, access_token: str) -> TestResponse:
        """Ask userinfo."""
        headers = {"Authorization": f"Bearer {access_token}"}
        return self.house.app.test_client().get("/userinfo", base_url=ISSUER, headers=headers)


@dataclass
class Person:
    """A signed-in browser."""

    house: House
    person_id: PersonId
    browser: FlaskClient

    def visit(self, address: str) -> TestResponse:
        """Open an address of ours, without following redirects."""
        return self.browser.get(address, base_url=ISSUER)

    def submit(self, response: TestResponse, action: str, **values: str) -> TestResponse:
        """Press the button of that ``data-action`` on a page."""
        reader = walker._Reader()
        reader.feed(response.text)
        form = next(each for each in reader.forms if action in each.buttons or urlsplit(each.action).path == action)
        name, value = form.buttons.get(action, ("", ""))
        fields = form.fields | ({name: value} if name else {}) | values
        return self.browser.post(form.action or response.request.path, base_url=ISSUER, data=fields)

    def arrive(self, address: str, *, code_name: str | None = None) -> TestResponse:
        """Open an authorization URL, settle code name and consent, and return the response that leaves for the site."""
        response = self.visit(address)
        for _ in range(8):
            location = response.headers.get("Location", "")
            if (response.status_code == 303 and not location.startswith("/")) or page_of(response) == "form-post":
                return response
            if response.status_code == 303:
                response = self.visit(location)
            elif page_of(response) == "code-name":
                response = self.submit(response, "submit", name=code_name or f"Heron {secrets.token_hex(3)}")
            elif page_of(response) == "consent":
                response = self.submit(response, "allow")
            else:
                return response
        raise AssertionError("the journey does not end")

    def code_for(self, site: Site, **changes: str | None) -> str:
        """Go through a whole authorization and return the code."""
        return answered(self.arrive(site.request(**changes)))["code"]


@dataclass
class House:
    """The provider."""

    app: Flask
    settings: Settings
    clock: list[datetime]
    people_made: list[PersonId] = field(default_factory=list)

    @property
    def services(self) -> Services:
        """Everything a view may call."""
        wiring: Any = self.app.extensions[current.EXTENSION]
        services: Services = wiring.services
        return services

    @property
    def now(self) -> datetime:
        """The time it is in the house."""
        return self.clock[0]

    def wait(self, **delta: float) -> None:
        """Let time pass."""
        self.clock[0] += timedelta(**delta)

    def site(self, client_id: str = "shop", **metadata: object) -> Site:
        """Register a relying site; ``sector`` is the operator's decision."""
        sector: Any = metadata.pop("sector", None)
        submitted = {
            "client_name": "Corner Shop",
            "redirect_uris": [CALLBACK],
            "scope": "openid profile verified age",
            "id_token_signed_response_alg": "ES256",
        } | metadata
        registration = validate(
            submitted,
            policy=MetadataPolicy(
                by_operator=True,
                without_pkce=True,
                loopback=True,
                implicit=True,
                sector=sector,
                certificate_methods=certificate.METHODS,
            ),
        )
        secret = generate_secret() if registration.token_endpoint_auth_method.startswith("client_secret") else None
        client = registration.issued(client_id=client_id, secret_hash=secret.digest if secret else None)
        with self.services.database.write() as connection:
            clients.add(connection, client, now=self.now)
        return Site(self, client, secret.reveal() if secret else None)

    def browser(self) -> FlaskClient:
        """Open a fresh browser."""
        return self.app.test_client()

    def stranger(self) -> Person:
        """A browser in which nobody is signed in."""
        return Person(self, PersonId(""), self.browser())

    def person(self, *, level: str = "registry", adult: bool = True, acr: str = "phr") -> Person:
        """A person with a session, as verified as wanted."""
        person_id = new_person_id(secrets.token_bytes)
        verified = level in self.settings.assurance.verified_levels
        with self.services.database.write() as connection:
            people.register(connection, person_id=person_id, now=self.now)
            predicates = people.Predicates(
                level=level,
                verified_on=date(2026, 5, 17) if verified else None,
                review_on=None,
                adult_from=(date(2008, 3, 7) if adult else date(2031, 3, 7)) if verified else None,
                masked_name="王**" if verified else None,
                policy="2026-1",
            )
            people.set_predicates(connection, person_id=person_id, predicates=predicates)
        return self.signed_in(person_id, acr=acr)

    def signed_in(self, person_id: PersonId, *, acr: str = "phr") -> Person:
        """Another browser in which a person is signed in since now."""
        who = SignedIn(person_id, self.now, acr, ("pop", "user", "mfa"))
        cookie = self.services.sessions.open(who, device="Test", replacing=None, now=self.now)
        browser = self.browser()
        browser.set_cookie("yufu_session", cookie, domain="localhost")
        return Person(self, person_id, browser)


def build(folder: Any, keyring: Keyring | Keyholder, **changes: object) -> House:
    """Build a house with a SQLite file in ``folder``; a keyholder of its own is for who turns the keys."""
    chosen = Settings(**({"issuer": ISSUER, "db": DbSettings(url=f"sqlite:///{folder / 'house.db'}")} | changes))  # type: ignore[arg-type]
    clock = [datetime(2026, 11, 24, 8, 30, 15, 250000, tzinfo=UTC)]
    keyholder = keyring if isinstance(keyring, Keyholder) else Keyholder(keyring, url="memory:tests")
    app = create_app(chosen, keyholder, clock=lambda: clock[0])
    house = House(app, chosen, clock)
    Base.metadata.create_all(house.services.database.engine)
    return house


def page_of(response: TestResponse) -> str:
    """Return the ``data-page`` of a page."""
    reader = walker._Reader()
    reader.feed(response.text)
    return reader.page


def answered(response: TestResponse) -> dict[str, str]:
    """Return the parameters of a response that left for the site, each once."""
    assert response.status_code == 303, response.text[:2000]
    query = urlsplit(response.headers["Location"]).query
    pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=True)
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


def in_fragment(response: TestResponse) -> dict[str, str]:
    """Return the parameters of a response that left in the fragment, and nothing in the query."""
    parts = urlsplit(response.headers["Location"])
    assert not parts.query
    return dict(parse_qsl(parts.fragment, keep_blank_values=True, strict_parsing=True))


def posted(response: TestResponse) -> dict[str, str]:
    """Return what a page posts to the site, all of it and nothing else."""
    assert page_of(response) == "form-post"
    reader = walker._Reader()
    reader.feed(response.text)
    form = next(each for each in reader.forms if "continue" in each.buttons)
    assert form.method == "post"
    return form.fields | {"": form.action}


def payload(token: str) -> dict[str, Any]:
    """Return the payload of a compact JWS, unverified."""
    part = token.split(".")[1]
    content: dict[str, Any] = msgspec.json.decode(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return content


def query_of(address: str) -> dict[str, list[str]]:
    """Return the query of an address."""
    return parse_qs(urlsplit(address).query)
