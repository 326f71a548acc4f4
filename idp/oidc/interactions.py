"""What a person still has to do before a site gets its answer: a table, the first need decides.

Pages never lead to one another: each returns to the authorization endpoint, which asks this table again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from idp.oidc.asked import asked_in
from idp.oidc.claims import CLAIMS
from idp.oidc.errors import Code

if TYPE_CHECKING:
    from datetime import date, datetime

    from idp.domain.ids import PersonId
    from idp.oidc.authorization_request import AuthorizationRequest
    from idp.store.subjects import Standing


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is signed in at this browser, how and since when, and what their evidence amounts to today."""

    person_id: PersonId
    sid_seed: bytes
    auth_time: datetime
    acr: str
    amr: tuple[str, ...]
    level: str
    verified: bool
    verified_on: date | None
    adult_from: date | None

    def is_adult(self, *, on: date) -> bool:
        """Tell whether verified evidence shows the person to be 18 or older."""
        return self.verified and self.adult_from is not None and self.adult_from <= on


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything the table looks at. ``visitor`` is None where nobody is signed in."""

    request: AuthorizationRequest
    visitor: Visitor | None
    standing: Standing
    now: datetime
    hint_fits: bool = True
    """Whether the visitor is whom ``id_token_hint``, or a ``sub`` asked for by value, names."""


class Interaction(Protocol):
    """A page that settles one need, and the error a site gets instead where no page may be shown."""

    page: str
    error: Code

    def needed(self, situation: Situation) -> bool:
        """Tell whether the person has to see the page."""


class SignIn:
    """Somebody signed in, as recently as the site demands (OIDC Core §3.1.2.1 ``prompt``, ``max_age``).

    Times are compared with the moment the request first arrived: there is no flag that could be forgotten.
    """

    page = "/sign-in"
    error = Code.LOGIN_REQUIRED

    def needed(self, situation: Situation) -> bool:
        """Nobody is signed in, somebody else than the site means, or not since the moment it asks for."""
        visitor, request = situation.visitor, situation.request
        if visitor is None or not situation.hint_fits:
            return True
        oldest = request.max_age
        anew = request.prompts & {"login", "select_account"} or (oldest is not None and oldest < PRECISE_BELOW)
        if anew and visitor.auth_time < request.started:
            return True
        return oldest is not None and request.started.timestamp() - auth_time_for(visitor, max_age=oldest) > oldest


class VerifyIdentity:
    """The client's policy asks for a verified, or a verified adult, person."""

    page = "/verify"
    error = Code.INTERACTION_REQUIRED

    def needed(self, situation: Situation) -> bool:
        """The evidence does not amount to what the client demands."""
        client, visitor = situation.request.client, situation.visitor
        if visitor is None:
            return False
        if client.require_age_over_18 and not visitor.is_adult(on=situation.now.date()):
            return True
        return client.require_verified and not visitor.verified


class ChooseCodeName:
    """A site that asks for a name gets one chosen for it."""

    page = "/code-name"
    error = Code.INTERACTION_REQUIRED

    def needed(self, situation: Situation) -> bool:
        """The site asks for ``profile``, or a claim of it, and there is no code name at its sector yet."""
        if situation.standing.code_name is not None:
            return False
        asked = asked_in(situation.request)
        return any(claim.scope == "profile" and asked.brings(claim) for claim in CLAIMS)


class Consent:
    """The person agreed to exactly what is released (OIDC Core §3.1.2.4)."""

    page = "/consent"
    error = Code.CONSENT_REQUIRED

    def needed(self, situation: Situation) -> bool:
        """Something asked for was not agreed to, the consent has aged, or the site wants it asked anew."""
        request, standing = situation.request, situation.standing
        if "consent" in request.prompts and standing.given_ms < int(request.started.timestamp() * 1000):
            return True
        return not asked_in(request).covered_by(standing.consented) or standing.until_at <= situation.now.timestamp()


INTERACTIONS: tuple[Interaction, ...] = (SignIn(), VerifyIdentity(), ChooseCodeName(), Consent())


def first_needed(situation: Situation) -> Interaction | None:
    """Return the first page the person still has to see."""
    return next((step for step in INTERACTIONS if step.needed(situation)), None)


PRECISE_BELOW = 300


def auth_time_for(visitor: Visitor, *, max_age: int | None) -> int:
    """Return the ``auth_time`` a site is told, in seconds.

    A second-precise time, the same at two sites, would join what the pseudonyms keep apart: where the site accepts
    authentications of five minutes and more, it is cut to the minute, and our own comparison uses the same cut value.
    Below that the person signs in for this very request, so the precise time is no other site's.
    """
    seconds = int(visitor.auth_time.timestamp())
    return seconds if max_age is not None and max_age < PRECISE_BELOW else seconds - seconds % 60
