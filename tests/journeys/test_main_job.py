"""The main job: a person, verified once, signs in at two sites that cannot compare notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.journeys.people import Person, person

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.leak_alarm import LeakAlarm
    from tests.live import Demo

pytestmark = pytest.mark.browser

NUMBER = "99010119491231028X"


def verified_at_the_shop(somebody: Person, *, code_name: str) -> None:
    """From the shop's door to a verified adult behind its counter."""
    somebody.open(f"{somebody.demo.shop}/sign-in")
    assert somebody.where == "sign-in"
    somebody.sign_up()
    somebody.arrive("verify")
    somebody.verify(NUMBER)
    if somebody.where == "verify":
        somebody.press("continue")
    somebody.arrive("code-name")
    somebody.join(somebody.demo.shop, code_name=code_name)


def joins_the_forum(somebody: Person, *, code_name: str) -> None:
    somebody.open(f"{somebody.demo.forum}/sign-in")
    somebody.arrive("code-name")
    somebody.join(somebody.demo.forum, code_name=code_name)


def subjects(somebody: Person) -> tuple[str, str]:
    return somebody.received_by(somebody.demo.shop)["sub"], somebody.received_by(somebody.demo.forum)["sub"]


def test_a_person_verified_once_is_two_strangers_at_two_sites_and_the_same_two_after_starting_anew(
    demo: Demo, chrome: Browser, leak_alarm: LeakAlarm
) -> None:
    with person(chrome, demo) as somebody:
        verified_at_the_shop(somebody, code_name="Quiet Heron")
        joins_the_forum(somebody, code_name="Patient Crane")
        first = subjects(somebody)
        assert first[0] != first[1]
        assert somebody.received_by(demo.shop)["verified"] is True
        somebody.open("/account/erase")
        somebody.agree("understood")
        somebody.press("passkey")
        somebody.page.wait_for_url(lambda url: "/erase" not in url, timeout=15_000)
    with person(chrome, demo) as again:
        verified_at_the_shop(again, code_name="Brave Finch")
        joins_the_forum(again, code_name="Merry Otter")
        assert subjects(again) == first
    leak_alarm.plant(NUMBER, "测试十五", *first)
    for log in demo.provider.folder.glob("serve-*.log"):
        leak_alarm.read(log.read_text())


def test_the_two_sites_compare_notes_and_find_nothing(demo: Demo, chrome: Browser) -> None:
    with person(chrome, demo) as somebody:
        somebody.open("/sign-in")
        somebody.page.click("button[value=verified]")
        for site, name in ((demo.shop, "Lamplighter"), (demo.forum, "Old Kettle")):
            somebody.open(f"{site}/sign-in")
            if somebody.where == "code-name":
                somebody.join(site, code_name=name)
        somebody.open(f"{demo.shop}/")
        somebody.press("compare", until="compare")
        assert "Nothing here says that this is one person" in somebody.page.inner_text("main")
        shop, forum = subjects(somebody)
        assert shop != forum
