"""Where the time of one silent login goes, by part, measured inside one process."""

from __future__ import annotations

import cProfile
import pstats
import tempfile
from datetime import UTC, datetime
from pathlib import Path

PARTS = (
    (
        "SQLite, reading and writing (with the commits' fsync)",
        ("'execute' of 'sqlite3", "'commit' of 'sqlite3", "'fetch"),
    ),
    ("SQLAlchemy around it", ("sqlalchemy/",)),
    ("Flask, Werkzeug, Jinja", ("flask/", "werkzeug/", "flask_wtf/", "flask_sqlalchemy/", "jinja2/", "blinker/")),
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
        profiler = cProfile.Profile()
        for _ in range(20):
            site.token(code=person.code_for(site))
        profiler.enable()
        for _ in range(turns):
            site.token(code=person.code_for(site))
        profiler.disable()
        house.services.database.close()
    return _table(pstats.Stats(profiler), turns)


def _table(stats: pstats.Stats, turns: int) -> str:
    spent = {label: 0.0 for label, _ in PARTS} | {"Python itself, and the test client that calls": 0.0}
    for (file, _line, name), (_calls, _primitive, own, _cumulative, _callers) in stats.stats.items():  # type: ignore[attr-defined]
        place = f"{file}:{name}"
        label = next((label for label, marks in PARTS if any(mark in place for mark in marks)), None)
        spent[label or "Python itself, and the test client that calls"] += own
    total = sum(spent.values())
    rows = [
        f"| {label} | {seconds / total:.0%} | {seconds / turns * 1e6:,.0f} |"
        for label, seconds in sorted(spent.items(), key=lambda each: -each[1])
    ]
    note = "The profiler itself slows Python code down about twofold, and built-in code hardly: read the shares so."
    return "\n".join(
        [
            "## Where one login's time goes",
            "",
            note,
            "",
            "| part | share | µs under the profiler |",
            "|---|---|---|",
            *rows,
        ]
    )
