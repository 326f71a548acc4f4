"""Every registration that a profile's page shows is one that an operator can make."""

from __future__ import annotations

import json
import re

import pytest

from clients.metadata import MetadataPolicy, validate
from tests.architecture.repository import ROOT

PAGES = sorted((ROOT / "docs" / "profiles").glob("*.md"))
SHOWN = [
    (page.stem, block)
    for page in PAGES
    for block in re.findall(r"```json\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
]


def test_there_are_registrations_to_hold() -> None:
    assert {"bank", "mobile-app", "old-library", "api"} == {page for page, _ in SHOWN}


@pytest.mark.parametrize(("page", "block"), SHOWN)
def test_what_a_page_registers_is_taken_whole(page: str, block: str) -> None:
    submitted = json.loads(block)
    taken = validate(submitted, policy=MetadataPolicy(by_operator=True, without_pkce=True)).to_response()
    assert submitted == {name: taken[name] for name in submitted}


def test_each_is_linked_from_the_page_for_sites() -> None:
    text = (ROOT / "docs" / "integrate.md").read_text(encoding="utf-8")
    assert [page.name for page in PAGES if f"profiles/{page.name}" not in text] == []
