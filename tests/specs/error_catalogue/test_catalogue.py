"""Every error code that a site can receive is explained, by the provider and in the documentation."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from idp.oidc.errors import Code
from idp.web import error_catalogue
from tests.architecture.repository import ROOT
from tests.house import ISSUER, answered, page_of, posted
from tests.specs.jarm.test_signed_responses import carried, jarm_site, opened

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from werkzeug.test import TestResponse

    from tests.house import House

WORDS = re.compile(r"[\x20-\x21\x23-\x5b\x5d-\x7e]+")
"""What a description may be made of (RFC 6749 §4.1.2.1, §5.2)."""

PAGE = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")


def test_the_page_has_every_code_and_no_other() -> None:
    assert sorted(re.findall(r"^## (\w+)$", PAGE, re.MULTILINE)) == sorted(code.word for code in Code)


def test_the_page_says_what_the_provider_says() -> None:
    assert error_catalogue.as_markdown() == PAGE


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_every_code_is_explained_in_both_languages(house: House, language: str) -> None:
    for code in Code:
        response = house.browser().get(f"/errors/{code.word}", base_url=ISSUER, headers={"Accept-Language": language})
        assert (response.status_code, page_of(response)) == (200, "help"), code
        assert f'lang="{language}"' in response.text, code
        assert (error_catalogue.CATALOGUE[code].cause in response.text) is (language == "en"), code


def test_what_is_no_code_of_ours_is_not_found(house: House) -> None:
    assert house.browser().get("/errors/no_such_error", base_url=ISSUER).status_code == 404


def leads_to_its_page(house: House, told: Mapping[str, str]) -> bool:
    path = told["error_uri"].removeprefix(ISSUER)
    right = path == f"/errors/{told['error']}" and WORDS.fullmatch(told["error_description"]) is not None
    return right and page_of(house.browser().get(path, base_url=ISSUER)) == "help"


def test_a_refusal_that_travels_through_the_browser_names_its_page(house: House) -> None:
    """Line C13: ``error_uri`` is one of the parameters that may be there, and has to be valid."""
    site, stranger = jarm_site(house), house.stranger()
    for mode, read in WAYS.items():
        response = stranger.visit(site.request(response_mode=mode, prompt="none"))
        assert leads_to_its_page(house, read(house, response)), mode


WAYS: dict[str, Callable[[House, TestResponse], dict[str, str]]] = {
    "query": lambda _, response: answered(response),
    "form_post": lambda _, response: posted(response),
    "jwt": lambda house, response: opened(house, carried(response)),
}
REFUSED = [
    *(("POST", path, 401) for path in ("/token", "/par", "/revoke", "/introspect", "/device_authorization")),
    *[("GET", "/userinfo", 401), ("POST", "/register", 401), ("GET", "/token", 405)],
]


def test_a_refusal_in_json_names_its_page(house: House) -> None:
    """Line C14: ``error`` and ``error_description`` of the characters that are allowed, ``error_uri`` valid."""
    for method, path, status in REFUSED:
        body: dict[str, Any] = {"json": {}} if path == "/register" else {"data": {"client_id": "nobody"}}
        response = house.browser().open(path, method=method, base_url=ISSUER, **(body if method == "POST" else {}))
        assert response.status_code == status, path
        assert leads_to_its_page(house, response.get_json()), path
