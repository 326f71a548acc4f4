"""Answers a request's ``verified_claims`` for a visitor: one statement where a site asks, and none where none does."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from idp.domain.assurance import CURRENT_POLICY, assess
from idp.oidc.verified_claims.evaluate import answer
from idp.oidc.verified_claims.held import KINDS, Scribe, counting
from idp.oidc.verified_claims.request import parse
from idp.oidc.verified_claims.told import NOTHING, Answers
from idp.store import evidence

if TYPE_CHECKING:
    from datetime import datetime

    from idp.oidc.authorization_request import AuthorizationRequest
    from idp.oidc.interactions import Visitor
    from idp.oidc.verified_claims.evaluate import Held
    from idp.oidc.verified_claims.request import Wanted
    from idp.store.database import Database

KEY = "yufu/verified-claims/reference/1"
"""Purpose of the key behind the ids that sites receive."""


@dataclass(frozen=True, slots=True)
class Wishes:
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
    """Reads the evidence and lets it answer. ``key``: 32 bytes, see `KEY`."""

    issuer: str
    database: Database
    key: bytes = field(repr=False)

    def answers(self, request: AuthorizationRequest, visitor: Visitor, *, now: datetime) -> Answers:
        """Return what the site would get: nothing of whoever is not verified, or where nothing fits."""
        wanted = wishes(request)
        held = self._held(request.client.sector, visitor, now=now) if wanted and visitor.verified else []
        if not held:
            return NOTHING
        places = (wanted.id_token, wanted.userinfo)
        return Answers(*(None if place is None else answer(place, held, now=now) for place in places))

    def _held(self, sector: str, visitor: Visitor, *, now: datetime) -> list[Held]:
        """Return what we hold under each framework; nothing where the evidence does not bear the level told today."""
        today = now.date()
        with self.database.read() as connection:
            found = evidence.of_person(connection, person_id=visitor.person_id)
        assessment = assess(found, on=today, policy=CURRENT_POLICY)
        known = [one for one in counting(found, on=today) if one.kind in KINDS]
        if assessment.level != visitor.level or not known:
            return []
        scribe, version = Scribe(self.issuer, sector, self.key), CURRENT_POLICY.version
        return [scribe.real_name(known, assessment, policy=version, adult_from=visitor.adult_from, on=today)]
