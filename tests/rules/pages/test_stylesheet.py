"""The stylesheet keeps to its own rules, as far as text can tell."""

from __future__ import annotations

import re
from typing import Final

from tests.gallery import STATIC

CSS: Final = (STATIC / "yufu.css").read_text(encoding="utf-8")
TOKENS: Final = dict(re.findall(r"(--[\w-]+): light-dark\((#\w+), #\w+\);", CSS))


def test_older_browsers_get_the_colours_of_the_light_theme() -> None:
    fallback = CSS.split("@supports not", 1)[1].split("\n}\n", 1)[0]
    assert dict(re.findall(r"(--[\w-]+): (#\w+);", fallback)) == TOKENS


def test_every_token_that_is_used_is_defined() -> None:
    assert set(re.findall(r"var\((--[\w-]+)\)", CSS)) <= set(re.findall(r"(--[\w-]+):", CSS))


def test_nothing_is_fetched_from_anywhere_else() -> None:
    files = re.findall(r'url\("([^"]+)"\)', CSS)
    assert files
    assert all((STATIC / file).is_file() for file in files)
    assert "@import" not in CSS
