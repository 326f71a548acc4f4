"""Whether this process can do its work: the database answers under our keys, and the keys can still be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from idp.store import key_checks
from idp.store.database import DatabaseError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import keys
    from idp.keyholder import Keyholder
    from idp.store.database import Database


def check_values(keyring: keys.Keyring | Keyholder) -> Mapping[str, str]:
    """Return the check values a database is bound to."""
    return {"bridge": keyring.bridge.check_value, "root": keyring.root.check_value}


@dataclass(frozen=True, slots=True)
class Readiness:
    """Asks what a start asks, while running."""

    database: Database
    keyring: Keyholder

    def problems(self) -> list[str]:
        """Return what keeps this process from its work, in words without detail; empty when nothing does."""
        found = []
        try:
            with self.database.read() as connection:
                key_checks.check(connection, check_values(self.keyring))
        except key_checks.WrongKey:
            found.append("the keys are not those of the database")
        except DatabaseError:
            found.append("the database does not answer")
        if not self.keyring.readable():
            found.append("the keys cannot be read")
        return found
