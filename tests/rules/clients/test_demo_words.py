"""The sites' own things: every sentence in both languages, keys that only their owner reads, honest source lines."""

from __future__ import annotations

import ast
import json
import re
import stat
from pathlib import Path

import pytest

from clients.demo import errors, facts, forum, forum_oidc, registration, settings, shop, shown, site_key
from clients.demo.chinese import CHINESE
from clients.demo.words import Words, words_for

HERE = Path(shop.__file__).parent
SAID = re.compile(r"""_\((?:"([^"]+)"|'([^']+)')""")
PLACE = re.compile(r"\{[a-z]+\}")


def sentences() -> set[str]:
    found = {trouble.title for trouble in errors.TROUBLES.values()} | {
        trouble.words for trouble in errors.TROUBLES.values()
    }
    found |= set(facts.EXPLAINED.values()) | set(facts.NOT_RECEIVED)
    for path in (HERE / "templates" / "shop").glob("*.html"):
        found |= {one or two for one, two in SAID.findall(path.read_text(encoding="utf-8"))}
    for path in (HERE / "templates" / "forum").glob("*.html"):
        found |= set(re.findall(r"\[\[([^\]]+)\]\]", path.read_text(encoding="utf-8")))
    for path in HERE.glob("*.py"):
        found |= set(re.findall(r'\bwords\("([^"]+)"\)', path.read_text(encoding="utf-8")))
    return found


def test_the_sites_use_nothing_of_the_providers_nor_of_the_library() -> None:
    imported = set()
    for path in HERE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                imported.add(node.module or "")
            elif isinstance(node, ast.Import):
                imported |= {each.name for each in node.names}
    ours = {name for name in imported if name.partition(".")[0] in {"clients", "idp", "keys", "templates"}}
    assert {name for name in ours if not f"{name}.".startswith("clients.demo.")} == set()


def test_every_sentence_is_said_in_chinese_and_no_translation_is_left_over() -> None:
    assert sentences() - CHINESE.keys() == set()
    assert CHINESE.keys() - sentences() == set()


def test_a_translation_keeps_the_places_for_values() -> None:
    for english, chinese in CHINESE.items():
        assert set(PLACE.findall(english)) == set(PLACE.findall(chinese))


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("zh", "zh-CN"),
        ("zh-Hant-HK", "zh-CN"),
        ("fr, zh;q=0.5, en;q=0.4", "zh-CN"),
        ("en-GB, zh;q=0.9", "en"),
        ("zh;q=0", "en"),
        ("zh;q=abc, en", "en"),
        ("*" * 10_000, "en"),
    ],
)
def test_the_language_is_the_best_that_we_have(accepted: str, language: str) -> None:
    assert words_for(chosen=None, accepted=accepted).language == language


def test_the_switch_beats_the_browser() -> None:
    assert words_for(chosen="en", accepted="zh").language == "en"
    assert words_for(chosen="tlh", accepted="zh").language == "zh-CN"


def test_a_day_is_written_as_people_write_it() -> None:
    assert Words("en").day(1795478400) == "24 November 2026"
    assert Words("zh-CN").day(1795478400) == "2026年11月24日"


def test_the_lines_shown_are_lines_of_the_source() -> None:
    for module in (shop, forum, forum_oidc):
        source = Path(module.__file__ or "").read_text(encoding="utf-8")
        lines = [line.strip() for line in shown.lines_of(module).splitlines() if line.strip()]
        assert len(lines) > 5
        assert all(line in source for line in lines)
        assert not any("[shown]" in line for line in lines)


def test_the_key_file_is_its_owners_and_stays_the_same(tmp_path: Path) -> None:
    path = tmp_path / "forum.key"
    key = site_key.load_or_create(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert site_key.load_or_create(path) == key
    assert [each.name for each in tmp_path.iterdir()] == ["forum.key"]
    assert "PRIVATE" not in repr(key)
    assert '"d"' not in json.dumps(key.jwks)


def test_a_secret_file_that_is_not_there_is_named() -> None:
    with pytest.raises(settings.Misconfigured, match="SHOP_CLIENT_SECRET_FILE"):
        settings.read("SHOP", {"SHOP_CLIENT_SECRET_FILE": "/nowhere"}, client_id="a", port=1, partner_port=2)


def test_a_secret_is_read_from_its_file_and_not_shown(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hush\n", encoding="utf-8")
    site = settings.read(
        "SHOP", {"SHOP_CLIENT_SECRET_FILE": str(tmp_path / "secret")}, client_id="a", port=1, partner_port=2
    )
    assert site.client_secret == "hush"
    assert "hush" not in repr(site)


def test_the_market_does_not_start_without_its_secret(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("SHOP_CLIENT_SECRET", raising=False)
    monkeypatch.delenv("SHOP_CLIENT_SECRET_FILE", raising=False)
    assert shop.main([]) == 2
    assert "SHOP_CLIENT_SECRET" in capsys.readouterr().err


def test_both_sites_print_what_they_hand_in(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("FORUM_FOLDER", str(tmp_path))
    assert shop.main(["--registration"]) == 0
    assert json.loads(capsys.readouterr().out) == registration.SHOP
    assert forum.main(["--registration"]) == 0
    key = site_key.load_or_create(tmp_path / "forum.key")
    assert json.loads(capsys.readouterr().out) == registration.forum(key.jwks)
