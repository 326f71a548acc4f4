"""The keys a database was written under: a wrong key refuses to start, for it would silently mint new pseudonyms."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from idp.store.models import Grant, KeyCheck, Person, SubjectRow, table_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

KEY_CHECKS = table_of(KeyCheck)
NAMED_BY_KEYS = (table_of(Person), table_of(SubjectRow), table_of(Grant))
"""Where there is a row in any of these, pseudonyms have been made or will be: another key would rename people."""


class WrongKey(Exception):
    """A key is not the one this database was written under; ``name`` tells which."""

    def __init__(self, name: str) -> None:
        super().__init__(self.words(name))
        self.name = name

    @staticmethod
    def words(name: str) -> str:
        """Say what is wrong."""
        return (
            f"the {name} key is not the one this database was written under; put the right key file back "
            f"(from its backup shares, if need be). Nothing was changed."
        )


class NotBound(WrongKey):
    """A new database that was never bound to a key of that name."""


class KeysForgotten(WrongKey):
    """A database that is in use but has lost what it was bound to: any key may be the wrong one."""

    @staticmethod
    def words(name: str) -> str:
        """Say what is wrong."""
        return f"the database holds people or their grants, but not under which {name} key they were registered"


def claim(connection: Connection, values: Mapping[str, str]) -> None:
    """Bind a new database to its keys; raise :class:`WrongKey` for any that differs, or that one in use forgot."""
    try:
        check(connection, values)
    except NotBound:
        known = _known(connection)
        missing = [{"name": name, "value": value} for name, value in values.items() if name not in known]
        connection.execute(insert(KEY_CHECKS), missing)
        check(connection, values)


def check(connection: Connection, values: Mapping[str, str]) -> None:
    """Raise :class:`WrongKey` unless every key is the one the database is bound to."""
    known = _known(connection)
    for name, value in values.items():
        if name not in known:
            raise KeysForgotten(name) if _in_use(connection) else NotBound(name)
        if not hmac.compare_digest(known[name], value):
            raise WrongKey(name)


def _known(connection: Connection) -> dict[str, str]:
    return {row.name: row.value for row in connection.execute(select(KEY_CHECKS))}


def _in_use(connection: Connection) -> bool:
    return any(connection.execute(select(1).select_from(table).limit(1)).first() for table in NAMED_BY_KEYS)
