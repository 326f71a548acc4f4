"""A browser that is shown the gallery under the provider's own content security policy, without any server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from idp.web.security import POLICY
from tests import gallery

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, BrowserContext, Page, Route

ORIGIN: Final = "https://yufu.test"
TYPES: Final = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


class Album:
    """Opens pictures of the gallery and remembers what the browser complains about (a refused script, a lost file)."""

    def __init__(self, context: BrowserContext) -> None:
        self.page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.route(f"{ORIGIN}/**", serve)

    def open(self, picture: gallery.Picture, *, width: int) -> Page:
        """Show a picture in a window of this width."""
        self.page.set_viewport_size({"width": width, "height": 700})
        self.page.goto(f"{ORIGIN}/gallery/{picture.sample}.{picture.language}.{picture.theme}")
        return self.page


def serve(route: Route) -> None:
    """Answer with a picture, a static file, or an empty JSON object to what a script asks for."""
    path = route.request.url.removeprefix(ORIGIN)
    if path in {
        "/static/form-post.js",
        "/static/onward.js",
    }:  # it leaves the page at once: tests/specs/oauth_response_modes sees it do so
        route.fulfill(body="", content_type=TYPES[".js"])
    elif path.startswith("/static/"):
        file = gallery.STATIC / path.removeprefix("/static/")
        route.fulfill(body=file.read_bytes(), content_type=TYPES[file.suffix])
    elif path.startswith("/gallery/"):
        picture = gallery.Picture(*path.removeprefix("/gallery/").rsplit(".", 2))
        body = gallery.render(picture, gallery.environment("/static/"))
        headers = {"Content-Security-Policy": POLICY}
        route.fulfill(body=body, content_type="text/html; charset=utf-8", headers=headers)
    else:
        route.fulfill(body="{}", content_type="application/json")


@pytest.fixture(scope="module")
def album(browser: Browser) -> Iterator[Album]:
    """One window for all the pictures of a module: opening a new one costs more than looking."""
    with browser.new_context() as context:
        yield Album(context)


@pytest.fixture
def look(album: Album) -> Iterator[Callable[..., Page]]:
    """Return a function that opens a picture: `look(picture, width=360)`. Complaints fail the test at its end."""
    album.complaints.clear()
    yield album.open
    assert album.complaints == []


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Return a function that opens a picture in a window with options of its own: `open_page(picture, locale=…)`.

    `prepare(page)` is called before the page is opened. Complaints fail the test at its end.
    """
    albums: list[tuple[BrowserContext, Album]] = []

    def open_it(picture: gallery.Picture, *, prepare: Callable[[Page], Any] | None = None, **options: Any) -> Page:
        context = browser.new_context(**options)
        fresh = Album(context)
        albums.append((context, fresh))
        if prepare is not None:
            prepare(fresh.page)
        return fresh.open(picture, width=1280)

    yield open_it
    for context, _ in albums:
        context.close()
    assert [text for _, fresh in albums for text in fresh.complaints] == []
