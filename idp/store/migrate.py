"""Bring a database to the schema of this release, or say what is missing.

Alembic is imported here only, and here only when asked: web workers never need it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection

    from idp.store.database import Database

FOLDER = Path(__file__).parent / "migrations"


def upgrade(database: Database, *, to: str = "head") -> None:
    """Apply every migration that is missing, in one transaction."""
    from alembic import command

    with database.write() as connection:
        command.upgrade(_config(connection), to)


def revision(connection: Connection) -> str | None:
    """Return the schema's revision; None for a database without a schema."""
    from alembic.migration import MigrationContext

    return MigrationContext.configure(connection).get_current_revision()


def head() -> str:
    """Return the revision this release works with."""
    from alembic.script import ScriptDirectory

    found = ScriptDirectory(str(FOLDER)).get_current_head()
    assert found is not None  # noqa: S101 — a release without migrations does not exist
    return found


def knows(revision: str) -> bool:
    """Tell whether a revision is this release's or an earlier one's."""
    from alembic.script import ScriptDirectory

    return any(each.revision == revision for each in ScriptDirectory(str(FOLDER)).walk_revisions())


def differences(connection: Connection) -> list[Any]:
    """Return what differs between the database and the models; empty when migrations and models agree."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from idp.store.models import Base

    return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))


def _config(connection: Connection) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    return config
