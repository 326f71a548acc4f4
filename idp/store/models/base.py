"""What every table is made with: the base, the mark of its half, keys without order."""

from __future__ import annotations

from typing import Any

from sqlalchemy import MetaData, String, Table
from sqlalchemy.orm import DeclarativeBase

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Our own declarative base; Flask-SQLAlchemy only borrows its metadata."""

    metadata = MetaData(naming_convention=NAMING)


def in_half(half: str, *constraints: Any) -> tuple[Any, ...]:
    """Table arguments: the half a table belongs to, without SQLite's telling row numbers."""
    return (*constraints, {"info": {"half": half}, "sqlite_with_rowid": False})


PersonKey = String(22)
"""22 characters: base64url of 128 random bits."""


def table_of(model: type[Base]) -> Table:
    """Return the Core table of a model, typed as such."""
    table = model.__table__
    assert isinstance(table, Table)  # noqa: S101 — narrows a declarative attribute that is typed wider than it is
    return table
