"""Settings, database and keys as commands open them, with words for what is wrong."""

from __future__ import annotations

import os
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import keys
from idp import settings as configuration
from idp.cli.output import Failure
from keys.errors import KeyFileError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idp.settings import Settings
    from idp.store.database import Database


def now() -> datetime:
    """Return the time: commands are where the clock is read."""
    return datetime.now(tz=UTC)


def settings() -> Settings:
    """Load the settings, or list everything that is wrong with them."""
    try:
        return configuration.load(os.environ)
    except configuration.SettingsError as wrong:
        faults = "\n     ".join(str(fault) for fault in wrong.faults)
        raise Failure(
            f"the settings cannot be used:\n     {faults}", "`idp config show` lists every setting."
        ) from wrong


def keyring(chosen: Settings) -> keys.Keyring:
    """Open the keys."""
    try:
        return keys.open_keyring(chosen.keys.url)
    except KeyFileError as wrong:
        raise Failure(str(wrong), "A first start needs `idp keys init`.") from wrong


@contextmanager
def database(chosen: Settings, *, ready: bool = True) -> Iterator[Database]:
    """Open the database; with ``ready``, refuse one whose schema is not this release's."""
    from idp.store.database import Database, DatabaseError, make_room, shown

    make_room(chosen.db.url)
    opened = Database.open(chosen.db.url, pool_size=chosen.db.pool_size)
    try:
        if ready:
            require_schema(opened)
        yield opened
    except DatabaseError as wrong:
        what = f"the database {shown(chosen.db.url)} failed: {type(wrong).__name__}"
        raise Failure(what, "Is it running, and may we write to it?") from wrong
    finally:
        opened.close()


def require_schema(opened: Database) -> None:
    """Refuse to work on a schema that is not this release's."""
    from idp.store import migrate

    with opened.read() as connection:
        found = migrate.revision(connection)
    if found != migrate.head():
        raise Failure(
            f"the database has schema {found or 'none'}, this release needs {migrate.head()}", "Run `idp db upgrade`."
        )
