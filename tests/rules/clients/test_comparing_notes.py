"""Two sites put all they have on one table: the comparison finds what would join them, and finds nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.demo import notes
from tests.rules.clients.conftest import make_site

if TYPE_CHECKING:
    from pathlib import Path

    from tests.rules.clients.conftest import Site
    from tests.rules.clients.tiny_provider import TinyProvider

HERE = {"userinfo · sub": "aaaaaaaa", "userinfo · verified": "true", "userinfo · verified_on": "2026-11-01"}
THERE = {"userinfo · sub": "bbbbbbbb", "userinfo · verified": "true", "userinfo · verified_on": "2026-11-01"}
ANOTHER = THERE | {"userinfo · sub": "cccccccc", "userinfo · verified_on": "2026-10-01"}


def comparison_page(market: Site, teahouse: Site) -> str:
    """Follow the browser from the market to the teahouse and back."""
    away = market.get("/compare")
    assert away.location.endswith("/notes/carry")
    back = teahouse.get("/notes/carry")
    assert back.location.startswith("http://localhost:9001/compare?ticket=")
    return market.get(back.location.removeprefix(market.base)).text


def verdicts(page: str) -> dict[str, str]:
    return dict(re.findall(r'data-field="([^"]+)" data-verdict="([^"]+)"', page))


def test_nothing_joins_the_two_records_of_one_person(both: tuple[Site, Site]) -> None:
    market, teahouse = both
    market.sign_in()
    teahouse.sign_in()
    page = comparison_page(market, teahouse)
    assert 'data-joined="no"' in page
    found = verdicts(page)
    assert found["userinfo · sub"] == "differs"
    assert found["ID token · sub"] == "differs"
    assert found["userinfo · verified"] == "common"
    assert {field for field, verdict in found.items() if verdict == "telling"} == set()
    equal = {field.rpartition(" · ")[2] for field, verdict in found.items() if verdict == "common"}
    assert equal <= notes.CONSTANT | notes.COARSE | notes.TIMES


def test_a_provider_with_one_pseudonym_for_all_sites_would_be_caught(both: tuple[Site, Site]) -> None:
    market, teahouse = both
    market.provider.claims = market.provider.userinfo = {
        "sub": "the-same-everywhere",
        "verified": True,
        "age_over_18": True,
    }
    market.sign_in()
    teahouse.sign_in()
    page = comparison_page(market, teahouse)
    assert 'data-joined="yes"' in page
    assert verdicts(page)["userinfo · sub"] == "telling"


def test_whoever_is_not_at_both_sites_is_told_where_to_go(both: tuple[Site, Site]) -> None:
    market, teahouse = both
    assert 'data-action="sign-in"' in market.get("/compare").text
    market.sign_in()
    assert 'data-action="partner"' in comparison_page(market, teahouse)
    assert 'data-action="partner"' in market.get("/compare?ticket=made-up").text


def test_a_site_that_is_not_there_has_a_page(tmp_path: Path, provider: TinyProvider) -> None:
    market = make_site("shop", tmp_path, provider, SHOP_PARTNER="http://localhost:1")
    market.sign_in()
    assert 'data-error="partner_unreachable"' in market.get("/compare").text


@pytest.mark.parametrize("path", ["/notes.json", "/notes/carry"])
def test_outside_of_a_demonstration_no_site_shows_its_records(
    path: str, tmp_path: Path, provider: TinyProvider
) -> None:
    teahouse = make_site("forum", tmp_path, provider, FORUM_PARTNER="https://market.example")
    assert teahouse.get(path).status_code == 404
    market = make_site("shop", tmp_path, provider, SHOP_BASE="https://market.example")
    assert market.browser.get("/compare", base_url="https://market.example").status_code == 404


def test_the_notes_hold_no_token(both: tuple[Site, Site]) -> None:
    _, teahouse = both
    teahouse.sign_in()
    text = teahouse.get("/notes.json").text
    assert teahouse.provider.sub("demo-forum") in text
    assert "eyJ" not in text
    assert "token-of" not in text


def test_a_date_is_telling_only_where_it_is_rare() -> None:
    alone = notes.compare(HERE, THERE, everybody=[THERE])
    among = notes.compare(HERE, THERE, everybody=[THERE, ANOTHER])
    assert not alone.joined
    assert [line.field for line in among.lines if line.telling] == ["userinfo · verified_on"]


def test_a_value_under_another_name_is_found() -> None:
    result = notes.compare(HERE, THERE | {"userinfo · picture": "https://id.example/aaaaaaaa.png"}, everybody=[THERE])
    assert result.echoes == (("userinfo · sub", "userinfo · picture"),)
    assert result.joined


def test_a_field_of_one_site_only_joins_nothing() -> None:
    result = notes.compare(HERE | {"userinfo · age_over_18": "true"}, THERE, everybody=[THERE])
    assert result.lines[-1].verdict == "only-here"


@given(
    ours=st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=4),
    theirs=st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=4),
)
def test_every_field_has_one_line_and_one_verdict(ours: dict[str, str], theirs: dict[str, str]) -> None:
    result = notes.compare(ours, theirs, everybody=[theirs])
    assert {line.field for line in result.lines} == ours.keys() | theirs.keys()
    assert len(result.lines) == len(ours.keys() | theirs.keys())
    assert result.equal == sum(ours.get(field) == value for field, value in theirs.items())
