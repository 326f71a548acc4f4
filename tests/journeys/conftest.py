"""A real browser, and the provider and both demo sites as they ship."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests import live

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[live.Demo]:
    """The provider, the shop and the forum."""
    with live.demo(tmp_path_factory.mktemp("demo")) as running:
        yield running


@pytest.fixture(scope="session")
def chrome(browser: Browser) -> Browser:
    """The one Chromium; each person gets a context of their own."""
    return browser
