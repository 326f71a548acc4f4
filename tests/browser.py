"""The browser of the tests: which one, with which flags.

Run as a program (`tests/browser.py PATH`) it proves that a Chromium starts and can be driven; `./dev test` does that
before it believes in one.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final

from playwright.sync_api import Error, sync_playwright

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

FLAGS: Final = (
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""A test's browser talks to nobody but the servers of the test."""


def launch(playwright: Playwright, path: str | None = None) -> Browser:
    """Start the Chromium at `path`, otherwise the one that `./dev` found (`IDP_CHROMIUM`).

    The sandbox stays on where the system lets an ordinary user have one. It meets only our own pages, so its absence
    (root in a container, a system that forbids user namespaces) is no reason to give up.
    """
    path = path or os.environ.get("IDP_CHROMIUM")
    if os.geteuid() != 0:
        try:
            return playwright.chromium.launch(executable_path=path, args=list(FLAGS), chromium_sandbox=True)
        except Error as error:
            if "sandbox" not in error.message:
                raise
    return playwright.chromium.launch(executable_path=path, args=list(FLAGS), chromium_sandbox=False)


def prove(path: str) -> None:
    """Open a page in the browser at `path`; raises what is wrong with it."""
    with sync_playwright() as playwright:
        browser = launch(playwright, path)
        browser.new_page().set_content("<title>here</title>")
        browser.close()


if __name__ == "__main__":
    prove(sys.argv[1])
