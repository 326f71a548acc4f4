"""Read-only list pages, through Flask-SQLAlchemy, which also owns the web processes' engine.

The extension only borrows our metadata: models and statements live without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import make_url, or_, select

from idp.store.database import Database, engine_options, prepare
from idp.store.models import Base, ClientRow, Consent

if TYPE_CHECKING:
    from collections.abc import Collection

    from flask import Flask

db = SQLAlchemy(metadata=Base.metadata)
PER_PAGE = 20

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class ConnectedClient:
    """A site that holds a consent of one of a person's pseudonyms."""

    client_id: str
    sector: str
    name: str


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """One page of a list: pages count from 1."""

    items: list[Item]
    page: int
    pages: int
    total: int


def install(app: Flask, url: str, *, pool_size: int) -> Database:
    """Let Flask-SQLAlchemy make the engine of ``app`` and return our own doors to it."""
    app.config["SQLALCHEMY_DATABASE_URI"] = _anchored(url)
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(url, pool_size=pool_size)
    db.init_app(app)
    with app.app_context():
        return Database(prepare(db.engine))


def _anchored(url: str) -> str:
    """Begin a relative SQLite path where everybody else does, at the working directory; the extension has its own."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
        return url
    return parsed.set(database=str(Path(parsed.database).resolve())).render_as_string(hide_password=False)


def connected_clients(subs: Collection[str], *, words: str = "", page: int = 1) -> Page[ConnectedClient]:
    """Return one page of the clients that hold a consent of any of ``subs``, by name."""
    wanted = (
        select(ClientRow)
        .where(ClientRow.client_id.in_(select(Consent.client_id).where(Consent.sub.in_(subs))))
        .where(
            or_(ClientRow.name.icontains(words, autoescape=True), ClientRow.sector.icontains(words, autoescape=True))
        )
        .order_by(ClientRow.name, ClientRow.client_id)
    )
    found = db.paginate(wanted, page=max(page, 1), per_page=PER_PAGE, error_out=False)
    clients = [ConnectedClient(each.client_id, each.sector, each.name) for each in found.items]
    return Page(clients, found.page, max(found.pages, 1), found.total or 0)
