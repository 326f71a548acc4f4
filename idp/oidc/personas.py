"""Code names: what one site calls a person (docs/architecture.md)."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from idp.domain import code_name
from idp.oidc.subject import subject_of
from idp.store import subjects

if TYPE_CHECKING:
    from datetime import datetime

    from idp.domain.code_name import CodeName
    from idp.domain.ids import PersonId
    from idp.store.database import Database
    from keys import Bridge


@dataclass(frozen=True, slots=True)
class Personas:
    """Chooses code names, unique per sector by what they look like."""

    database: Database
    bridge: Bridge
    name_key: bytes

    def choose(self, person_id: PersonId, *, sector: str, name: CodeName, now: datetime) -> None:
        """Let the person go by ``name`` at ``sector``. Raises NameTaken."""
        subject = subject_of(self.bridge, person_id, sector=sector)
        with self.database.write() as connection:
            subjects.choose_code_name(
                connection, subject, display=name.display, name_key=self._key(sector, name), now=now
            )

    def suggestions(self, count: int = 4) -> list[str]:
        """Return pleasant names a person can simply accept."""
        return [code_name.suggest(secrets.SystemRandom()) for _ in range(count)]

    def _key(self, sector: str, name: CodeName) -> str:
        """Keyed digest of the skeleton: it outlives the name, and tells nobody what the name was."""
        message = f"{sector}\0{name.skeleton}".encode()
        return hmac.digest(self.name_key, message, "sha256").hex()[:43]
