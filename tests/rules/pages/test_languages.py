"""Which language is spoken, what it costs to be complete, and that one reader's language is never another's."""

from __future__ import annotations

import re
import threading
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

import pytest
from babel.messages.catalog import Catalog
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from idp.web import i18n
from idp.web.i18n import gettext as _
from idp.web.locale import update

if TYPE_CHECKING:
    from collections.abc import Iterator

ENGLISH: Final = "Sign in"
CHINESE: Final = "登录"
PLACES: Final = re.compile(r"%\(\w+\)s|\{\w+\}|</?\w+>")


@pytest.fixture(autouse=True)
def _speak_english_again() -> Iterator[None]:
    yield
    i18n.use("en")


@pytest.fixture
def app() -> Flask:
    """An application with two pages: one that speaks at once, one that learns of a site's wish first."""
    app = Flask(__name__)
    i18n.install(app)
    app.add_url_rule("/", "plain", lambda: _(ENGLISH))

    def resumed() -> str:
        i18n.prefer(["zh-CN"])
        return _(ENGLISH)

    app.add_url_rule("/resumed", "resumed", resumed)
    return app


@pytest.mark.parametrize(
    ("accepted", "spoken"),
    [
        ([], "en"),
        (["de", "fr"], "en"),
        (["zh"], "zh-CN"),
        (["zh-Hans-CN"], "zh-CN"),
        (["zh-TW", "en"], "zh-CN"),
        (["zh_CN"], "zh-CN"),
        (["en-GB", "zh-CN"], "en"),
        (["ja", "zh-CN", "en"], "zh-CN"),
    ],
)
def test_the_browser_s_languages_are_taken_in_their_order(accepted: list[str], spoken: str) -> None:
    assert i18n.choose(cookie=None, accepted=accepted) == spoken


def test_a_site_s_wish_comes_before_the_browser_and_the_person_s_own_choice_before_both() -> None:
    assert i18n.choose(cookie=None, ui_locales=["zh-CN"], accepted=["en"]) == "zh-CN"
    assert i18n.choose(cookie="en", ui_locales=["zh-CN"], accepted=["zh-CN"]) == "en"


@given(cookie=st.none() | st.text(), wishes=st.lists(st.text()), accepted=st.lists(st.text()))
def test_whatever_is_asked_for_a_language_we_have_is_spoken(
    cookie: str | None, wishes: list[str], accepted: list[str]
) -> None:
    assert i18n.choose(cookie=cookie, ui_locales=wishes, accepted=accepted) in i18n.LANGUAGES


def test_a_request_is_answered_in_its_language_and_leaves_no_trace(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/", headers={"Accept-Language": "zh-CN,en;q=0.5"}).text == CHINESE
    assert client.get("/", headers={"Accept-Language": "zh;q=0.1,en;q=0.9"}).text == ENGLISH
    assert client.get("/?ui_locales=fr+zh-CN").text == CHINESE
    assert client.get("/resumed").text == CHINESE
    assert i18n.language() == "en"
    client.set_cookie(i18n.COOKIE, "en")
    assert client.get("/resumed", headers={"Accept-Language": "zh-CN"}).text == ENGLISH
    assert client.get("/").text == ENGLISH


def test_two_readers_at_once_keep_their_languages(app: Flask) -> None:
    together = threading.Barrier(2)
    heard: dict[str, str] = {}

    def speak() -> str:
        together.wait(timeout=10)
        return _(ENGLISH)

    app.add_url_rule("/together", "together", speak)

    def read(tag: str) -> None:
        heard[tag] = app.test_client().get("/together", headers={"Accept-Language": tag}).text

    readers = [threading.Thread(target=read, args=(tag,)) for tag in ("en", "zh-CN")]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join(timeout=20)
    assert heard == {"en": ENGLISH, "zh-CN": CHINESE}


def test_numbers_choose_their_form() -> None:
    forms = ("%(num)s site may ask Yufu about you.", "%(num)s sites may ask Yufu about you.")
    assert [i18n.ngettext(*forms, number) for number in (0, 1, 2)] == [forms[1], forms[0], forms[1]]
    i18n.use("zh-CN")
    assert len({i18n.ngettext(*forms, number) for number in (0, 1, 2)}) == 1
    assert i18n.ngettext("one unknown", "many unknown", 2) == "many unknown"


def test_dates_times_and_money_read_as_they_are_written_there() -> None:
    late = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)
    assert i18n.format_date(date(2026, 11, 23)) == "23 November 2026"
    assert i18n.format_moment(late) == "23 November 2026, 00:30 (Beijing time)"
    assert i18n.format_money(500) == "¥5.00"
    i18n.use("zh-CN")
    assert i18n.format_date(date(2026, 11, 23)) == "2026年11月23日"
    assert i18n.format_moment(late) == "2026年11月23日 00:30（北京时间）"
    assert i18n.format_money(123456) == "¥1,234.56"


def test_values_put_into_words_are_escaped() -> None:
    assert i18n.markup("Back to %(site)s", site="<b>") == "Back to &lt;b&gt;"
    assert i18n.markup("100%") == "100%"


# ── the catalogue ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_catalogue_has_every_string_and_no_other() -> None:
    needed = {message.id for message in update.extract() if message.id}
    known = {message.id: message for message in update.read() if message.id}
    cure = "run: python -m idp.web.locale.update"
    assert needed - set(known) == set(), cure
    assert set(known) - needed == set(), cure
    assert [message.id for message in known.values() if not update.is_translated(message)] == []


def test_a_translation_keeps_the_places_for_values_and_marks() -> None:
    for message in update.read():
        if message.id:
            english = message.id if isinstance(message.id, str) else message.id[1]
            chinese = message.string if isinstance(message.string, str) else (message.string or ("",))[0]
            assert sorted(PLACES.findall(english)) == sorted(PLACES.findall(chinese)), english


def test_an_update_keeps_what_is_translated_and_drops_what_is_gone() -> None:
    known, found = Catalog(locale="zh_CN"), Catalog(locale="zh_CN")
    known.add("kept", "留")
    known.add("gone", "去")
    found.add("kept")
    found.add("new")
    merged = update.merge(found, known)
    assert {message.id: message.string for message in merged if message.id} == {"kept": "留", "new": None}
    assert [message.id for message in merged if message.id and not update.is_translated(message)] == ["new"]
