"""Legal name and birth date: where the deployment, the law a client may cite, and the person's own consent agree.

The deployment says so by building this service, an operator by approving the client's legal basis, the person by a
choice of its own beside the consent. Names go into the ID token of a code and nowhere else (docs/decisions).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from idp.domain.legal_identity import LegalIdentity
from idp.oidc.verified_claims.told import NAMES, NameOffer
from idp.store import name_consents, released_identities
from keys.envelope import unwrap

if TYPE_CHECKING:
    from datetime import datetime

    from idp.domain.ids import PersonId, Subject
    from idp.oidc.authorization_request import AuthorizationRequest
    from idp.oidc.verified_claims.request import Wanted
    from idp.store.database import Database
    from keys.seal import RecordSeal


@dataclass(frozen=True, slots=True)
class Names:
    """Reads what people allowed, and what they are called."""

    database: Database
    records: RecordSeal

    def offer(
        self, request: AuthorizationRequest, wanted: Wanted | None, subject: Subject, *, now: datetime
    ) -> NameOffer | None:
        """Return what a request asks for of them: one statement. None where it asks for none, or may not."""
        client = request.client
        claims = frozenset(name for element in (wanted.elements if wanted else ()) for name in element.claims) & {
            *NAMES
        }
        if not claims or client.legal_basis is None:
            return None
        with self.database.read() as connection:
            found = name_consents.find(connection, subject, client_id=client.client_id)
        allowed = found is not None and found.covers(claims, basis=client.legal_basis, now=now)
        return NameOffer(claims, client.legal_basis, allowed)

    def of(self, person_id: PersonId) -> dict[str, str]:
        """Return the claims about a person, all there are: one statement."""
        with self.database.read() as connection:
            kept = released_identities.find(connection, person_id=person_id)
        if kept is None:
            return {}
        plain = unwrap(kept, records=self.records, table=released_identities.TABLE, row=person_id)
        return LegalIdentity.from_json(plain).claims()
