"""Passkeys as Chromium makes and uses them, with a virtual authenticator behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.journeys.people import AUTHENTICATOR, Person, person

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from tests.live import Demo

pytestmark = pytest.mark.browser


@pytest.fixture
def member(demo: Demo, chrome: Browser) -> Iterator[Person]:
    """Somebody who has just signed up."""
    with person(chrome, demo) as somebody:
        somebody.open("/sign-up")
        somebody.sign_up()
        somebody.arrive("account")
        yield somebody


def take_another_device(somebody: Person) -> None:
    """Put the authenticator away and take an empty one."""
    somebody.device.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": somebody.authenticator_id})
    answer = somebody.device.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    somebody.authenticator_id = answer["authenticatorId"]


def sign_out(somebody: Person) -> None:
    """Leave as somebody who closes the browser does."""
    somebody.page.context.clear_cookies()


def test_autofill_offers_the_passkey_and_signs_in(member: Person) -> None:
    sign_out(member)
    member.open("/sign-in")
    member.arrive("account")


def test_the_button_signs_in_where_autofill_was_not_used(member: Person) -> None:
    sign_out(member)
    member.present(here=False)
    member.open("/sign-in")
    expect(member.page.locator("[data-autofill]")).to_be_visible()
    member.present(here=True)
    member.page.click("[data-action=passkey] >> visible=true")
    member.arrive("account")


def test_a_device_that_does_not_recognise_its_user_signs_nobody_in(member: Person) -> None:
    sign_out(member)
    member.verified_user(yes=False)
    member.open("/sign-in")
    member.press("passkey")
    expect(member.page.locator("[role=status].wrong")).not_to_be_empty()
    assert member.where == "sign-in"
    member.open("/account")
    assert member.where == "sign-in"


def test_a_second_passkey_is_added_after_a_confirmation_and_the_first_removed(member: Person) -> None:
    member.open("/account/passkeys")
    member.press("passkey")
    expect(member.page.locator("form[data-passkey=sign-up]")).to_be_visible()
    take_another_device(member)
    member.page.fill("form[data-passkey=sign-up] [name=label]", "第二把 second")
    member.press("passkey")
    expect(member.page.get_by_role("heading", name="第二把 second")).to_be_visible()
    member.press("passkey")  # to confirm again: what was confirmed stood for the page before
    first = member.page.locator("li.card").filter(has_not=member.page.get_by_role("heading", name="第二把 second"))
    first.locator("summary.danger").click()
    first.locator("[data-action=remove-passkey]").click()
    expect(member.page.locator("li.card h2")).to_have_text(["第二把 second"])
    sign_out(member)
    member.open("/sign-in")
    member.arrive("account")


def test_the_device_that_holds_a_passkey_makes_no_second_one(member: Person) -> None:
    member.open("/account/passkeys")
    member.press("passkey")
    expect(member.page.locator("form[data-passkey=sign-up]")).to_be_visible()
    member.press("passkey")
    expect(member.page.locator("[role=status].wrong")).to_contain_text("already holds a passkey")
