"""The direct endpoints stand before Flask: whatever goes wrong there is told, guarded and logged like anywhere else."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import msgspec
import pytest
from sqlalchemy.exc import OperationalError

from idp.oidc.userinfo import Userinfo
from idp.store import clients
from idp.web.endpoints import ENDPOINTS
from tests.house import ISSUER
from tests.security.test_every_response_is_guarded import GUARDS

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

    from idp import log
    from tests.house import House
    from tests.leak_alarm import LeakAlarm

FORM = "application/x-www-form-urlencoded"
ASKED = [(endpoint.path, method) for endpoint in ENDPOINTS for method in endpoint.methods]


@pytest.fixture
def lines(leak_alarm: LeakAlarm) -> list[log.Line]:
    """Every line of the log, taken apart."""
    return leak_alarm.events


def of_request(lines: list[log.Line]) -> list[log.Line]:
    return [line for line in lines if line["event"] == "request"]


def no_database(*_arguments: object, **_named: object) -> None:
    raise OperationalError("SELECT 1", {}, Exception("away"))


def no_idea(*_arguments: object, **_named: object) -> None:
    raise RuntimeError("990101199003070015")


@pytest.mark.parametrize(("path", "method"), ASKED)
def test_every_direct_answer_carries_the_guards_of_a_page_once(house: House, path: str, method: str) -> None:
    response = house.browser().open(path, method=method, base_url=ISSUER)
    for name, value in GUARDS.items():
        assert response.headers.getlist(name) == [value]
    assert len(response.headers.getlist("Content-Security-Policy")) == 1
    assert len(response.headers.getlist("Cache-Control")) == 1


@pytest.mark.parametrize(("path", "method"), ASKED)
def test_each_request_is_one_line_with_its_route_method_status_and_time(
    house: House, lines: list[log.Line], path: str, method: str
) -> None:
    response = house.browser().open(path + "?secret=1", method=method, base_url=ISSUER)
    (line,) = of_request(lines)
    assert (line["route"], line["method"], line["status"]) == (path, method, response.status_code)
    assert line["duration_ms"] >= 0
    assert len(line["request_id"]) == 16


def test_a_page_has_the_same_line(house: House, lines: list[log.Line]) -> None:
    house.browser().get("/sign-in", base_url=ISSUER)
    house.browser().get("/no-such-page", base_url=ISSUER)
    assert [(line["route"], line["status"]) for line in of_request(lines)] == [("/sign-in", 200), ("none", 404)]
    assert len({line["request_id"] for line in of_request(lines)}) == 2


@pytest.mark.parametrize("path", ["/token", "/userinfo"])
def test_a_program_is_told_in_json_that_the_database_is_away(
    house: House, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(clients, "find", no_database)
    monkeypatch.setattr(Userinfo, "answer", no_database)
    form = {"grant_type": "authorization_code", "client_id": "shop"}
    response = house.browser().post(path, base_url=ISSUER, data=form)
    assert (response.status_code, response.get_json()["error"]) == (503, "server_error")
    assert response.headers["Retry-After"] == "5"
    assert GUARDS.items() <= dict(response.headers).items()


def test_a_person_gets_a_page_when_the_database_is_away(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    site = house.site()
    monkeypatch.setattr(clients, "find", no_database)
    response = house.browser().get(site.request(), base_url=ISSUER)
    assert response.status_code == 503
    assert 'data-page="error"' in response.text
    assert "Location" not in response.headers


def test_what_nobody_foresaw_is_told_with_an_id_that_finds_its_place_in_the_log(
    house: House, lines: list[log.Line], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Userinfo, "answer", no_idea)
    response = house.browser().get("/userinfo", base_url=ISSUER)
    assert (response.status_code, response.get_json()["error"]) == (500, "server_error")
    assert "990101" not in response.text
    told = next(line for line in lines if line.get("error_id") == response.headers["X-Error-Id"])
    (request,) = of_request(lines)
    assert told["request_id"] == request["request_id"]
    assert (request["route"], request["status"]) == ("/userinfo", 500)


@pytest.mark.parametrize("path", ["/jwks", "/.well-known/openid-configuration", "/authorize", "/userinfo"])
def test_head_is_a_get_whose_body_stays_away(house: House, path: str) -> None:
    browser = house.browser()
    head = browser.head(path, base_url=ISSUER)
    assert head.data == b""
    if path != "/authorize":  # which does nothing when only asked what is there
        got = browser.get(path, base_url=ISSUER)
        assert (head.status_code, head.headers["Content-Length"]) == (got.status_code, str(len(got.data)))


def test_a_method_that_is_not_offered_is_refused_and_those_offered_are_named(house: House) -> None:
    response = house.browser().get("/token", base_url=ISSUER)
    assert (response.status_code, response.get_json()["error"]) == (405, "invalid_request")
    assert "POST" in response.headers["Allow"]


def test_a_body_without_a_length_is_no_way_around_the_limit(house: House) -> None:
    def send(size: int) -> TestResponse:
        stream = io.BytesIO(b"grant_type=x&p=" + b"a" * size)
        environ = {"wsgi.input_terminated": True}
        return house.browser().post(
            "/token", base_url=ISSUER, input_stream=stream, content_type=FORM, environ_overrides=environ
        )

    assert send(100).get_json()["error"] == "invalid_client"
    assert send(64 * 1024).status_code == 413


def test_half_a_body_is_not_taken_for_a_whole_one(house: House) -> None:
    stream = io.BytesIO(b"grant_type=authorization_code")
    environ = {"CONTENT_LENGTH": "100"}
    response = house.browser().post(
        "/token", base_url=ISSUER, input_stream=stream, content_type=FORM, environ_overrides=environ
    )
    assert (response.status_code, response.get_json()["error"]) == (400, "invalid_request")


def test_a_browser_that_is_led_to_a_page_gets_the_cookie_its_ticket_is_bound_to(house: House) -> None:
    site, browser = house.site(), house.browser()
    response = browser.get(site.request(), base_url=ISSUER)
    (cookie,) = response.headers.getlist("Set-Cookie")
    assert cookie.startswith("yufu_browser=")
    assert "HttpOnly" in cookie
    assert browser.get(response.headers["Location"], base_url=ISSUER).status_code == 200


def test_an_error_page_leaves_the_body_to_whoever_words_it(house: House) -> None:
    response = house.browser().post("/authorize", base_url=ISSUER, data={"client_id": "nobody", "ui_locales": "zh"})
    assert response.status_code == 303
    page = house.browser().post("/authorize", base_url=ISSUER, data="client_id=a&client_id=b", content_type=FORM)
    assert page.status_code == 400
    assert 'data-page="error"' in page.text
    assert msgspec.json.decode(house.browser().get("/jwks", base_url=ISSUER).data)["keys"]
