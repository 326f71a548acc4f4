"""A legal identity as far as it may ever reach a site: name and date of birth, never a number."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

from idp.domain import names
from idp.domain.secrecy import LegalName


@dataclass(frozen=True, slots=True)
class LegalIdentity:
    """Who somebody is by law."""

    name: LegalName
    born_on: date

    def __repr__(self) -> str:
        """Show nothing."""
        return "LegalIdentity(…)"

    def claims(self) -> dict[str, str]:
        """Return the claims it stands for (OIDC Core §5.1); without parts of a name that nobody can tell apart."""
        parts = names.split(self.name)
        split = {} if parts is None else {"family_name": parts[0].reveal(), "given_name": parts[1].reveal()}
        return {"name": self.name.reveal(), **split, "birthdate": self.born_on.isoformat()}

    def to_json(self) -> str:
        """Write it down, to be sealed."""
        return json.dumps({"name": self.name.reveal(), "born_on": self.born_on.isoformat()}, ensure_ascii=False)

    @staticmethod
    def from_json(text: str | bytes) -> LegalIdentity:
        """Read what :meth:`to_json` wrote."""
        written = json.loads(text)
        return LegalIdentity(LegalName(written["name"]), date.fromisoformat(written["born_on"]))
