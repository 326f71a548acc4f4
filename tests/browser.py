"""The browser of the tests: which one, with which flags, and one for the whole run.

Run as a program (`tests/browser.py PATH`) it proves that a Chromium starts and can be driven; `./dev test` does that
before it believes in one.
"""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Playwright

FLAGS: Final = (
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""A test's browser talks to nobody but the servers of the test."""


def launch(playwright: Playwright, path: str | None = None) -> Browser:
    """Start the Chromium at `path`, otherwise the one that `./dev` found (`IDP_CHROMIUM`), otherwise one on PATH.

    The sandbox stays on where the system lets an ordinary user have one. It meets only our own pages, so its absence
    (root in a container, a system that forbids user namespaces) is no reason to give up.
    """
    from playwright.sync_api import Error

    path = path or os.environ.get("IDP_CHROMIUM") or shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if os.geteuid() != 0:
        try:
            return playwright.chromium.launch(executable_path=path, args=list(FLAGS), chromium_sandbox=True)
        except Error as error:
            if "sandbox" not in error.message:
                raise
    return playwright.chromium.launch(executable_path=path, args=list(FLAGS), chromium_sandbox=False)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of a process, as Playwright can be started only once; whoever comes gets a context."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = launch(playwright)
        yield launched
        launched.close()


def prove(path: str) -> None:
    """Open a page in the browser at `path`; raises what is wrong with it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = launch(playwright, path)
        chromium.new_page().set_content("<title>here</title>")
        chromium.close()


if __name__ == "__main__":
    prove(sys.argv[1])
