"""The published description (OpenAPI 3.1) is of the endpoints there are, and every answer it tells of is given."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy.exc import OperationalError

from idp.oidc.discovery import ENDPOINTS as ANNOUNCED
from idp.settings.shape import LimitSettings, RegistrationSettings
from idp.web import openapi
from idp.web.answers import JSON
from idp.web.endpoints import ENDPOINTS
from idp.web.security import Guard
from tests import house as building
from tests.house import ISSUER, House
from tests.registering import LEAST, call, invite, register

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import keys

Seen = tuple[str, str, int]

OPERATIONS = [(endpoint.path, method) for endpoint in ENDPOINTS for method in endpoint.methods]
DOCUMENTS = [each.path for each in ENDPOINTS if each.methods == ("GET",)]
FORMS = ["/token", "/par", "/device_authorization", "/revoke", "/introspect"]
TOO_LARGE = "x" * 70_000
FEW = LimitSettings(public_requests_per_address_per_minute=2)


@pytest.fixture
def house(tmp_path: Path, keyring: keys.Keyring) -> Iterator[House]:
    built = building.build(tmp_path, keyring, registration=RegistrationSettings(open=True), limits=FEW)
    yield built
    built.services.database.close()


def served(house: House) -> dict[str, Any]:
    response = house.browser().get("/openapi.json", base_url=ISSUER)
    assert (response.status_code, response.mimetype) == (200, "application/json")
    content: dict[str, Any] = json.loads(response.data)
    return content


def described(house: House) -> set[Seen]:
    return {
        (path, method.upper(), int(status))
        for path, methods in served(house)["paths"].items()
        for method, operation in methods.items()
        for status in operation["responses"]
    }


def test_every_direct_endpoint_is_described_with_each_of_its_methods_and_no_other(house: House) -> None:
    assert {(path, method) for path, method, _ in described(house)} == set(OPERATIONS)
    assert set(openapi.operations()) == set(OPERATIONS)


def test_every_endpoint_that_discovery_announces_is_described_but_for_the_sign_out_page(house: House) -> None:
    pages = {ANNOUNCED["end_session_endpoint"]}
    assert set(ANNOUNCED.values()) - set(served(house)["paths"]) == pages


def test_it_is_a_document_with_a_name_that_a_reader_need_not_fetch_twice(house: House) -> None:
    first = house.browser().get("/openapi.json", base_url=ISSUER)
    again = house.browser().get("/openapi.json", base_url=ISSUER, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    assert served(house)["servers"] == [{"url": ISSUER}]


def test_each_operation_has_a_name_of_its_own_and_schemes_that_are_explained(house: House) -> None:
    content = served(house)
    operations = [each for methods in content["paths"].values() for each in methods.values()]
    assert len({each["operationId"] for each in operations}) == len(operations)
    named = {name for each in operations for scheme in each["security"] for name in scheme}
    assert named == set(content["components"]["securitySchemes"])


def test_every_status_that_is_described_occurs(house: House) -> None:
    """The 5xx have a test of their own below."""
    expected = {each for each in described(house) if each[2] < 500}
    seen = {*of_forms(house), *of_userinfo(house), *of_registration(house), *of_documents(house), *of_pages(house)}
    assert seen == expected


def of_forms(house: House) -> Iterator[Seen]:
    grants = ["authorization_code", "urn:ietf:params:oauth:grant-type:device_code"]
    site = house.site("described", redirect_uris=["https://d.example/cb"], grant_types=grants)
    wish = dict(building.query_of(site.request()))
    code = house.person().code_for(site)
    good: dict[str, dict[str, Any]] = {
        "/token": {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": "https://d.example/cb",
            "code_verifier": building.VERIFIER,
        },
        "/par": {name: values[0] for name, values in wish.items()},
        "/device_authorization": {"scope": "openid"},
        "/revoke": {"token": "x"},
        "/introspect": {"token": "x"},
    }
    for path in FORMS:
        for form, authorization in (
            (good[path], site.basic()),
            ({"client_id": "described", "scope": "no-such"}, site.basic()),
            (good[path], "Basic eDp5"),
            ({"token": TOO_LARGE}, site.basic()),
        ):
            headers = {"Authorization": authorization}
            response = house.browser().post(path, base_url=ISSUER, data=form, headers=headers)
            yield path, "POST", response.status_code
    house.site("app", redirect_uris=["https://a.example/cb"], token_endpoint_auth_method="none")
    for path in ("/par", "/device_authorization"):
        while (status := post_of(house, path, {"client_id": "app"})) != 429:
            assert status == 400
        house.wait(minutes=1)
        yield path, "POST", status


def post_of(house: House, path: str, form: dict[str, str]) -> int:
    return house.browser().post(path, base_url=ISSUER, data=form).status_code


def of_userinfo(house: House) -> Iterator[Seen]:
    site = house.site(grant_types=["authorization_code", "client_credentials"])
    own = site.token(grant_type="client_credentials", redirect_uri=None, code_verifier=None).get_json()["access_token"]
    persons = site.token(code=house.person().code_for(site)).get_json()["access_token"]
    for method in ("GET", "POST"):
        for token in (own, persons, "unknown"):
            headers = {"Authorization": f"Bearer {token}"}
            response = house.browser().open("/userinfo", method=method, base_url=ISSUER, headers=headers)
            yield "/userinfo", method, response.status_code
    for form in ({"access_token": TOO_LARGE}, {"access_token": b"\xff"}):
        yield "/userinfo", "POST", house.browser().post("/userinfo", base_url=ISSUER, data=form).status_code
    elsewhere = house.browser().get("/userinfo", base_url="http://elsewhere.example")
    yield "/userinfo", "GET", elsewhere.status_code


def of_registration(house: House) -> Iterator[Seen]:
    site = register(house)
    address = site.answer["registration_client_uri"]
    large = LEAST | {"client_name": TOO_LARGE}
    yield "/register", "GET", site.call("GET").status_code
    yield "/register", "GET", site.call("GET", token="wrong").status_code
    yield "/register", "GET", call(house, "GET", "/register?client_id=%FF", token=site.token).status_code
    yield "/register", "PUT", site.change().status_code
    yield "/register", "PUT", site.change(client_id="another").status_code
    yield "/register", "PUT", site.call("PUT", token="wrong", body=LEAST).status_code
    yield "/register", "PUT", site.call("PUT", body=large).status_code
    yield "/register", "DELETE", site.call("DELETE", token="wrong").status_code
    yield "/register", "DELETE", call(house, "DELETE", "/register?client_id=%FF", token=site.token).status_code
    yield "/register", "DELETE", site.call("DELETE").status_code
    for token, body in (
        (invite(house), LEAST),
        (invite(house), []),
        ("wrong", LEAST),
        (invite(house), large),
    ):
        yield "/register", "POST", call(house, "POST", "/register", token=token, body=body).status_code
    while (status := call(house, "POST", "/register", token="wrong", body=LEAST).status_code) != 429:
        assert status == 401
    yield "/register", "POST", status
    yield "/register", "PUT", call(house, "PUT", address, token=site.token, body=LEAST).status_code


def of_documents(house: House) -> Iterator[Seen]:
    for path in DOCUMENTS:
        first = house.browser().get(path, base_url=ISSUER)
        yield path, "GET", first.status_code
        for options in (
            {"base_url": ISSUER, "headers": {"If-None-Match": first.headers["ETag"]}},
            {"base_url": "http://elsewhere.example"},
        ):
            arguments: dict[str, Any] = options
            yield path, "GET", house.browser().get(path, **arguments).status_code


def of_pages(house: House) -> Iterator[Seen]:
    site = house.site("paged", redirect_uris=["https://p.example/cb"])
    yield "/authorize", "GET", house.browser().get(site.request(), base_url=ISSUER).status_code
    yield "/authorize", "GET", house.browser().get("/authorize", base_url=ISSUER).status_code
    query = {name: values[0] for name, values in building.query_of(site.request()).items()}
    for form in (query, {"a": "b", "c": b"\xff"}, {"state": TOO_LARGE}):
        yield "/authorize", "POST", house.browser().post("/authorize", base_url=ISSUER, data=form).status_code


@pytest.mark.parametrize(("problem", "status"), [(OperationalError("", {}, Exception()), 503), (RuntimeError(), 500)])
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_our_own_trouble_is_told_as_described(
    house: House, monkeypatch: pytest.MonkeyPatch, path: str, method: str, problem: Exception, status: int
) -> None:
    operation = served(house)["paths"][path][method.lower()]

    def fail(*_: object) -> None:
        raise problem

    monkeypatch.setattr(Guard, "check", fail)
    response = house.browser().open(path, method=method, base_url=ISSUER)
    [(kind, content)] = operation["responses"][str(status)]["content"].items()
    assert (response.status_code, response.mimetype) == (status, kind)
    if kind == JSON:
        assert response.get_json()["error"] in content["schema"]["properties"]["error"]["enum"]
