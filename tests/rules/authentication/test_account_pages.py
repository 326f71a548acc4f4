"""A person's own pages: every act is theirs, and those that matter need a passkey first."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.authenticator import Authenticator
from tests.house import Person
from tests.rules.authentication.conftest import Reader, Visitor, elsewhere

if TYPE_CHECKING:
    from tests.house import House


def confirmed(member: Visitor) -> str:
    """Confirm that passkeys may be changed; returns the address of the unlocked page."""
    answer = member.ceremony("/account/passkeys", using=0)
    return str(answer["next"])


def with_second(member: Visitor) -> tuple[str, Authenticator]:
    """Add a passkey on another device; returns the unlocked page and that device."""
    unlocked = confirmed(member)
    first, member.device = member.device, Authenticator()
    assert member.ceremony(unlocked, label="钥匙 key")["next"].endswith("done=added")
    second, member.device = member.device, first
    return unlocked, second


def token_of(address: str) -> str:
    return parse_qs(urlsplit(address).query)["confirmed"][0]


def keys_of(member: Visitor) -> list[str]:
    return [one.credential_id for one in member.passkeys()]


# ── passkeys ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_second_passkey_opens_the_same_account(member: Visitor) -> None:
    _, second = with_second(member)
    there = elsewhere(member, device=second)
    there.sign_in()
    assert there.person_id() == member.person_id()
    assert "钥匙 key" in there.get("/account/passkeys").text


def test_the_person_is_told_of_a_new_passkey_until_they_have_read_it(member: Visitor) -> None:
    with_second(member)
    page = Reader(member.get("/account").text)
    assert "dismiss" in page.actions
    notice = next(form.fields["notice"] for form in page.forms if "notice" in form.fields)
    assert member.post("/account/notices/seen", "/account", notice=notice).status_code == 303
    assert "dismiss" not in Reader(member.get("/account").text).actions


def test_passkeys_are_not_added_without_a_fresh_confirmation(house: House, member: Visitor) -> None:
    form = member.passkey_form("/account/passkeys")
    assert form.attributes["data-passkey"] == "confirm"
    assert member.ask(form, "/account/passkeys/add/options").status_code == 403
    unlocked = confirmed(member)
    house.wait(minutes=5)
    assert member.ask(form, "/account/passkeys/add/options", confirmed=token_of(unlocked)).status_code == 403
    assert member.passkey_form(unlocked).attributes["data-passkey"] == "confirm", "the page asks anew"


def test_passkeys_are_not_removed_without_a_fresh_confirmation(member: Visitor) -> None:
    with_second(member)
    gone, _ = keys_of(member)
    assert member.post("/account/passkeys/remove", "/account/passkeys", passkey=gone).status_code == 403
    assert gone in keys_of(member)


def test_a_passkey_is_removed_and_opens_nothing_any_more(member: Visitor) -> None:
    unlocked, second = with_second(member)
    removed = next(one.credential_id for one in member.passkeys() if one.label == "钥匙 key")
    response = member.post("/account/passkeys/remove", unlocked, passkey=removed, confirmed=token_of(unlocked))
    assert "done=removed" in response.headers["Location"]
    there = elsewhere(member, device=second)
    assert "error" in there.sign_in()
    assert not there.signed_in()


def test_the_only_passkey_is_not_removed(member: Visitor) -> None:
    unlocked = confirmed(member)
    (only,) = keys_of(member)
    response = member.post("/account/passkeys/remove", unlocked, passkey=only, confirmed=token_of(unlocked))
    assert response.status_code == 400
    assert keys_of(member) == [only]


@pytest.mark.parametrize(
    ("given", "shown"),
    [("办公室", "办公室"), ("  two \n words\u202e ", "two words"), ("x" * 100, "x" * 40), ("", "Unknown device")],
)
def test_a_passkey_is_called_what_the_person_calls_it(member: Visitor, given: str, shown: str) -> None:
    (key,) = keys_of(member)
    member.post("/account/passkeys/rename", "/account/passkeys", passkey=key, label=given)
    assert [one.label for one in member.passkeys()] == [shown]


def test_nobody_touches_somebody_elses_passkeys(member: Visitor) -> None:
    thief = elsewhere(member, device=Authenticator())
    thief.sign_up()
    unlocked, _ = with_second(thief)
    (victims,) = keys_of(member)
    thief.post("/account/passkeys/rename", "/account/passkeys", passkey=victims, label="mine")
    thief.post("/account/passkeys/remove", unlocked, passkey=victims, confirmed=token_of(unlocked))
    assert [one.label for one in member.passkeys()] == ["我的手机"]


def test_a_confirmation_does_not_outlive_a_change_of_person(member: Visitor) -> None:
    unlocked = confirmed(member)
    member.device = Authenticator()
    member.ceremony("/sign-up")
    assert member.passkey_form(unlocked).attributes["data-passkey"] == "confirm"


# ── sessions ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_all_other_sessions_end_at_once(member: Visitor) -> None:
    there = elsewhere(member)
    there.sign_in()
    assert member.post("/account/sessions/end", "/account", session="others").status_code == 303
    assert member.signed_in()
    assert not there.signed_in()


def test_one_session_ends_by_its_key(member: Visitor) -> None:
    there = elsewhere(member)
    there.sign_in()
    page = Reader(member.get("/account").text)
    key = next(form.fields["session"] for form in page.forms if form.fields.get("session", "others") != "others")
    member.post("/account/sessions/end", "/account", session=key)
    assert member.signed_in()
    assert not there.signed_in()


@pytest.mark.parametrize("key", ["", "!", "A" * 43, "others?"])
def test_a_key_that_fits_nothing_ends_nothing(member: Visitor, key: str) -> None:
    assert member.post("/account/sessions/end", "/account", session=key).status_code == 303
    assert member.signed_in()


# ── sites ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_sites_are_listed_searched_and_withdrawn_from(house: House, member: Visitor) -> None:
    person = Person(house, member.person_id(), member.client)
    shop = house.site("shop", client_name="Corner Shop")
    forum = house.site("forum", client_name="Town Forum", redirect_uris=["https://forum.example/cb"])
    for site in (shop, forum):
        person.arrive(site.request(scope="openid profile"), code_name=f"Heron at {site.client.client_id}")
    page = member.get("/account/sites").text
    assert all(words in page for words in ("Corner Shop", "Town Forum", "Heron at shop", "forum.example"))
    found = member.get("/account/sites?q=forum").text
    assert "Town Forum" in found
    assert "Corner Shop" not in found
    response = member.post("/account/sites/withdraw", "/account/sites", site="shop")
    assert response.headers["Location"] == "/account/sites?done=withdrawn"
    assert "Corner Shop" not in member.get("/account/sites").text
    again = member.post("/account/sites/withdraw", "/account/sites", site="shop")
    assert again.headers["Location"] == "/account/sites"


def test_nobody_withdraws_for_somebody_else(house: House, member: Visitor) -> None:
    person = Person(house, member.person_id(), member.client)
    person.arrive(house.site().request(scope="openid"))
    thief = elsewhere(member, device=Authenticator())
    thief.sign_up()
    thief.post("/account/sites/withdraw", "/account/sites", site="shop")
    assert "Corner Shop" in member.get("/account/sites").text


# ── the end ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_erasing_needs_a_passkey_and_the_persons_understanding(member: Visitor) -> None:
    assert member.ceremony("/account/erase", understood="")["error"]["title"]
    assert member.signed_in()
    assert member.ceremony("/account/erase", understood="y") == {"next": "/"}
    assert not member.signed_in()
    assert "error" in elsewhere(member).sign_in()


def test_somebody_elses_passkey_erases_nothing(member: Visitor) -> None:
    stranger = elsewhere(member, device=Authenticator())
    stranger.sign_up()
    own, member.device = member.device, stranger.device
    answer = member.ceremony("/account/erase", using=0, understood="y")
    member.device = own
    assert answer["error"]["title"]
    assert member.signed_in()
    assert stranger.signed_in()
