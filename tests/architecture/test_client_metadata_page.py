"""The page about client metadata says what the code takes: every member, and its default."""

from __future__ import annotations

import json
import re
from dataclasses import fields

from clients.client import Registration
from clients.metadata import UNSUPPORTED, MetadataPolicy, validate
from tests.architecture.repository import ROOT

PAGE = (ROOT / "docs" / "client-metadata.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| `([a-z_0-9]+)` \| ([^|]+) \|", PAGE, re.MULTILINE))
REFUSED = re.findall(r"^\| `([a-z_]+)` \|$", PAGE, re.MULTILINE)
LEAST = validate({"redirect_uris": ["https://site.example/cb"]}, policy=MetadataPolicy()).to_response()
OUTSIDE = {"name": "client_name", "scopes": "scope", "web_origins": "allowed_cors_origins"}
NOT_SAID = {"sector", "names", "either_secret_method"}
IN_WORDS = {"client_name": "the sector", "redirect_uris": "required"}


def test_every_member_that_is_taken_is_on_the_page_and_no_other() -> None:
    taken = {OUTSIDE.get(each.name, each.name) for each in fields(Registration) if each.name not in NOT_SAID}
    assert set(ROWS) == taken | {"subject_type"}


def test_the_defaults_are_the_codes() -> None:
    for member, default in ROWS.items():
        if member in IN_WORDS:
            assert default == IN_WORDS[member]
        elif member in LEAST:
            assert json.loads(default.strip("`")) == LEAST[member], member
        else:
            assert default == "none", member


def test_what_is_refused_is_on_the_page() -> None:
    assert list(UNSUPPORTED) == REFUSED
