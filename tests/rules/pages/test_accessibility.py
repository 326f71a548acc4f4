"""Every page of the gallery, looked at by axe-core and measured at both widths (WCAG 2.2 AA)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.gallery import PICTURES, Picture

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

AXE: Final = Axe().axe_script
RUN_AXE: Final = """async () => {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const { violations } = await axe.run(document, { runOnly: tags, resultTypes: ["violations"] });
  return violations.map((one) => [one.id, one.help, one.nodes.map((node) => node.html)]);
}"""
OPEN_EVERYTHING: Final = "document.querySelectorAll('details').forEach((one) => { one.open = true; })"
OVERFLOWS: Final = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
SMALL_TARGETS: Final = """
    [...document.querySelectorAll("a, button, summary, input:not([type=hidden])")]
      .filter((one) => one.checkVisibility() && getComputedStyle(one).display !== "inline")
      .filter((one) => one.getBoundingClientRect().height < 23.5 || one.getBoundingClientRect().width < 23.5)
      .map((one) => one.outerHTML)
"""
LOW_BUTTONS: Final = """
    [...document.querySelectorAll(".button")]
      .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 44)
      .map((one) => one.outerHTML)
"""

# Colours do not depend on the language: each language in one theme shows every word and every colour.
LOOKED_AT: Final = [one for one in PICTURES if (one.language, one.theme) in {("en", "light"), ("zh-CN", "dark")}]


@pytest.mark.parametrize("picture", LOOKED_AT, ids=lambda picture: picture.file_name.removesuffix(".html"))
def test_a_page_leaves_nobody_out(picture: Picture, look: Callable[..., Page]) -> None:
    page = look(picture, width=360)
    page.evaluate(OPEN_EVERYTHING)
    page.evaluate(AXE)
    assert page.evaluate(RUN_AXE) == []
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 700})
        assert not page.evaluate(OVERFLOWS), f"wider than {width} px"
        assert page.evaluate(SMALL_TARGETS) == []
        assert page.evaluate(LOW_BUTTONS) == []


def test_a_form_with_mistakes_takes_the_focus_to_their_summary(look: Callable[..., Page]) -> None:
    page = look(Picture("registry-query-wrong", "en", "light"), width=1280)
    expect(page.get_by_role("alert")).to_be_focused()
    number = page.get_by_label("Resident number", exact=True)
    assert number.get_attribute("aria-invalid") == "true"
    helpers = [page.locator(f"#{name}").inner_text() for name in str(number.get_attribute("aria-describedby")).split()]
    assert any("The last character does not fit." in text for text in helpers)


def test_the_first_tab_stop_skips_to_the_content(look: Callable[..., Page]) -> None:
    page = look(Picture("account", "en", "light"), width=1280)
    page.keyboard.press("Tab")
    assert page.get_by_role("link", name="Skip to the content").is_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()


@pytest.mark.parametrize("theme", ["light", "dark", "system"])
@pytest.mark.parametrize("system", ["light", "dark"])
def test_the_chosen_theme_overrides_the_system(theme: str, system: Any, look: Callable[..., Page]) -> None:
    page = look(Picture("home", "en", theme), width=1280)
    page.emulate_media(color_scheme=system)
    background = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    page.emulate_media(color_scheme="null")
    is_dark = system == "dark" if theme == "system" else theme == "dark"
    assert (background == "rgb(13, 20, 19)") is is_dark


def test_on_paper_the_account_is_a_plain_record(look: Callable[..., Page]) -> None:
    page = look(Picture("account", "en", "dark"), width=1280)
    page.emulate_media(media="print")
    assert page.get_by_text("王**").is_visible()
    assert not page.get_by_role("navigation", name="Account").is_visible()
    assert not page.get_by_role("button", name="End all others").is_visible()
    page.emulate_media(media="null")
