"""What every page promises: names for tests and helpers, forms that carry their tokens, nothing inline, all escaped."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any, Final

import pytest

import templates
from idp.web import i18n
from tests.gallery import STATIC, Picture, environment, render
from tests.gallery_samples import JOURNEY, SAMPLES

NAMES: Final = {
    *("home", "sign-in", "sign-up", "recovery", "verify", "verify-registry-query", "verify-micro-deposit"),
    *("code-name", "consent", "error", "form-post", "logout-confirm", "logged-out", "vocabulary", "help"),
    *("device", "device-confirm", "device-end"),
    *("account", "passkeys", "sites", "erase"),
}
ACTIONS: Final = {
    "sign-in-site": {"passkey", "sign-up", "cancel"},
    "sign-up": {"passkey", "cancel"},
    "registry-query": {"submit", "cancel"},
    "micro-deposit-amounts": {"submit", "cancel"},
    "code-name": {"submit", "cancel"},
    "consent": {"allow", "deny", "cancel"},
    "device": {"submit"},
    "device-confirm": {"continue", "deny", "cancel"},
    "logout-confirm": {"confirm-logout", "cancel"},
    "form-post": {"continue"},
}
OF_NO_JOURNEY: Final = {"/preferences"}
WORDMARK: Final = "Yufu"


class Outline(HTMLParser):
    """What the contract asks of a page, read from its HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.page: str | None = None
        self.language: str | None = None
        self.actions: set[str] = set()
        self.headings: list[int] = []
        self.forms: list[dict[str, Any]] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.ids: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.tags.append((tag, attributes))
        if tag == "html":
            self.language = attributes.get("lang")
        if tag == "body":
            self.page = attributes.get("data-page")
        if action := attributes.get("data-action"):
            self.actions.add(action)
        if name := attributes.get("id"):
            self.ids.append(name)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "form":
            self.forms.append({**attributes, "fields": set()})
        if tag == "input" and self.forms:
            self.forms[-1]["fields"].add(attributes.get("name"))

    def handle_data(self, data: str) -> None:
        if text := " ".join(data.split()):
            self.words.append(text)


def outline(sample: str, language: str = "en") -> Outline:
    return Outline(render(Picture(sample, language, "light"), environment("/static/")))


each_sample = pytest.mark.parametrize("sample", SAMPLES)


@each_sample
def test_a_page_has_its_name_its_language_and_one_title(sample: str) -> None:
    page = outline(sample, "zh-CN")
    assert page.page in NAMES
    assert page.language == "zh-CN"
    assert page.headings.count(1) == 1
    assert page.headings[0] == 1
    assert all(after - before <= 1 for before, after in zip(page.headings, page.headings[1:], strict=False))
    assert len(page.ids) == len(set(page.ids))


def test_every_page_of_the_contract_and_every_template_is_in_the_gallery() -> None:
    assert {outline(sample).page for sample in SAMPLES} == NAMES
    shown = {template for template, _ in SAMPLES.values()}
    parts = {"base.html", "demo/people.html", "macros/frame.html", "macros/forms.html", "macros/identity.html"}
    files = {str(path.relative_to(templates.FOLDER)) for path in templates.FOLDER.rglob("*.html")}
    assert files == shown | parts


@pytest.mark.parametrize("sample", ACTIONS)
def test_the_controls_of_a_journey_can_be_found_by_name(sample: str) -> None:
    assert outline(sample).actions >= ACTIONS[sample]


@each_sample
def test_every_form_carries_the_tokens_it_needs(sample: str) -> None:
    in_journey = "ticket" in SAMPLES[sample][1]
    for form in outline(sample).forms:
        if str(form.get("action")).startswith("https:"):
            assert form["fields"].isdisjoint({"csrf_token", "ticket"}), "what is ours is no site's"
        elif form.get("method") == "post":
            assert "csrf_token" in form["fields"]
            assert ("ticket" in form["fields"]) == (in_journey and form.get("action") not in OF_NO_JOURNEY)
        else:
            assert form["fields"].isdisjoint({"csrf_token", "ticket"}), "an address is no place for a token"


@pytest.mark.parametrize("sample", [name for name, (_, variables) in SAMPLES.items() if "ticket" in variables])
def test_a_journey_shows_who_asks_and_the_way_out(sample: str) -> None:
    page = outline(sample)
    assert {"集市 Stalls", "shop.example"} <= set(page.words)
    assert [form for form in page.forms if form.get("action") == "/authorize/cancel"]
    links = {attributes.get("href") for tag, attributes in page.tags if tag == "a"}
    assert {JOURNEY["site"]["policy_uri"], JOURNEY["site"]["tos_uri"]} <= links


@each_sample
def test_nothing_on_a_page_needs_more_than_the_policy_allows(sample: str) -> None:
    for tag, attributes in outline(sample).tags:
        assert "style" not in attributes
        assert not [name for name in attributes if name.startswith("on")]
        assert tag != "style"
        source = (attributes.get("src") if tag != "iframe" else None) or (
            attributes.get("href") if tag == "link" else None
        )
        assert source is None or (
            source.startswith("/static/") and (STATIC / source.removeprefix("/static/")).is_file()
        )
        assert tag != "script" or source is not None
        assert not str(attributes.get("href")).lower().startswith("javascript:")


def test_whatever_a_site_calls_itself_is_text() -> None:
    evil = '"><script>alert(1)</script>'
    site = {"name": evil, "host": evil, "policy_uri": "https://x.example/?a=\"'<b>", "initial": "<"}
    jinja = environment("/static/")
    for template, variables in SAMPLES.values():
        shown = {**variables, "site": site, "ticket": evil, "query": evil, "error_id": evil}
        frame = {"lang": "en", "theme": "light", "languages": i18n.LANGUAGES, "current_path": evil}
        html = jinja.get_template(template).render({**shown, **frame})
        assert "<script>alert" not in html
        assert "<b>" not in html


@each_sample
def test_a_chinese_page_holds_no_english_of_ours(sample: str) -> None:
    catalogue = i18n.load("zh-CN").messages
    page = outline(sample, "zh-CN")
    spoken = {text for text in page.words if re.search("[A-Za-z]{3}", text)}
    spoken |= {str(attributes.get(name)) for _, attributes in page.tags for name in ("aria-label", "placeholder")}
    assert (spoken - {WORDMARK}).isdisjoint(catalogue)
