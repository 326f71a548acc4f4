"""Settings, database and keys as commands open them, with words for what is wrong."""

from __future__ import annotations

import os
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import keys
from idp import settings as configuration
from idp.cli.output import Failure
from keys.errors import KeyFileError, KeyringExists, KeysError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idp.settings import Settings
    from idp.store.database import Database

CURE_OF_FORGOTTEN_KEYS = "Restore its table key_checks from a backup: any other keys would rename everybody."


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
            f"the settings cannot be used:\n     {faults}", "Mend each; docs/settings.md lists every setting."
        ) from wrong


def keyring(chosen: Settings) -> keys.Keyring:
    """Open the keys."""
    with words_for_keys():
        return keys.open_keyring(chosen.keys.url)


@contextmanager
def words_for_keys() -> Iterator[None]:
    """Turn what can go wrong with keys into words and a cure."""
    try:
        yield
    except KeyFileError as wrong:
        raise Failure(f"{wrong.place}: {wrong.fault}", wrong.cure) from wrong
    except KeyringExists as there:
        raise Failure(str(there), "Use the keys there are, or name an empty folder in `keys.url`.") from there
    except KeysError as wrong:
        raise Failure(str(wrong), "Nothing was changed; `idp doctor` looks at the keys.") from wrong


def bind_keys(opened: Database, held: keys.Keyring) -> None:
    """Bind a new database to these keys; refuse keys that a database was not written under."""
    from idp.readiness import check_values
    from idp.store import key_checks

    with opened.write() as connection:
        try:
            key_checks.claim(connection, check_values(held))
        except key_checks.KeysForgotten as forgotten:
            raise Failure(str(forgotten), CURE_OF_FORGOTTEN_KEYS) from forgotten
        except key_checks.WrongKey as wrong:
            raise Failure(str(wrong), "`idp doctor` compares keys and database.") from wrong


@contextmanager
def database(chosen: Settings, *, ready: bool = True) -> Iterator[Database]:
    """Open the database; with ``ready``, refuse one whose schema is not this release's."""
    from idp.store.database import Database, DatabaseError, is_absent, make_room, shown

    if ready and is_absent(chosen.db.url):
        raise Failure(f"there is no database {shown(chosen.db.url)} yet", "Run `idp db upgrade`.")
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

    refuse_newer_schema(opened)
    with opened.read() as connection:
        found = migrate.revision(connection)
    if found != migrate.head():
        raise Failure(
            f"the database has schema {found or 'none'}, this release needs {migrate.head()}", "Run `idp db upgrade`."
        )


def refuse_newer_schema(opened: Database) -> None:
    """Leave a database alone that a later release has written: what it holds is not known here."""
    from idp.store import migrate

    with opened.read() as connection:
        found = migrate.revision(connection)
    if found is not None and not migrate.knows(found):
        what = f"the database has schema {found}, which this release ({migrate.head()}) does not know"
        raise Failure(what, "Install the release that wrote it, or a later one.")
