"""Signing up and in through the pages, as a browser does it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from idp.store.models import Person as PersonRow
from tests.authenticator import UV, Authenticator, Twist
from tests.house import ISSUER
from tests.rules.authentication.conftest import Visitor, elsewhere

if TYPE_CHECKING:
    from tests.house import House

SESSION, BROWSER = "yufu_session", "yufu_browser"


def test_whoever_signs_up_is_signed_in_and_can_come_back(member: Visitor) -> None:
    assert member.signed_in()
    there = elsewhere(member)
    assert not there.signed_in()
    assert there.sign_in() == {"next": "/account"}
    assert there.signed_in()


def test_the_session_id_is_new_at_every_sign_in_and_the_old_one_ends(member: Visitor) -> None:
    first = member.cookie(SESSION)
    member.sign_in()
    second = member.cookie(SESSION)
    assert first != second
    member.client.set_cookie(SESSION, first or "", domain="localhost")
    assert not member.signed_in()


def test_a_session_id_planted_by_somebody_else_is_not_kept(visitor: Visitor) -> None:
    visitor.client.set_cookie(SESSION, "p" * 43, domain="localhost")
    visitor.sign_up()
    assert visitor.cookie(SESSION) != "p" * 43


def test_a_failed_sign_in_says_why_in_words_and_signs_nobody_in(member: Visitor) -> None:
    there = elsewhere(member)
    answer = there.ceremony("/sign-in", Twist(clear_flags=UV))
    assert set(answer["error"]) == {"title", "what", "next", "id"}
    assert all(answer["error"].values())
    assert not there.signed_in()


def test_the_words_of_a_refusal_are_in_the_readers_language(member: Visitor) -> None:
    there = elsewhere(member)
    there.client.set_cookie("yufu-language", "zh-CN", domain="localhost")
    answer = there.ceremony("/sign-in", Twist(clear_flags=UV))
    assert any("\u4e00" <= character <= "\u9fff" for character in answer["error"]["what"])


def test_a_challenge_taken_to_another_browser_signs_nobody_in(member: Visitor) -> None:
    victim, thief = elsewhere(member), elsewhere(member, device=Authenticator())
    form = victim.passkey_form("/sign-in")
    credential = member.device.get(victim.ask(form, "/sign-in/options").get_json())
    stolen = thief.ask(thief.passkey_form("/sign-in"), "/sign-in/verify", credential=credential)
    assert stolen.status_code == 400
    assert not thief.signed_in()


@pytest.mark.parametrize("path", ["/sign-in/options", "/sign-in/verify", "/sign-up/options", "/account/erase/verify"])
def test_nothing_happens_without_the_forms_token(member: Visitor, path: str) -> None:
    response = member.client.post(path, base_url=ISSUER, json={}, headers={"Accept": "application/json"})
    assert response.status_code == 400
    assert response.get_json()["error"]["title"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"credential": 7}', b"\xff\xfe", b"[" * 60_000])
def test_a_body_that_is_no_answer_is_refused_in_words(visitor: Visitor, body: bytes) -> None:
    token = visitor.passkey_form("/sign-in").fields["csrf_token"]
    response = visitor.client.post(
        "/sign-in/verify",
        base_url=ISSUER,
        data=body,
        content_type="application/json",
        headers={"X-CSRFToken": token, "Accept": "application/json"},
    )
    assert response.status_code == 400
    assert response.get_json()["error"]["id"]


def test_a_ticket_comes_along_and_leads_back_to_the_site(house: House, member: Visitor) -> None:
    site = house.site()
    there = elsewhere(member)
    arrived = there.get(site.request())
    assert urlsplit(arrived.headers["Location"]).path == "/sign-in"
    page = there.get(arrived.headers["Location"])
    assert "Corner Shop" in page.text
    answer = there.ceremony(arrived.headers["Location"])
    assert urlsplit(answer["next"]).path == "/authorize"
    assert parse_qs(urlsplit(answer["next"]).query).keys() == {"ticket"}
    assert there.get(answer["next"]).status_code in {200, 303}


def test_the_forms_of_a_sites_journey_may_end_at_sites_and_other_forms_here_only(
    house: House, visitor: Visitor
) -> None:
    site = house.site()
    page = visitor.get(visitor.get(site.request()).headers["Location"])
    assert page.headers["Content-Security-Policy"].endswith("form-action 'self' https:")
    assert visitor.get("/sign-in").headers["Content-Security-Policy"].endswith("form-action 'self'")


def test_a_ticket_past_its_time_is_a_page_that_says_so(house: House, visitor: Visitor) -> None:
    arrived = visitor.get(house.site().request())
    house.wait(minutes=31)
    response = visitor.get(arrived.headers["Location"])
    assert response.status_code == 400
    assert 'data-page="error"' in response.text


def test_sign_ins_from_one_address_are_limited(house: House, visitor: Visitor) -> None:
    form = visitor.passkey_form("/sign-in")
    most = house.settings.limits.sign_ins_per_address_per_minute
    statuses = [visitor.ask(form, "/sign-in/options").status_code for _ in range(most + 1)]
    assert statuses == [200] * most + [429]
    refused = visitor.ask(form, "/sign-in/options")
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    house.wait(seconds=60)
    assert visitor.ask(form, "/sign-in/options").status_code == 200


def test_accounts_from_one_address_are_limited(house: House, visitor: Visitor) -> None:
    form = visitor.passkey_form("/sign-up")
    most = house.settings.limits.sign_ups_per_address_per_hour
    statuses = [visitor.ask(form, "/sign-up/options").status_code for _ in range(most + 1)]
    assert statuses == [200] * most + [429]


def test_the_account_page_leads_whoever_is_signed_out_to_sign_in(visitor: Visitor) -> None:
    for path in ("/account", "/account/passkeys", "/account/sites", "/account/erase"):
        response = visitor.get(path)
        assert (response.status_code, response.headers["Location"]) == (303, "/sign-in")


def test_a_session_ends_after_its_hours(house: House, member: Visitor) -> None:
    house.wait(hours=house.settings.session.hours)
    assert not member.signed_in()


# ── cookies ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_cookies_are_for_us_alone_and_end_with_the_browser(visitor: Visitor) -> None:
    form = visitor.passkey_form("/sign-up")
    options = visitor.ask(form, "/sign-up/options")
    answer = visitor.ask(form, "/sign-up/verify", credential=visitor.device.create(options.get_json()))
    set_cookies = options.headers.getlist("Set-Cookie") + answer.headers.getlist("Set-Cookie")
    ours = [each for each in set_cookies if each.startswith((SESSION, BROWSER))]
    assert len(ours) == 2
    for each in ours:
        assert "HttpOnly" in each
        assert "SameSite=Lax" in each
        assert "Path=/" in each
        assert "Domain" not in each
        assert "Expires" not in each
        assert "Max-Age" not in each


def test_a_page_that_needs_no_browser_sets_no_cookie_of_ours(visitor: Visitor) -> None:
    visitor.get("/sign-up")
    assert visitor.cookie(SESSION) is visitor.cookie(BROWSER) is None


def test_signing_up_makes_one_person_of_whom_nothing_is_known(house: House, member: Visitor) -> None:
    assert member.signed_in()
    with house.services.database.read() as connection:
        (row,) = connection.execute(PersonRow.__table__.select()).all()
    assert (row.level, row.masked_name, row.verified_on) == ("none", None, None)
    assert row.created_on == (house.now + timedelta()).date()
