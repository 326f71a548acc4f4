"""The pages of verification: bad input is told by its field, nothing shows before a passkey, and everybody gets on."""

from __future__ import annotations

import re
import secrets
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from idp.domain import sandbox
from idp.settings import DbSettings, DemoSettings, LimitSettings
from idp.store import people
from tests import house as building
from tests.house import ISSUER, Person, page_of
from tests.rules.proofing.conftest import BY_NUMBER, LI, MINOR, WANG

if TYPE_CHECKING:
    from pathlib import Path

    from werkzeug.test import TestResponse

    from idp.domain.sandbox import SandboxIdentity
    from keys import Keyring
    from tests.house import House

QUERY, DEPOSIT = "/verify/registry-query", "/verify/micro-deposit"


def somebody(house: House) -> Person:
    return house.person(level="none")


def send_query(person: Person, identity: SandboxIdentity = WANG, **changes: str) -> TestResponse:
    fields = {"name": identity.name, "resident_number": identity.entry, "agreed": "y"} | changes
    return person.submit(person.visit(QUERY), "submit", **fields)


def send_account(person: Person, identity: SandboxIdentity = WANG, **changes: str) -> TestResponse:
    fields = {"holder": identity.name, "card_number": identity.card, "agreed": "y"} | changes
    return person.submit(person.visit(DEPOSIT), "submit", **fields)


def confirmed(person: Person) -> str:
    """What a passkey's answer would have given this browser."""
    held = person.browser.get_cookie("yufu_browser", domain="localhost")
    cookie = held.value if held is not None else secrets.token_urlsafe(32)
    person.browser.set_cookie("yufu_browser", cookie, domain="localhost")
    return person.house.services.passkeys.ticket_seal.seal(
        person.person_id.encode(),
        purpose="confirmed:amounts",
        binding=sha256(cookie.encode()).digest(),
        now=person.house.now,
        lifetime=timedelta(minutes=5),
    )


def send_amounts(person: Person, first: str = "12", second: str = "34") -> TestResponse:
    page = person.visit(f"{DEPOSIT}?confirmed={confirmed(person)}")
    return person.submit(page, "submit", first=first, second=second)


def verified(house: House, identity: SandboxIdentity = WANG) -> Person:
    person = somebody(house)
    send_query(person, identity)
    send_account(person, identity)
    assert send_amounts(person).headers["Location"] == "/account"
    return person


def level(person: Person) -> str:
    with person.house.services.database.read() as connection:
        found = people.find(connection, person_id=person.person_id)
    assert found is not None
    return found.level


def test_from_nothing_to_verified_page_by_page(house: House) -> None:
    person = somebody(house)
    assert page_of(person.visit("/verify")) == "verify"
    assert send_query(person).headers["Location"] == "/verify"
    assert "Continue with your bank account" in person.visit("/verify").text
    assert send_account(person).headers["Location"] == DEPOSIT
    assert "Enter the two amounts" in person.visit("/verify").text
    assert send_amounts(person).headers["Location"] == "/account"
    assert level(person) == "registry"
    assert "You are verified" in person.visit("/verify").text


def test_nobody_sees_the_pages_without_signing_in(house: House) -> None:
    for path in ("/verify", QUERY, DEPOSIT):
        assert house.stranger().visit(path).headers["Location"] == "/sign-in"


def test_a_site_s_journey_goes_on_where_the_site_waits(house: House) -> None:
    site = house.site(require_verified=True)
    person = somebody(house)
    way = person.visit(site.request()).headers["Location"]
    assert way.startswith("/verify?ticket=")
    ticket = way.partition("=")[2]
    page = person.visit(f"{QUERY}?ticket={ticket}")
    assert "Corner Shop" in page.text
    answer = person.submit(page, "submit", name=WANG.name, resident_number=WANG.entry, agreed="y")
    assert answer.headers["Location"].startswith("/verify?ticket=")
    page = person.visit(f"{DEPOSIT}?ticket={ticket}")
    person.submit(page, "submit", holder=WANG.name, card_number=WANG.card, agreed="y")


def test_a_verified_person_who_comes_for_a_site_goes_straight_on(house: House) -> None:
    site = house.site(require_verified=True)
    person = somebody(house)
    way = person.visit(site.request()).headers["Location"]
    for act in (send_query, send_account, send_amounts):
        act(person)
    assert person.visit(way).headers["Location"].startswith("/authorize?ticket=")


def test_a_verified_minor_is_told_that_the_site_is_for_adults(house: House) -> None:
    site = house.site(require_verified=True, require_age_over_18=True)
    person = verified(house, MINOR)
    way = person.visit(site.request()).headers["Location"]
    page = person.visit(way)
    assert page_of(page) == "verify"
    assert "This site is for adults" in page.text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "Please enter the name."),
        ({"name": "12"}, "A name has at least one letter"),
        ({"resident_number": "99010119900307001"}, "18 characters, or 15"),
        ({"resident_number": "990101199003070016"}, "The last character does not fit"),
        ({"resident_number": "99010119901307001X"}, "does not exist"),
        ({"resident_number": "11010519491231002X"}, "This is a sandbox"),
        ({"agreed": ""}, "Without your agreement"),
    ],
)
def test_bad_input_is_told_by_its_field_and_what_was_typed_stays(
    house: House, changes: dict[str, str], words: str
) -> None:
    page = send_query(somebody(house), WANG, **changes)
    assert page_of(page) == "verify-registry-query"
    assert words in page.text
    typed = {"name": WANG.name, "resident_number": WANG.entry} | changes
    for field in ("name", "resident_number"):
        assert f'value="{typed[field]}"' in page.text or not typed[field]


def test_a_wrong_name_and_an_unknown_number_get_the_same_page(house: House) -> None:
    def page(identity: SandboxIdentity) -> str:
        text = send_query(somebody(house), identity).text
        text = re.sub(r'name="csrf_token" value="[^"]*"', "", text)
        return text.replace(identity.name, "").replace(identity.entry, "")

    assert page(BY_NUMBER["990101199003070023"]) == page(BY_NUMBER["990101199003070031"])


def test_the_deceased_and_the_doubly_registered_get_the_same_page(house: House) -> None:
    pages = [send_query(somebody(house), BY_NUMBER[n]).text for n in ("990101193605120043", "990101197808080078")]
    assert all("household registration office" in page for page in pages)
    assert all("deceased" not in page.lower() for page in pages)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("990101198104150116", "has been replaced"),
        ("990101199511110132", "counts as lost"),
        ("990101201309010058", "a guardian has to agree"),
        ("990101198501010088", "does not answer right now"),
    ],
)
def test_each_answer_says_what_to_do(house: House, number: str, words: str) -> None:
    assert words in send_query(somebody(house), BY_NUMBER[number]).text


def test_the_new_number_of_a_corrected_one_is_not_shown(house: House) -> None:
    page = send_query(somebody(house), BY_NUMBER["990101198104150116"]).text
    assert "990101198104150124" not in page


def test_too_many_queries_are_told_when_to_come_back(house: House) -> None:
    person = somebody(house)
    most = LimitSettings().registry_queries_per_person_per_day
    for identity in (BY_NUMBER["990101199003070023"], BY_NUMBER["990101199003070031"], LI)[:most]:
        assert send_query(person, identity).status_code in {200, 303}
    refused = send_query(person)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 80_000


def test_another_holder_is_told_by_the_field_and_keeps_the_card(house: House) -> None:
    person = somebody(house)
    send_query(person)
    page = send_account(person, holder=LI.name)
    assert "not the name that the registry confirmed" in page.text
    assert f'value="{WANG.card}"' in page.text


def test_an_account_the_bank_refuses_leads_to_a_new_start(house: House) -> None:
    person = somebody(house)
    send_query(person)
    assert send_account(person, card_number="0000000000000034").headers["Location"] == DEPOSIT
    page = person.visit(DEPOSIT)
    assert "yours alone" in page.text
    assert person.submit(page, "submit").headers["Location"] == DEPOSIT
    assert "card_number" in person.visit(DEPOSIT).text


def test_a_card_that_was_taken_meanwhile_says_so(house: House) -> None:
    slow, quick = somebody(house), somebody(house)
    send_query(slow, LI)
    send_account(slow, LI, card_number=WANG.card)
    send_query(quick)
    send_account(quick)
    send_amounts(quick)
    assert send_amounts(slow).headers["Location"] == DEPOSIT
    assert "This card cannot be used here" in slow.visit(DEPOSIT).text


def test_amounts_cannot_be_entered_before_a_passkey_was_shown(house: House) -> None:
    person = somebody(house)
    send_query(person)
    send_account(person)
    page = person.visit(DEPOSIT)
    assert 'data-passkey="confirm"' in page.text
    assert 'name="first"' not in page.text
    token = re.search(r'name="csrf_token" value="([^"]*)"', page.text)
    assert token is not None
    forced = {"csrf_token": token[1], "first": "12", "second": "34"}
    assert 'data-passkey="confirm"' in person.browser.post(DEPOSIT, base_url=ISSUER, data=forced).text
    assert level(person) == "matched"


def test_a_confirmation_is_good_for_five_minutes_for_its_person_and_its_browser(house: House) -> None:
    person, other = somebody(house), somebody(house)
    for each, identity in ((person, WANG), (other, LI)):
        send_query(each, identity)
        send_account(each, identity)
    ticket = confirmed(person)
    assert 'name="first"' in person.visit(f"{DEPOSIT}?confirmed={ticket}").text
    assert 'name="first"' not in other.visit(f"{DEPOSIT}?confirmed={ticket}").text
    house.wait(minutes=5)
    assert 'name="first"' not in person.visit(f"{DEPOSIT}?confirmed={ticket}").text


def test_wrong_amounts_say_how_many_tries_are_left_and_the_third_closes(house: House) -> None:
    person = somebody(house)
    send_query(person)
    send_account(person)
    assert "2 tries left" in send_amounts(person, "01", "02").text
    assert "1 try left" in send_amounts(person, "01", "03").text
    assert send_amounts(person, "01", "04").headers["Location"] == DEPOSIT
    assert "Three answers were wrong" in person.visit(DEPOSIT).text


@pytest.mark.parametrize(
    ("first", "words"), [("", "Please enter the amount"), ("x", "no amount"), ("00", "between ¥0.01")]
)
def test_what_is_no_amount_costs_no_try(house: House, first: str, words: str) -> None:
    person = somebody(house)
    send_query(person)
    send_account(person)
    page = send_amounts(person, first)
    assert words in page.text
    assert "3 tries left" in page.text


def test_after_seven_days_the_page_says_so_and_offers_a_new_start(house: House) -> None:
    person = somebody(house)
    send_query(person)
    send_account(person)
    house.wait(days=8)
    again = house.signed_in(person.person_id)
    page = again.visit(DEPOSIT)
    assert "The seven days are over" in page.text
    again.submit(page, "submit")
    assert "card_number" in again.visit(DEPOSIT).text


def test_a_second_account_is_led_to_recovery(house: House) -> None:
    verified(house)
    second = somebody(house)
    send_query(second)
    send_account(second)
    assert send_amounts(second).headers["Location"] == "/recovery"
    assert second.visit(DEPOSIT).headers["Location"] == "/recovery"
    assert page_of(second.visit("/recovery")) == "recovery"
    assert level(second) == "matched"


def test_who_comes_back_after_erasing_the_account_is_signed_in_as_the_same_person(house: House) -> None:
    first = verified(house)
    house.services.erasure.erase(first.person_id, now=house.now)
    again = somebody(house)
    send_query(again)
    send_account(again)
    before = again.browser.get_cookie("yufu_session", domain="localhost")
    assert send_amounts(again).headers["Location"] == "/account"
    after = again.browser.get_cookie("yufu_session", domain="localhost")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    assert again.visit("/account").status_code == 200
    assert level(replace(again, person_id=first.person_id)) == "registry"


def test_who_lost_the_claim_is_told_on_the_page(house: House) -> None:
    squatter = somebody(house)
    send_query(squatter)
    verified(house)
    assert "Somebody has shown that this number is theirs" in squatter.visit("/verify").text


def test_the_level_is_looked_at_again_when_its_day_has_come(house: House) -> None:
    person = verified(house)
    house.wait(days=1900)
    again = house.signed_in(person.person_id)
    assert "You are verified" not in again.visit("/verify").text
    assert level(again) == "matched"


def test_a_person_of_the_demo_has_no_passkey_to_show(tmp_path: Path, keyring: Keyring) -> None:
    settings = {"db": DbSettings(url=f"sqlite:///{tmp_path / 'demo.db'}"), "demo": DemoSettings(people=True)}
    house = building.build(tmp_path, keyring, **settings)
    person = house.person(level="none", acr="urn:yufu:acr:demo")
    send_query(person)
    send_account(person)
    assert 'name="first"' in person.visit(DEPOSIT).text
    house.services.database.close()


def test_the_acr_of_the_demo_means_nothing_where_there_is_no_demo(house: House) -> None:
    person = house.person(level="none", acr="urn:yufu:acr:demo")
    send_query(person)
    send_account(person)
    assert 'name="first"' not in person.visit(DEPOSIT).text


def test_every_person_of_the_sandbox_can_be_typed_in(house: House) -> None:
    for identity in sandbox.IDENTITIES:
        page = send_query(somebody(house), identity)
        assert page.status_code in {200, 303}
        assert "field-wrong" not in page.text
