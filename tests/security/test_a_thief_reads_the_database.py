"""A thief has every row of the database and no key: no name, no number, no live credential, no link to a pseudonym."""

from __future__ import annotations

import sqlite3
from base64 import b64encode
from dataclasses import dataclass, field
from typing import Any

import pytest

from idp.domain import bank_account, names, resident_id, sandbox
from idp.domain.evidence import Method
from idp.oidc.subject import subject_of
from idp.proofing.methods import micro_deposit, registry_query
from idp.store.models import Base
from tests.house import House, Person, Site, answered, payload
from tests.registering import invite
from tests.security.recorder import halves, transactions
from tests.signing_client import SigningClient
from tests.specs.rfc9068_jwt_access_tokens.test_for_a_resource import API, with_resources

NUMBER = "990101199003070015"
TELLS_NOTHING = 3
"""Values of fewer characters (flags, counters) cannot identify anybody."""


@dataclass
class Loot:
    """What went over the wires, and what the database holds in the end."""

    secrets: dict[str, str] = field(default_factory=dict)
    subjects: set[str] = field(default_factory=set)
    people: set[str] = field(default_factory=set)
    rows: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)


def verified(house: House, person: Person, number: str) -> None:
    """Let a person be verified by registry query and micro-deposit, as the pages would."""
    proofing, now = house.services.proofing, house.now
    parsed = resident_id.admit(number, on=now.date(), sandbox=True)
    identity = sandbox.find(parsed.number)
    assert identity is not None
    name = names.parse(identity.name)
    proofing.open(person.person_id, Method.REGISTRY_QUERY, registry_query.Person(name, parsed), now=now)
    card = bank_account.admit(identity.card, sandbox=True)
    proofing.open(person.person_id, Method.MICRO_DEPOSIT, micro_deposit.Account(name, card), now=now)
    proofing.submit(person.person_id, Method.MICRO_DEPOSIT, sandbox.DEPOSITS, now=now)


def visit(loot: Loot, person: Person, site: Site, *, code_name: str) -> None:
    """Sign in at a site and keep whatever a thief would like to find."""
    code = answered(person.arrive(site.request(max_age="9000"), code_name=code_name))["code"]
    answer = site.token(code=code).get_json()
    assert site.userinfo(answer["access_token"]).get_json()["verified"] is True
    name = f"{site.client.client_id} {person.person_id}"
    loot.subjects.add(payload(answer["id_token"])["sub"])
    loot.secrets |= {
        f"code {name}": code,
        f"access token {name}": answer["access_token"],
        f"ID token {name}": answer["id_token"],
        f"client secret {name}": site.secret or "",
    }


def visit_with_all_there_is(loot: Loot, person: Person, client: SigningClient) -> None:
    """Push a request, get a refresh token and one for an API, and sign out so that a message waits for the site."""
    house, scope = client.site.house, "openid offline_access"
    reference = client.push(scope=scope, nonce="a nonce of theirs").get_json()["request_uri"]
    answer = client.redeem(answered(person.arrive(client.address(reference)))["code"]).get_json()
    renewed = client.post(
        "/token", {"grant_type": "refresh_token", "refresh_token": answer["refresh_token"]}
    ).get_json()
    waiting = client.push(scope=scope, login_hint="13800138000").get_json()["request_uri"]
    code = answered(person.arrive(client.address(client.push(resource=API, scope=scope).get_json()["request_uri"])))[
        "code"
    ]
    at_the_api = client.redeem(code).get_json()["access_token"]
    content = client.post("/introspect", {"token": at_the_api}).get_json()
    id_token = payload(answer["id_token"])
    loot.subjects |= {
        id_token["sub"],
        content["sub"],
        subject_of(house.services.keyring.bridge, person.person_id, sector="api.example").value,
    }
    loot.secrets |= {
        f"{name} of {person.person_id}": value
        for name, value in {
            "refresh token": answer["refresh_token"],
            "its successor": renewed["refresh_token"],
            "renewed access token": renewed["access_token"],
            "access token for an API": at_the_api,
            "request_uri": reference,
            "request_uri that waits": waiting,
            "login_hint": "13800138000",
            "initial access token": invite(house),
        }.items()
    }
    leaving = person.visit("/logout")
    person.submit(leaving, "confirm-logout")


@pytest.fixture
def loot(house: House) -> Loot:
    """Two people do everything there is to do; then the database is carried off."""
    found = Loot()
    shop = house.site("shop")
    forum = house.site("forum", redirect_uris=["https://forum.example/cb"])
    with_resources(house, "api", API)
    bank = SigningClient.register(
        house,
        "bank",
        scope="openid offline_access",
        grant_types=["authorization_code", "refresh_token"],
        backchannel_logout_uri="https://bank.example/out",
        backchannel_logout_session_required=True,
    )
    for at, number in enumerate((NUMBER, "99010119491231028X")):
        person = house.person(level="none")
        verified(house, person, number)
        found.people.add(person.person_id)
        cookie = person.browser.get_cookie("yufu_session")
        assert cookie is not None
        found.secrets[f"cookie {at}"] = cookie.value
        for site in (shop, forum):
            house.wait(seconds=7)
            visit(found, person, site, code_name=f"{site.client.client_id} heron {at}")
        visit_with_all_there_is(found, house.signed_in(person.person_id), bank)
    identity = next(each for each in sandbox.IDENTITIES if each.number == NUMBER)
    found.secrets |= {"name": identity.name, "number": NUMBER, "card": identity.card, "birth date": "1990-03-07"}
    house.services.database.close()
    path = house.settings.db.url.removeprefix("sqlite:///")
    with sqlite3.connect(path) as connection:
        for table in Base.metadata.tables:
            found.rows += [(table, row) for row in connection.execute(f"SELECT * FROM {table}")]  # noqa: S608 — our own names
    connection.close()
    return found


def cells(row: tuple[Any, ...]) -> list[bytes]:
    """Return a row's values as bytes, however they are kept."""
    return [value if isinstance(value, bytes) else str(value).encode() for value in row if value is not None]


def test_the_journey_filled_every_table_that_matters(loot: Loot) -> None:
    filled = {table for table, _row in loot.rows}
    assert filled >= {
        "people", "sessions", "identities", "evidence", "cases", "bank_cards", "vault",
        "clients", "subjects", "code_names", "consents", "grants", "audit",
        "outbox", "pushed_requests", "initial_access_tokens", "resources", "used_jti",
    }  # fmt: skip


def test_no_row_holds_a_name_a_number_or_a_live_credential(loot: Loot) -> None:
    for label, secret in loot.secrets.items():
        forms = {
            secret.encode(),
            secret.encode("utf-16-le"),
            b64encode(secret.encode()),
            secret.encode().hex().encode(),
        }
        held = [table for table, row in loot.rows for cell in cells(row) for form in forms if form in cell]
        assert not held, f"{label} stands in {held}"


def test_no_row_holds_a_person_beside_a_subject(loot: Loot) -> None:
    for table, row in loot.rows:
        text = b"\0".join(cells(row))
        a_person = any(person.encode() in text for person in loot.people)
        a_subject = any(subject.encode() in text for subject in loot.subjects)
        assert not (a_person and a_subject), table


def test_no_row_holds_two_subjects(loot: Loot) -> None:
    assert len(loot.subjects) == 8, "two people at three sites and an API"
    for table, row in loot.rows:
        text = b"\0".join(cells(row))
        assert sum(subject.encode() in text for subject in loot.subjects) <= 1, table


def test_no_value_but_a_day_stands_in_both_halves(loot: Loot) -> None:
    seen: dict[str, set[bytes]] = {"person": set(), "site": set()}
    for table, row in loot.rows:
        half = str(Base.metadata.tables[table].info["half"])
        if half in seen:
            seen[half] |= {cell for cell in cells(row) if len(cell) > TELLS_NOTHING}
    common = {value.decode(errors="replace") for value in seen["person"] & seen["site"]}
    assert common <= {"2026-11-24", "active"}, common


def test_no_transaction_writes_both_halves(house: House) -> None:
    with transactions(house.services.database.engine) as done:
        shop = house.site("shop")
        person = house.person(level="none")
        verified(house, person, NUMBER)
        site_code = person.code_for(shop)
        assert shop.token(code=site_code).status_code == 200
        house.services.erasure.erase(person.person_id, now=house.now)
    assert any(halves(tables) == {"person"} for tables in done)
    assert any(halves(tables) == {"site"} for tables in done)
    both = [tables for tables in done if len(halves(tables)) > 1]
    assert not both


def test_no_transaction_writes_two_sites_pseudonyms(house: House) -> None:
    shop = house.site("shop")
    forum = house.site("forum", redirect_uris=["https://forum.example/cb"])
    person = house.person()
    person.code_for(shop)
    person.code_for(forum)
    with transactions(house.services.database.engine) as done:
        house.services.pseudonyms.retire_all(person.person_id)
    assert sum("subjects" in tables for tables in done) == 2
