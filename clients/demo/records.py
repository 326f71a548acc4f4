"""What a site keeps: who came, under the pseudonym that only this site knows, and what they wrote."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS people (sub TEXT PRIMARY KEY, received TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS entries (
    id TEXT PRIMARY KEY, sub TEXT NOT NULL REFERENCES people,
    title TEXT NOT NULL, words TEXT NOT NULL, at INTEGER NOT NULL
) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """All that the provider told the site about a person at the latest sign-in."""

    userinfo: dict[str, Any]
    header: dict[str, Any]
    claims: dict[str, Any]
    """The ID token's, after it was verified."""
    id_token: str = field(repr=False)
    access_token_hash: str = field(repr=False)
    """SHA-256, in hex: enough to compare, useless to a thief."""

    @property
    def sub(self) -> str:
        """The person's pseudonym at this site."""
        return str(self.claims["sub"])

    @property
    def code_name(self) -> str:
        """The name the person goes by here."""
        return str(self.userinfo.get("nickname") or f"#{self.sub[:6]}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something a person put up: a stall of the market or a post of the teahouse."""

    title: str
    words: str
    by: str
    """The author's code name, as it is now."""
    sub: str
    at: int
    """Unix seconds."""


class Records:
    """A site's own little database, one SQLite file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._open() as database:
            database.executescript(_SCHEMA)

    def remember(self, received: Received) -> None:
        """Keep what was received, in the place of what was received before."""
        text = json.dumps({name: getattr(received, name) for name in Received.__slots__})
        with self._open() as database:
            database.execute("INSERT OR REPLACE INTO people VALUES (?, ?)", (received.sub, text))

    def person(self, sub: str | None) -> Received | None:
        """Give what was received about one person, if anything."""
        with self._open() as database:
            row = database.execute("SELECT received FROM people WHERE sub = ?", (sub,)).fetchone()
        return Received(**json.loads(row[0])) if row else None

    def everybody(self) -> list[Received]:
        """Give all the site has, in no telling order: by pseudonym."""
        with self._open() as database:
            rows = database.execute("SELECT received FROM people ORDER BY sub").fetchall()
        return [Received(**json.loads(row[0])) for row in rows]

    def put(self, entry_id: str, *, sub: str, title: str, words: str, at: int) -> None:
        """Put up an entry, or change the one of that id."""
        with self._open() as database:
            database.execute("INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?, ?)", (entry_id, sub, title, words, at))

    def entries(self, *, limit: int = 50) -> list[Entry]:
        """Give the latest entries, newest first."""
        query = (
            "SELECT title, words, sub, at, received FROM entries JOIN people USING (sub) ORDER BY at DESC, id LIMIT ?"
        )
        with self._open() as database:
            rows = database.execute(query, (limit,)).fetchall()
        return [
            Entry(title=title, words=words, by=Received(**json.loads(received)).code_name, sub=sub, at=at)
            for title, words, sub, at, received in rows
        ]

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path, timeout=10)) as database, database:
            yield database
