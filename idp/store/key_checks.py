"""The keys a database was written under: a wrong key refuses to start, for it would silently mint new pseudonyms."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from idp.store.models import KeyCheck, Person, table_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

KEY_CHECKS, PEOPLE = table_of(KeyCheck), table_of(Person)


class WrongKey(Exception):
    """A key is not the one this database was written under.

    ``name`` tells which; ``known`` is False where the database was never bound to a key of that name.
    """

    def __init__(self, name: str, *, known: bool = True) -> None:
        super().__init__(
            f"the {name} key is not the one this database was written under; put the right key file back "
            f"(from its backup shares, if need be). Nothing was changed."
        )
        self.name = name
        self.known = known


def claim(connection: Connection, values: Mapping[str, str]) -> None:
    """Bind a database to its keys, the first time; afterwards raise :class:`WrongKey` for any that differs.

    One that holds people but was bound to no keys has lost what it was bound to: any key may be the wrong one.
    """
    known = {row.name: row.value for row in connection.execute(select(KEY_CHECKS))}
    if not known and connection.execute(select(PEOPLE.c.person_id).limit(1)).first() is not None:
        raise WrongKey(next(iter(values)), known=False)
    for name, value in values.items():
        if name not in known:
            connection.execute(insert(KEY_CHECKS).values(name=name, value=value))
        elif not hmac.compare_digest(known[name], value):
            raise WrongKey(name)


def check(connection: Connection, values: Mapping[str, str]) -> None:
    """Raise :class:`WrongKey` unless every key is the one the database is bound to."""
    known = {row.name: row.value for row in connection.execute(select(KEY_CHECKS))}
    for name, value in values.items():
        if name not in known:
            raise WrongKey(name, known=False)
        if not hmac.compare_digest(known[name], value):
            raise WrongKey(name)
