"""Every error code that a site can receive is explained, by the provider and in the documentation."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from idp.oidc.errors import Code
from idp.web import error_catalogue
from tests.architecture.repository import ROOT
from tests.house import ISSUER, page_of

if TYPE_CHECKING:
    from tests.house import House

PAGE = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")


def test_the_page_has_every_code_and_no_other() -> None:
    assert sorted(re.findall(r"^## (\w+)$", PAGE, re.MULTILINE)) == sorted(code.word for code in Code)


def test_the_page_says_what_the_provider_says() -> None:
    assert error_catalogue.as_markdown() == PAGE


@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.parametrize("code", list(Code))
def test_a_code_is_explained_in_both_languages(house: House, code: Code, language: str) -> None:
    response = house.browser().get(f"/errors/{code.word}", base_url=ISSUER, headers={"Accept-Language": language})
    assert (response.status_code, page_of(response)) == (200, "help")
    assert f'lang="{language}"' in response.text
    assert (error_catalogue.CATALOGUE[code].cause in response.text) is (language == "en")


def test_what_is_no_code_of_ours_is_not_found(house: House) -> None:
    assert house.browser().get("/errors/no_such_error", base_url=ISSUER).status_code == 404
