"""The page that sets tests against the modules of the certification suite: both of them are there."""

from __future__ import annotations

import re
from functools import cache

from tests.architecture.repository import ROOT

PAGE = (ROOT / "docs" / "conformance.md").read_text(encoding="utf-8")
SPECS = ROOT / "tests" / "specs"
TEST = re.compile(r"`([\w/]+\.py)::(test_\w+)`")
MODULE = re.compile(r"\b(?:oidcc|ekyc-server)-[\w-]*\w\b")
LINE = re.compile(r"\b[Ll]ines? (C\d+)(?: and (C\d+))?")


@cache
def source(path: str) -> str:
    return (SPECS / path).read_text(encoding="utf-8")


def test_every_test_that_stands_for_a_module_exists() -> None:
    named = TEST.findall(PAGE)
    assert len(named) > 80
    assert [(path, test) for path, test in named if f"\ndef {test}(" not in source(path)] == []


def test_every_row_names_a_test_or_why_there_is_none() -> None:
    rows = [
        line
        for line in PAGE.splitlines()
        if line.startswith("| ") and not line.startswith(("| module", "| line", "| theme"))
    ]
    assert [row for row in rows if not TEST.search(row) and "skipped: " not in row and "`deploy/" not in row] == []


def test_every_module_that_a_test_names_is_on_the_page() -> None:
    named = {name for path in SPECS.rglob("*.py") for name in MODULE.findall(path.read_text(encoding="utf-8"))}
    assert sorted(named - set(MODULE.findall(PAGE))) == []


def test_every_line_that_a_test_names_is_on_the_page() -> None:
    texts = [path.read_text(encoding="utf-8") for path in SPECS.rglob("*.py")]
    named = {line for text in texts for found in LINE.findall(text) for line in found if line}
    assert named
    assert sorted(line for line in named if f"| {line} " not in PAGE) == []
