"""Where the time of one silent login goes, by part, measured inside one process."""

from __future__ import annotations

import cProfile
import io
import pstats
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from wsgiref.types import WSGIApplication

PARTS = (
    (
        "SQLite, reading and writing (with the commits' fsync)",
        ("'execute' of 'sqlite3", "'commit' of 'sqlite3", "'fetch"),
    ),
    ("SQLAlchemy around it", ("sqlalchemy/",)),
    ("Flask and Werkzeug", ("flask/", "werkzeug/", "flask_wtf/", "flask_sqlalchemy/", "jinja2/", "blinker/")),
    ("our own code", ("idp/", "keys/", "clients/")),
    (
        "cryptography and hashing",
        ("cryptography", "'sign'", "openssl", "_hashlib", "hmac", "'encrypt'", "'decrypt'", "sha256"),
    ),
    ("JSON (msgspec)", ("msgspec",)),
)


def report(turns: int = 400) -> str:
    """Return a table: share of one login's time spent in each part itself, most expensive first."""
    import keys
    from tests import house as building  # the house of the tests: one process, SQLite on disk

    with tempfile.TemporaryDirectory() as name:
        keyring = keys.create_keyring("memory:tests", now=datetime.now(UTC))
        house = building.build(Path(name), keyring)
        site, person = house.site(), house.person()
        person.arrive(site.request())
        cookie = person.browser.get_cookie("yufu_session", domain="localhost")
        caller = Caller(house.app, site.request(), site.basic(), cookie.value if cookie else "")
        profiler = cProfile.Profile()
        for _ in range(20):
            caller.login()
        profiler.enable()
        for _ in range(turns):
            caller.login()
        profiler.disable()
        house.services.database.close()
    return _table(pstats.Stats(profiler), turns)


class Caller:
    """Calls the application as its server does, with as little as possible around it."""

    def __init__(self, app: WSGIApplication, address: str, basic: str, cookie: str) -> None:
        from tests.house import CALLBACK, VERIFIER

        self._app = app
        self._query = address.partition("?")[2]
        self._form = f"grant_type=authorization_code&redirect_uri={CALLBACK}&code_verifier={VERIFIER}&code="
        self._basic, self._cookie = basic, cookie
        self._headers: list[tuple[str, str]] = []

    def login(self) -> None:
        """Run a whole silent sign-in."""
        cookies = f"yufu_session={self._cookie}; yufu_browser={self._cookie}"
        self._call(REQUEST_METHOD="GET", PATH_INFO="/authorize", QUERY_STRING=self._query, HTTP_COOKIE=cookies)
        location = dict(self._headers)["Location"]
        body = (self._form + location.partition("code=")[2].partition("&")[0]).encode()
        form = {"CONTENT_TYPE": "application/x-www-form-urlencoded", "CONTENT_LENGTH": str(len(body))}
        told = self._call(body, REQUEST_METHOD="POST", PATH_INFO="/token", HTTP_AUTHORIZATION=self._basic, **form)
        assert b"access_token" in told, told

    def _call(self, body: bytes = b"", **environ: str) -> bytes:
        def start(_status: str, headers: list[tuple[str, str]], _error: object = None, /) -> Callable[[bytes], object]:
            self._headers = headers
            return lambda _data: None

        given = {"HTTP_HOST": "localhost:9000", "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(body), **environ}
        return b"".join(self._app(given, start))


def _table(stats: pstats.Stats, turns: int) -> str:
    spent = {label: 0.0 for label, _ in PARTS} | {"Python itself, its library and the caller": 0.0}
    for (file, _line, name), (_calls, _primitive, own, _cumulative, _callers) in stats.stats.items():  # type: ignore[attr-defined]
        place = f"{file}:{name}"
        label = next((label for label, marks in PARTS if any(mark in place for mark in marks)), None)
        spent[label or "Python itself, its library and the caller"] += own
    total = sum(spent.values())
    rows = [
        f"| {label} | {seconds / total:.0%} | {seconds / turns * 1e6:,.0f} |"
        for label, seconds in sorted(spent.items(), key=lambda each: -each[1])
    ]
    note = "The profiler itself slows Python code down about twofold, and built-in code hardly: read the shares so."
    return "\n".join(
        [
            note,
            "",
            "| part | share | µs under the profiler |",
            "|---|---|---|",
            *rows,
        ]
    )
