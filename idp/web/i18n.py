"""The reader's language: which one, its words, its dates and its money.

English source strings are their own keys. The catalogue is read once, straight from its `.po` file, into a dictionary;
a look-up is a context variable and a dictionary access, cheap enough to call for every string of a page.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from flask import request
from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from flask import Flask
    from jinja2 import Environment

LANGUAGES: Final[Mapping[str, str]] = {"en": "English", "zh-CN": "中文"}
"""Language tag → the language's own name, in the order of the switch. The first is the default."""

COOKIE: Final = "yufu-language"
"""Holds a tag of `LANGUAGES`; set only when a person uses the switch."""

BEIJING: Final = timezone(timedelta(hours=8))
"""China keeps one time in all the country and no summer time, so that no time zone database is needed."""

FOLDER: Final = Path(__file__).parent / "locale"


@dataclass(frozen=True, slots=True)
class Language:
    """One language's words. `messages` and `plurals` are keyed by the English singular; English itself has none."""

    tag: str
    locale: str
    date_pattern: str
    messages: Mapping[str, str] = field(default_factory=dict)
    plurals: Mapping[str, str] = field(default_factory=dict)


ENGLISH: Final = Language("en", "en", "d MMMM y")

_bound: ContextVar[Language | None] = ContextVar("language", default=ENGLISH)
"""None from the beginning of a request until its first word."""


@cache
def load(tag: str) -> Language:
    """Return the language of a tag in `LANGUAGES`, reading its catalogue the first time; `KeyError` for another tag."""
    if tag == ENGLISH.tag:
        return ENGLISH
    LANGUAGES[tag]
    from babel.messages.pofile import read_po

    locale = tag.replace("-", "_")
    with (FOLDER / f"{locale}.po").open("rb") as file:
        catalogue = read_po(file, locale=locale, abort_invalid=True)
    messages: dict[str, str] = {}
    plurals: dict[str, str] = {}
    for message in catalogue:
        if not message.id or not message.string or message.fuzzy:
            continue
        if isinstance(message.id, str):
            messages[message.id] = str(message.string)
        else:  # Chinese has a single form for every number
            plurals[message.id[0]] = message.string[0]
    return Language(tag, locale, "y年M月d日", messages, plurals)


def choose(*, cookie: str | None, ui_locales: Iterable[str] = (), accepted: Iterable[str] = ()) -> str:
    """Return the tag to speak.

    What the person chose with the switch comes before what the site guesses (`ui_locales`, OIDC Core §3.1.2.1), or the
    switch would not work on a page that a site has led to; the browser's `Accept-Language` comes last. A tag matches by
    its primary subtag, as a reader of any Chinese is served better by ours than by English.
    """
    if cookie is not None and cookie in LANGUAGES:
        return cookie
    by_primary = {tag.partition("-")[0]: tag for tag in LANGUAGES}
    for wanted in (*ui_locales, *accepted):
        primary = wanted.replace("_", "-").partition("-")[0].lower()
        if primary in by_primary:
            return by_primary[primary]
    return ENGLISH.tag


def use(tag: str) -> None:
    """Speak the language of this tag until the request ends."""
    _bound.set(load(tag))


def prefer(ui_locales: Iterable[str]) -> None:
    """Take a site's `ui_locales` into account once the request in progress is known (it may stand in a ticket)."""
    use(choose(cookie=request.cookies.get(COOKIE), ui_locales=ui_locales, accepted=request.accept_languages.values()))


def language() -> str:
    """Return the tag of the language that is spoken in this request."""
    return _spoken().tag


def gettext(message: str) -> str:
    """Return the reader's words for an English source string, or the string itself."""
    return _spoken().messages.get(message, message)


def ngettext(singular: str, plural: str, number: int) -> str:
    """Return the form for `number` things; the reader's words if there are any."""
    translated = _spoken().plurals.get(singular)
    if translated is not None:
        return translated
    return singular if number == 1 else plural


def gettext_noop(message: str) -> str:
    """Mark a string for the catalogue where no reader is known yet (form labels, tables); show it with `|translate`."""
    return message


def format_date(day: date | str) -> str:
    """`23 November 2026`, `2026年11月23日` from a date or from `2026-11-23`, as claims have it."""
    if isinstance(day, str):
        day = date.fromisoformat(day)
    spoken = _spoken()
    return _format_date(day.year, day.month, day.day, spoken.date_pattern, spoken.locale)


@lru_cache(maxsize=4096)
def _format_date(year: int, month: int, day: int, pattern: str, locale: str) -> str:
    """Remember what Babel needs 100 µs for; the days on people's pages are few."""
    from babel.dates import format_date as format_by_babel

    return format_by_babel(date(year, month, day), pattern, locale=locale)


def format_moment(moment: datetime) -> str:
    """`27 November 2026, 16:30 (Beijing time)`, `2026年11月27日 16:30（北京时间）` from an aware datetime."""
    local = moment.astimezone(BEIJING)
    time = f"{local:%H:%M}"
    return gettext("{day}, {time} (Beijing time)").format(day=format_date(local), time=time)


def format_money(fen: int) -> str:
    """`¥5.00` from 500 fen, in every language: the sign alone, as every price here is in yuan."""
    from babel.numbers import format_decimal

    return "¥" + format_decimal(fen / 100, "#,##0.00", locale=_spoken().locale)


def markup(message: str, /, **values: object) -> Markup:
    """Return the words for a string of a template, with the values in place of `%(name)s`, each of them escaped.

    Jinja's own `_` does the same through more calls and look-ups: 5 µs a string against 2, and a page has 60 of them.
    """
    words = Markup(_spoken().messages.get(message, message))  # noqa: S704 - the words are ours
    return words % values if values else words


def install_in(environment: Environment) -> None:
    """Give templates `_`, `ngettext`, `{% trans %}`, `|translate`, `|date`, `|moment` and `|money`."""
    environment.add_extension("jinja2.ext.i18n")
    environment.policies["ext.i18n.trimmed"] = True
    vars(environment)["install_gettext_callables"](gettext, ngettext, newstyle=True)
    environment.globals["_"] = markup
    environment.filters |= {"translate": gettext, "date": format_date, "moment": format_moment, "money": format_money}


def install(app: Flask) -> None:
    """Speak the reader's language in every request of this application, and give pages `lang` and `languages`."""
    for tag in LANGUAGES:
        load(tag)
    install_in(app.jinja_env)
    app.before_request(_forget)
    app.teardown_request(_release)
    app.context_processor(lambda: {"lang": language(), "languages": LANGUAGES})


def _forget() -> None:
    """Leave the choice to the first word that is spoken: most requests of sites need none."""
    _bound.set(None)


def _spoken() -> Language:
    """Return the language of this request, chosen when it is first needed."""
    spoken = _bound.get()
    if spoken is None:
        prefer(request.args.get("ui_locales", "").split())
        spoken = _bound.get() or ENGLISH
    return spoken


def _release(_error: BaseException | None) -> None:
    _bound.set(ENGLISH)
