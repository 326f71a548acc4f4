"""Answers a request's ``verified_claims`` for a visitor: one statement where a site asks, and none where none does."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from idp.domain.assurance import CURRENT_POLICY, assess
from idp.oidc.verified_claims.evaluate import Held, answer
from idp.oidc.verified_claims.held import KINDS, Scribe, counting
from idp.oidc.verified_claims.request import parse
from idp.oidc.verified_claims.told import NOTHING, Answers, asked_by
from idp.oidc.verified_claims.vocabulary import LEVELS
from idp.store import evidence
from idp.value import Value

if TYPE_CHECKING:
    from datetime import datetime

    from idp.domain.ids import Subject
    from idp.oidc.authorization_request import AuthorizationRequest
    from idp.oidc.interactions import Visitor
    from idp.oidc.verified_claims.names import Names
    from idp.oidc.verified_claims.request import Wanted
    from idp.oidc.verified_claims.told import NameOffer
    from idp.store.database import Database

KEY = "yufu/verified-claims/reference/1"
"""Purpose of the key behind the ids that sites receive."""


class Wishes(Value, frozen=True):
    """What a request asks for in each place; None where it asks for nothing there."""

    id_token: Wanted | None
    userinfo: Wanted | None

    def __bool__(self) -> bool:
        """Whether anything is asked for."""
        return self.id_token is not None or self.userinfo is not None


def wishes(request: AuthorizationRequest) -> Wishes:
    """Read what a request asks for. Raises OAuthError (``invalid_request``) for what is malformed."""
    parts = (request.claims.id_token.verified_claims, request.claims.userinfo.verified_claims)
    return Wishes(*(None if raw is None else parse(raw) for raw in parts))


@dataclass(frozen=True, slots=True)
class VerifiedClaims:
    """Reads the evidence and lets it answer. ``key``: 32 bytes, see `KEY`; ``names``: None where none are released."""

    issuer: str
    database: Database
    key: bytes = field(repr=False)
    names: Names | None = None

    def answers(self, request: AuthorizationRequest, visitor: Visitor, subject: Subject, *, now: datetime) -> Answers:
        """Return what the site would get: nothing of whoever is not verified, or where nothing fits."""
        wanted = wishes(request)
        if not wanted:
            return NOTHING
        places = (wanted.id_token, wanted.userinfo)
        held = self._held(subject.sector, visitor, now=now) if visitor.verified else []
        found = Answers(
            asked_by(*places), *(None if place is None else answer(place, held, now=now) for place in places)
        )
        offer = self.names.offer(request, wanted.id_token, subject, now=now) if self.names is not None else None
        if offer is None:
            return found
        return replace(found, names=offer, named=self._named(wanted.id_token, held, visitor, now=now, offer=offer))

    def _named(
        self, wanted: Wanted | None, held: list[Held], visitor: Visitor, *, now: datetime, offer: NameOffer
    ) -> Any:
        """Return the ID token's answer with the names in it that are allowed; None where there are none to add."""
        if self.names is None or wanted is None or not offer.allowed or not held:
            return None
        known = {name: value for name, value in self.names.of(visitor.person_id).items() if name in offer.claims}
        if not known:
            return None
        return answer(wanted, [Held(each.verification, {**each.claims, **known}) for each in held], now=now)

    def _held(self, sector: str, visitor: Visitor, *, now: datetime) -> list[Held]:
        """Return what we hold under each framework; nothing where the evidence does not bear the level told today."""
        today = now.date()
        with self.database.read() as connection:
            found = evidence.of_person(connection, person_id=visitor.person_id)
        assessment = assess(found, on=today, policy=CURRENT_POLICY)
        known = [one for one in counting(found, on=today) if one.kind in KINDS]
        if assessment.level != visitor.level or assessment.level not in LEVELS or not known:
            return []
        scribe, version = Scribe(self.issuer, sector, self.key), CURRENT_POLICY.version
        return [scribe.real_name(known, assessment, policy=version, adult_from=visitor.adult_from, on=today)]
