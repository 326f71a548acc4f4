"""A request that would be answered, spoiled in one way: the specified error, and nothing has happened."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from clients.client import DEVICE_CODE
from idp.store.models import Base
from idp.web.endpoints import ENDPOINTS
from tests.house import ISSUER, VERIFIER, House
from tests.registering import LEAST, invite
from tests.specs.oauth_refresh.test_refresh import GRANTS, SCOPE

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.test import TestResponse

    from tests.house import Site

FORM = "application/x-www-form-urlencoded"
DIRECT = tuple(each.path for each in ENDPOINTS if each.for_programs)
POSTED_FORMS = tuple(path for path in DIRECT if path != "/register")


@dataclass(frozen=True)
class Call:
    """A request as it goes over the wire."""

    path: str
    body: bytes
    method: str = "POST"
    kind: str = FORM
    headers: dict[str, str] = field(default_factory=dict)

    def made(self, house: House) -> TestResponse:
        return house.browser().open(
            self.path, method=self.method, base_url=ISSUER, data=self.body, content_type=self.kind, headers=self.headers
        )


def good_call(path: str, site: Site) -> Call:
    """Return a request that the endpoint would answer with success."""
    if path == "/register":
        headers = {"Authorization": f"Bearer {invite(site.house)}"}
        return Call(path, json.dumps(LEAST).encode(), kind="application/json", headers=headers)
    redirect = site.client.redirect_uris[0]
    code = site.house.person().code_for(site, scope=SCOPE)
    form: dict[str, str] = {
        "grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER, "redirect_uri": redirect,
    }  # fmt: skip
    headers = {"Authorization": site.basic()}
    if path == "/par":
        form = {
            "response_type": "code", "client_id": site.client.client_id, "redirect_uri": redirect, "scope": "openid",
            "code_challenge": "c" * 43, "code_challenge_method": "S256",
        }  # fmt: skip
    elif path == "/device_authorization":
        form = {"scope": "openid"}
    elif path != "/token":
        access_token = site.token(**form).get_json()["access_token"]
        form = {"access_token" if path == "/userinfo" else "token": access_token}
        headers = {} if path == "/userinfo" else headers
    return Call(path, urlencode(form).encode(), headers=headers)


def twice(call: Call) -> Call:
    return replace(call, body=call.body + b"&" + call.body)


SPOILED: dict[str, tuple[Callable[[Call], Call], int, str]] = {
    "another media type": (lambda call: replace(call, kind="application/json"), 400, "invalid_request"),
    "no media type": (lambda call: replace(call, kind=""), 400, "invalid_request"),
    "several parts": (lambda call: replace(call, kind="multipart/form-data; boundary=x"), 400, "invalid_request"),
    "65 kB": (lambda call: replace(call, body=call.body + b"&x=" + b"x" * 65_536), 413, "invalid_request"),
    "201 parameters": (lambda call: replace(call, body=call.body + b"&x=y" * 200), 400, "invalid_request"),
    "not UTF-8": (lambda call: replace(call, body=call.body + b"&x=%ff"), 400, "invalid_request"),
    "not UTF-8, bare": (lambda call: replace(call, body=call.body + b"&x=\xff"), 400, "invalid_request"),
    "an overlong form": (lambda call: replace(call, body=call.body + b"&x=%c0%af"), 400, "invalid_request"),
    "NUL": (lambda call: replace(call, body=call.body + b"&x=a%00b"), 400, "invalid_request"),
    "everything twice": (twice, 400, "invalid_request"),
}
ANYWHERE: dict[str, Callable[[Call], Call]] = {
    "another host": lambda call: replace(call, headers=call.headers | {"Host": "evil.test"}),
    "no such method": lambda call: replace(call, method="PATCH"),
    "a method of nobody's": lambda call: replace(call, method="BREW"),
    "TRACE": lambda call: replace(call, method="TRACE"),
}
AN_EVENT_IN_ITSELF = {"throttles"}


def everything(house: House) -> dict[str, list[Any]]:
    """Return every row there is, but for what counts attempts."""
    with house.services.database.read() as connection:
        return {
            name: sorted(map(repr, connection.execute(select(table))))
            for name, table in Base.metadata.tables.items()
            if name not in AN_EVENT_IN_ITSELF
        }


def refused(response: TestResponse, status: int, code: str) -> None:
    assert response.status_code == status, response.text
    assert response.mimetype == "application/json"
    assert response.headers["Cache-Control"] == "no-store"
    assert len(response.headers["X-Error-Id"]) == 10
    assert set(response.get_json()) == {"error", "error_description", "error_uri"}
    assert response.get_json()["error"] == code


@pytest.fixture
def site(house: House) -> Site:
    scope, grants = "openid profile verified age offline_access", [*GRANTS, DEVICE_CODE]
    return house.site(scope=scope, grant_types=grants, redirect_uris=["https://shop.example/callback"])


@pytest.mark.parametrize("path", POSTED_FORMS)
def test_no_spoiled_form_has_any_effect_and_the_whole_one_still_has(site: Site, path: str) -> None:
    """RFC 6749 §3.2, §5.2; RFC 6750 §3.1; RFC 7009 §2.2.1; RFC 7662 §2.3; RFC 8628 §3.2; RFC 9126 §2.3."""
    call, house = good_call(path, site), site.house
    before = everything(house)
    for name, (spoil, status_then, code_then) in SPOILED.items():
        spoiled = spoil(call)
        no_token = path == "/userinfo" and spoiled.kind != FORM  # nothing else is a way to present one (RFC 6750 §2.2)
        status, code = (401, "invalid_token") if no_token else (status_then, code_then)
        try:
            refused(spoiled.made(house), status, code)
        except AssertionError as wrong:
            wrong.add_note(name)
            raise
        assert everything(house) == before, name
    assert call.made(house).status_code in {200, 201}


@pytest.mark.parametrize("path", DIRECT)
def test_neither_another_host_nor_another_method_has_any_effect(site: Site, path: str) -> None:
    """RFC 9110 §7.4, §15.5.6: who is asked by another name, or in another way, says so and does nothing."""
    call, house = good_call(path, site), site.house
    before = everything(house)
    for name, spoil in ANYWHERE.items():
        response = spoil(call).made(house)
        refused(response, 400 if name == "another host" else 405, "invalid_request")
        assert ("Allow" in response.headers) is (name != "another host"), name
        assert "evil.test" not in response.text
        assert everything(house) == before, name
    assert call.made(house).status_code in {200, 201}


@pytest.mark.parametrize("path", DIRECT)
def test_asking_what_is_offered_changes_nothing_and_says_nothing(site: Site, path: str) -> None:
    """RFC 9110 §9.3.2, §9.3.7."""
    call, house = good_call(path, site), site.house
    before = everything(house)
    options = replace(call, method="OPTIONS").made(house)
    assert (options.status_code, options.data) == (200, b"")
    assert "POST" in options.headers["Allow"]
    head = replace(call, method="HEAD", body=b"", kind="").made(house)
    assert head.data == b""
    assert head.status_code == (405 if "GET" not in options.headers["Allow"] else 401)
    assert everything(house) == before
    for response in (options, head):
        assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"redirect_uris=x", FORM, 400),
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b'{"client_name": "\xff"}', "application/json", 400),
        (
            b'{"redirect_uris": ["https://a.example/"], "redirect_uris": ["https://b.example/"]}',
            "application/json",
            400,
        ),
        (b'{"client_name": "' + b"x" * 65_536 + b'"}', "application/json", 413),
        (b"[" * 30_000, "application/json", 400),
        (b'{"client_name": "a\\u0000b", "redirect_uris": ["https://a.example/cb"]}', "application/json", 400),
    ],
)
def test_no_spoiled_registration_has_any_effect(site: Site, body: bytes, kind: str, status: int) -> None:
    """RFC 7591 §3.2.2."""
    call, house = good_call("/register", site), site.house
    before = everything(house)
    response = replace(call, body=body, kind=kind).made(house)
    refused(response, status, "invalid_request" if status == 413 else "invalid_client_metadata")
    assert everything(house) == before
    assert call.made(house).status_code == 201


def test_a_token_presented_in_two_ways_is_refused(site: Site) -> None:
    """RFC 6750 §2, §3.1: one way to a request, even where both present the same token."""
    call = good_call("/userinfo", site)
    token = call.body.decode().partition("=")[2]
    response = replace(call, headers={"Authorization": f"Bearer {token}"}).made(site.house)
    refused(response, 400, "invalid_request")
