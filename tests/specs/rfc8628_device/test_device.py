"""A device that has no browser is allowed from one that has (RFC 8628), and nobody is talked into it (BCP 247)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text

from clients.client import DEVICE_CODE
from idp.settings.shape import LimitSettings
from tests import house as building
from tests.dpop_sender import Sender
from tests.house import ISSUER, House, page_of, payload
from tests.security.recorder import statements

if TYPE_CHECKING:
    from pathlib import Path

    from werkzeug.test import TestResponse

    import keys
    from tests.house import Person, Site

SCOPE = "openid profile verified"
GRANTS = ["authorization_code", "refresh_token", DEVICE_CODE]


def device_site(house: House, client_id: str = "tv", **more: Any) -> Site:
    usual = {"scope": "openid profile verified age offline_access", "grant_types": GRANTS}
    return house.site(client_id, **(usual | {"redirect_uris": [f"https://{client_id}.example/callback"]} | more))


def post(site: Site, path: str, form: dict[str, Any], **headers: str) -> TestResponse:
    own = {"Authorization": site.basic()} if site.secret else {}
    named = {} if site.secret else {"client_id": site.client.client_id}
    return site.house.app.test_client().post(path, base_url=ISSUER, data=named | form, headers=own | headers)


def ask(site: Site, scope: str = SCOPE) -> dict[str, Any]:
    response = post(site, "/device_authorization", {"scope": scope})
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.get_json()
    return answer


def poll(site: Site, device_code: str, **headers: str) -> TestResponse:
    return post(site, "/token", {"grant_type": DEVICE_CODE, "device_code": device_code}, **headers)


def error_of(response: TestResponse) -> str:
    assert response.status_code == 400, response.text
    assert response.headers["Cache-Control"] == "no-store"
    return str(response.get_json()["error"])


def enter(person: Person, user_code: str) -> TestResponse:
    return person.submit(person.visit("/device"), "submit", user_code=user_code)


def at_confirm(person: Person, user_code: str) -> TestResponse:
    response = enter(person, user_code)
    assert response.status_code == 303, response.text
    page = person.visit(response.headers["Location"])
    assert page_of(page) == "device-confirm"
    return page


def finish(person: Person, page: TestResponse) -> TestResponse:
    response = person.submit(page, "continue")
    for _ in range(8):
        if response.status_code == 303:
            assert response.headers["Location"].startswith("/"), "it returns to nobody"
            response = person.visit(response.headers["Location"])
        elif page_of(response) == "code-name":
            response = person.submit(response, "submit", name="Quiet Heron")
        elif page_of(response) == "consent":
            response = person.submit(response, "allow")
        else:
            return response
    raise AssertionError("the journey does not end")


def allow(person: Person, user_code: str) -> TestResponse:
    return finish(person, at_confirm(person, user_code))


# ── from end to end ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_device_is_allowed_and_gets_what_a_browser_would(house: House) -> None:
    site, person = device_site(house), house.person()
    asked = ask(site)
    assert asked["verification_uri"] == ISSUER + "/device"
    assert asked["verification_uri_complete"] == f"{ISSUER}/device?user_code={asked['user_code']}"
    assert re.fullmatch(r"[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}", asked["user_code"])
    assert (asked["expires_in"], asked["interval"], len(asked["device_code"])) == (600, 5, 43)
    assert error_of(poll(site, asked["device_code"])) == "authorization_pending"
    end = allow(person, asked["user_code"])
    assert page_of(end) == "device-end"
    assert "Go back to your device" in end.text
    response = poll(site, asked["device_code"])
    assert response.status_code == 200, response.text
    tokens = response.get_json()
    assert tokens["token_type"] == "Bearer"
    assert "refresh_token" not in tokens
    told = payload(tokens["id_token"])
    assert told["aud"] == "tv"
    assert "nonce" not in told
    by_browser = payload(site.token(code=person.code_for(site)).get_json()["id_token"])
    assert told["sub"] == by_browser["sub"]
    userinfo = site.userinfo(tokens["access_token"]).get_json()
    assert (userinfo["sub"], userinfo["preferred_username"]) == (told["sub"], "Quiet Heron")


def test_discovery_names_the_endpoint_and_the_grant(house: House) -> None:
    metadata = house.browser().get("/.well-known/openid-configuration", base_url=ISSUER).get_json()
    assert metadata["device_authorization_endpoint"] == ISSUER + "/device_authorization"
    assert DEVICE_CODE in metadata["grant_types_supported"]


def test_a_client_without_redirect_uris_is_shown_by_its_sector(house: House) -> None:
    site = device_site(
        house, "cli", redirect_uris=[], grant_types=[DEVICE_CODE], response_types=[], sector="cli.example"
    )
    asked = ask(site)
    person = house.person()
    page = at_confirm(person, asked["user_code"])
    assert "cli.example" in page.text
    assert page_of(finish(person, page)) == "device-end"
    assert poll(site, asked["device_code"]).status_code == 200


def test_offline_access_lasts_and_can_be_revoked_and_introspected(house: House) -> None:
    site = device_site(house)
    asked = ask(site, SCOPE + " offline_access")
    allow(house.person(), asked["user_code"])
    tokens = poll(site, asked["device_code"]).get_json()
    told = post(site, "/introspect", {"token": tokens["access_token"]}).get_json()
    assert (told["active"], told["client_id"]) == (True, "tv")
    house.wait(hours=2)
    renewal = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    renewed = post(site, "/token", renewal).get_json()
    assert payload(renewed["id_token"])["sub"] == payload(tokens["id_token"])["sub"]
    assert post(site, "/revoke", {"token": tokens["refresh_token"]}).status_code == 200
    assert error_of(post(site, "/token", renewal)) == "invalid_grant"
    assert site.userinfo(renewed["access_token"]).status_code == 401


def test_a_public_device_binds_its_tokens_to_its_key(house: House) -> None:
    site = device_site(house, token_endpoint_auth_method="none", dpop_bound_access_tokens=True)
    asked, sender = ask(site), Sender(house)
    allow(house.person(), asked["user_code"])
    assert error_of(poll(site, asked["device_code"])) == "invalid_dpop_proof"
    tokens = poll(site, asked["device_code"], DPoP=sender.proof("/token")).get_json()
    assert tokens["token_type"] == "DPoP"
    assert site.userinfo(tokens["access_token"]).status_code == 401


def test_a_stranger_signs_in_first(house: House) -> None:
    asked, stranger = ask(device_site(house)), house.stranger()
    page = stranger.visit(enter(stranger, asked["user_code"]).headers["Location"])
    assert page_of(page) == "sign-in"
    assert "tv.example" in page.text


def test_a_site_for_verified_people_only_sends_others_to_be_verified(house: House) -> None:
    site, person = device_site(house, require_verified=True), house.person(level="none")
    asked = ask(site)
    assert page_of(allow(person, asked["user_code"])) == "verify"
    assert error_of(poll(site, asked["device_code"])) == "authorization_pending"


# ── what the person is told ──────────────────────────────────────────────────────────────────────────────────────────


def test_the_person_is_warned_and_shown_who_asks_and_the_code_each_time(house: House) -> None:
    """BCP 247: also where everything was agreed to before."""
    site, person = device_site(house), house.person()
    for _ in range(2):
        asked = ask(site)
        page = at_confirm(person, asked["user_code"])
        for words in ("Corner Shop", "tv.example", asked["user_code"], "in front of you", "ever asks you to enter"):
            assert words in page.text, words
        assert page_of(finish(person, page)) == "device-end"


def test_the_complete_address_fills_the_code_in_and_does_nothing_else(house: House) -> None:
    site, person = device_site(house), house.person()
    asked = ask(site)
    parts = urlsplit(asked["verification_uri_complete"])
    page = person.visit(f"{parts.path}?{parts.query}")
    assert page_of(page) == "device"
    assert f'value="{asked["user_code"]}"' in page.text
    assert "Did somebody send you this code" in page.text
    assert error_of(poll(site, asked["device_code"])) == "authorization_pending"


def test_no_page_of_another_site_can_submit_a_code(house: House) -> None:
    asked = ask(device_site(house))
    response = house.person().browser.post("/device", base_url=ISSUER, data={"user_code": asked["user_code"]})
    assert response.status_code == 400


def test_a_ticket_that_skips_the_warning_leads_back_to_it(house: House) -> None:
    person = house.person()
    location = enter(person, ask(device_site(house))["user_code"]).headers["Location"]
    ticket = location.partition("?")[2]
    assert person.visit(f"/authorize?{ticket}").headers["Location"].startswith("/device/confirm?")
    assert person.visit(f"/device/end?{ticket}").status_code == 303


@pytest.mark.parametrize("spelling", ["{0}", "{1}", " {2} ", "{3}"])
def test_case_spaces_and_hyphens_are_forgiven(house: House, spelling: str) -> None:
    code = ask(device_site(house))["user_code"]
    bare = code.replace("-", "")
    typed = spelling.format(code.lower(), bare, " ".join(bare), bare[:2] + "–" + bare[2:])
    assert enter(house.person(), typed).status_code == 303


# ── no ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("button", ["deny", "cancel"])
def test_a_device_that_is_turned_away_hears_so(house: House, button: str) -> None:
    site, person = device_site(house), house.person()
    asked = ask(site)
    response = person.submit(at_confirm(person, asked["user_code"]), button)
    end = person.visit(response.headers["Location"])
    assert "turned away" in end.text
    assert error_of(poll(site, asked["device_code"])) == "access_denied"
    assert enter(person, asked["user_code"]).status_code == 400


def test_saying_no_on_the_consent_page_says_no_to_the_device(house: House) -> None:
    site, person = device_site(house), house.person()
    asked = ask(site, "openid verified")
    response = person.submit(at_confirm(person, asked["user_code"]), "continue")
    page = person.visit(response.headers["Location"])
    assert page_of(page) == "consent"
    assert "turned away" in person.visit(person.submit(page, "deny").headers["Location"]).text
    assert error_of(poll(site, asked["device_code"])) == "access_denied"


def test_of_two_tabs_one_decides(house: House) -> None:
    site, person = device_site(house), house.person()
    asked = ask(site)
    first, second = at_confirm(person, asked["user_code"]), at_confirm(person, asked["user_code"])
    assert page_of(finish(person, first)) == "device-end"
    assert person.submit(second, "deny").status_code == 400
    assert page_of(finish(person, second)) == "error"
    assert poll(site, asked["device_code"]).status_code == 200


def test_a_consent_withdrawn_before_the_next_poll_is_no_consent(house: House) -> None:
    site, person = device_site(house), house.person()
    asked = ask(site)
    allow(person, asked["user_code"])
    with house.services.database.write() as connection:
        connection.execute(text("UPDATE grants SET revoked_at = 1"))
    assert error_of(poll(site, asked["device_code"])) == "access_denied"


# ── polling ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_device_that_polls_too_soon_has_to_slow_down_more_each_time(house: House) -> None:
    site = device_site(house)
    code = ask(site)["device_code"]
    assert error_of(poll(site, code)) == "authorization_pending"
    house.wait(seconds=5)
    assert error_of(poll(site, code)) == "authorization_pending"
    house.wait(seconds=4)
    assert error_of(poll(site, code)) == "slow_down"
    house.wait(seconds=9)
    assert error_of(poll(site, code)) == "slow_down"
    house.wait(seconds=15)
    assert error_of(poll(site, code)) == "authorization_pending"


def test_a_poll_takes_two_statements(house: House) -> None:
    site = device_site(house)
    code = ask(site)["device_code"]
    poll(site, code)
    with statements(house.services.database.engine) as seen:
        poll(site, code)
    assert len(seen) <= 2, seen


@pytest.mark.parametrize("state", ["pending", "allowed"])
def test_a_code_past_its_time_is_expired_by_name(house: House, state: str) -> None:
    site, person = device_site(house), house.person()
    asked = ask(site)
    if state == "allowed":
        allow(person, asked["user_code"])
    house.wait(seconds=600)
    assert error_of(poll(site, asked["device_code"])) == "expired_token"
    assert enter(person, asked["user_code"]).status_code == 400


def test_a_person_who_decides_too_late_is_told(house: House) -> None:
    site, person = device_site(house), house.person()
    asked = ask(site)
    page = at_confirm(person, asked["user_code"])
    house.wait(seconds=601)
    end = finish(person, page)
    assert (end.status_code, page_of(end)) == (400, "error")
    assert error_of(poll(site, asked["device_code"])) == "expired_token"


def test_a_device_code_gives_tokens_once(house: House) -> None:
    site = device_site(house)
    asked = ask(site)
    allow(house.person(), asked["user_code"])
    tokens = poll(site, asked["device_code"]).get_json()
    assert error_of(poll(site, asked["device_code"])) == "invalid_grant"
    assert site.userinfo(tokens["access_token"]).status_code == 200


def test_another_client_gets_nothing_and_burns_nothing(house: House) -> None:
    site, other = device_site(house), device_site(house, "other")
    asked = ask(site)
    allow(house.person(), asked["user_code"])
    assert error_of(poll(other, asked["device_code"])) == "invalid_grant"
    assert poll(site, asked["device_code"]).status_code == 200


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"device_code": "x" * 43}, "invalid_grant"),
        ({}, "invalid_request"),
        ({"device_code": "x" * 43, "resource": "https://api.example/"}, "invalid_target"),
        ({"device_code": ["a", "b"]}, "invalid_request"),
    ],
)
def test_what_is_no_device_code_is_refused(house: House, form: dict[str, Any], error: str) -> None:
    assert error_of(post(device_site(house), "/token", {"grant_type": DEVICE_CODE} | form)) == error


# ── asking ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"audience": "x"}, "invalid_scope"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"scope": "openid age"}, "invalid_scope"),
        ({"scope": ["openid", "openid"]}, "invalid_request"),
        ({"scope": "openid " + "x" * 6000}, "invalid_request"),
    ],
)
def test_a_device_asks_for_what_its_client_registered(house: House, form: dict[str, Any], error: str) -> None:
    site = device_site(house, scope="openid profile")
    assert error_of(post(site, "/device_authorization", form)) == error


def test_only_a_client_of_that_grant_may_ask_and_it_proves_itself(house: House) -> None:
    other = house.site()
    assert error_of(post(other, "/device_authorization", {"scope": "openid"})) == "unauthorized_client"
    assert error_of(poll(other, "x" * 43)) == "unauthorized_client"
    site = device_site(house)
    wrong = {"client_id": "tv", "client_secret": "wrong", "scope": "openid"}
    response = house.browser().post("/device_authorization", base_url=ISSUER, data=wrong)
    assert (response.status_code, response.get_json()["error"]) == (401, "invalid_client")
    assert site.secret


# ── guessing ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("limits", [{"user_codes_per_address_per_hour": 3}, {"user_codes_per_hour": 3}])
def test_guessing_ends_soon_for_one_address_and_for_all(
    tmp_path: Path, keyring: keys.Keyring, limits: dict[str, int]
) -> None:
    house = building.build(tmp_path, keyring, limits=LimitSettings(**limits))
    asked, person = ask(device_site(house)), house.person()
    for guess in ("BBBB-BBBB", "nothing", ""):
        page = enter(person, guess)
        assert (page.status_code, page_of(page)) == (400, "device")
        assert "No device waits under this code" in page.text
    refused = enter(person, asked["user_code"])
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    house.wait(hours=1)
    asked = ask(device_site(house, "again"))
    assert enter(person, asked["user_code"]).status_code == 303


def test_right_codes_use_up_nothing_of_what_all_may_guess(tmp_path: Path, keyring: keys.Keyring) -> None:
    house = building.build(tmp_path, keyring, limits=LimitSettings(user_codes_per_hour=2))
    site, person = device_site(house), house.person()
    for _ in range(4):
        assert enter(person, ask(site)["user_code"]).status_code == 303
    assert [enter(person, "BBBB-BBBB").status_code for _ in range(3)] == [400, 400, 429]


@pytest.mark.parametrize("path", ["/device_authorization", "/par"])
def test_clients_without_credentials_leave_so_many_rows_a_minute_from_one_address(
    tmp_path: Path, keyring: keys.Keyring, path: str
) -> None:
    house = building.build(tmp_path, keyring, limits=LimitSettings(public_requests_per_address_per_minute=2))
    app, server = device_site(house, "app", token_endpoint_auth_method="none"), device_site(house, "server")

    def sent(site: Site, address: str = "192.0.2.1") -> TestResponse:
        asked = {name: values[0] for name, values in building.query_of(site.request()).items()}
        headers = {"Authorization": site.basic()} if site.secret else {}
        form = asked if path == "/par" else {"client_id": site.client.client_id, "scope": "openid"}
        browser = house.app.test_client()
        origin = {"REMOTE_ADDR": address}
        return browser.post(path, base_url=ISSUER, data=form, headers=headers, environ_base=origin)

    assert [sent(app).status_code // 100 for _ in range(3)] == [2, 2, 4]
    refused = sent(app)
    assert (refused.status_code, refused.get_json()["error"]) == (429, "invalid_request")
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert sent(app, "192.0.2.2").status_code // 100 == 2
    assert [sent(server).status_code // 100 for _ in range(3)] == [2, 2, 2]
    house.wait(minutes=1)
    assert sent(app).status_code // 100 == 2


def test_neither_code_is_stored_as_it_is(house: House) -> None:
    asked = ask(device_site(house))
    with house.services.database.read() as connection:
        row = connection.execute(text("SELECT * FROM device_codes")).one()
    stored = repr(tuple(row))
    assert asked["device_code"] not in stored
    assert asked["user_code"].replace("-", "") not in stored.replace("-", "")
    assert SCOPE not in stored


def test_what_is_over_is_cleared_away(house: House) -> None:
    from idp.jobs import purge

    ask(device_site(house))
    assert purge(house.services.database, now=house.now)["device codes"] == 0
    house.wait(hours=2)
    assert purge(house.services.database, now=house.now)["device codes"] == 1
