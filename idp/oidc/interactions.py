"""What a person still has to do before a site gets its answer: a table, the first need decides.

Pages never lead to one another: each returns to the authorization endpoint, which asks this table again.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

from idp.domain.assurance import Level, satisfies
from idp.oidc.claims import CLAIMS
from idp.oidc.errors import Code
from idp.oidc.verified_claims import told
from idp.value import Value

if TYPE_CHECKING:
    from datetime import date, datetime

    from clients.client import Client
    from idp.domain.ids import PersonId, Subject
    from idp.oidc.authorization_request import AuthorizationRequest
    from idp.oidc.target import Target
    from idp.store.subjects import Standing


class Visitor(Value, frozen=True):
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


class Situation(Value, frozen=True):
    """Everything the table looks at. ``visitor`` is None where nobody is signed in."""

    request: AuthorizationRequest
    visitor: Visitor | None
    standing: Standing
    now: datetime
    hint_fits: bool = True
    """Whether the visitor is whom ``id_token_hint``, or a ``sub`` asked for by value, names."""
    verified_claims: told.Answers = told.NOTHING
    target: Target | None = None
    """The API that the site wants to act at."""
    subject: Subject | None = None
    """Whom the site knows the visitor as."""

    @property
    def signed_in_for_this(self) -> bool:
        """Whether the visitor has signed in since the request first arrived."""
        return self.visitor is not None and self.visitor.auth_time >= self.request.started


class Interaction(ABC):
    """A page that settles one need, and the error a site gets instead where no page may be shown, or none can help."""

    page: ClassVar[str]
    error: ClassVar[Code]

    @abstractmethod
    def needed(self, situation: Situation) -> bool:
        """Tell whether the person has to see the page."""

    def can_help(self, situation: Situation) -> bool:
        """Tell whether the page could settle the need."""
        del situation
        return True


class SignUp(Interaction):
    """A site that asks for a new account gets the person to that page first (Initiating User Registration 1.0).

    Whoever has an account already may sign in from there: the site has asked for a person, not for a second one.
    """

    page = "/sign-up"
    error = Code.LOGIN_REQUIRED

    def needed(self, situation: Situation) -> bool:
        """The site asks for it, and nobody has signed up or in since it did."""
        return "create" in situation.request.prompts and not situation.signed_in_for_this


class SignIn(Interaction):
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
        if anew and not situation.signed_in_for_this:
            return True
        return oldest is not None and request.started.timestamp() - auth_time_for(visitor, max_age=oldest) > oldest


class StepUp(Interaction):
    """Somebody signed in by a stronger passkey (OIDC Core §5.5.1.1, RFC 9470 §4).

    Who did so for this very request and still not strongly enough has no other, or will not use it: where the class is
    essential, the site hears that it is unmet; elsewhere it is told the truth.
    """

    page = "/sign-in"
    error = Code.UNMET_AUTHENTICATION_REQUIREMENTS

    def needed(self, situation: Situation) -> bool:
        """The sign-in is none of the classes wanted, and one of them can be had."""
        wanted, visitor = situation.request.acr, situation.visitor
        if visitor is None or not wanted.values or wanted.satisfied_by(visitor.acr):
            return False
        if wanted.essential:
            return True
        may_ask = wanted.in_request and "none" not in situation.request.prompts
        return may_ask and bool(wanted.reachable) and self.can_help(situation)

    def can_help(self, situation: Situation) -> bool:
        """The person has not been asked for this request yet."""
        return not situation.signed_in_for_this


class ConfirmDevice(Interaction):
    """The person has compared the code, and read that nobody may send them one (RFC 8628 §5.4, BCP 247).

    It comes before anything about the site is decided, each time: what was agreed to earlier does not answer whose
    device this is.
    """

    page = "/device/confirm"
    error = Code.ACCESS_DENIED

    def needed(self, situation: Situation) -> bool:
        """A device asks, and the person has not said that it is theirs."""
        device = situation.request.origin.device
        return device is not None and not device.confirmed


class VerifyIdentity(Interaction):
    """The client's policy asks for a verified, or a verified adult, person."""

    page = "/verify"
    error = Code.INTERACTION_REQUIRED

    def needed(self, situation: Situation) -> bool:
        """The evidence does not amount to what the client demands."""
        client, visitor = situation.request.client, situation.visitor
        if visitor is None:
            return False
        on = situation.now.date()
        if client.require_age_over_18 and not visitor.is_adult(on=on):
            return True
        return (client.require_verified and not visitor.verified) or not _assured(visitor, client, on=on)

    def can_help(self, situation: Situation) -> bool:
        """Whoever is verified has done what can be done; a minor is told on the page itself."""
        client, visitor = situation.request.client, situation.visitor
        if visitor is None or not visitor.verified:
            return True
        return client.require_age_over_18 and not visitor.is_adult(on=situation.now.date())


def _assured(visitor: Visitor, client: Client, *, on: date) -> bool:
    """Tell whether the evidence amounts to the level that a client demands, and is not older than it accepts."""
    demanded, oldest = client.require_assurance_level, client.assurance_max_age_days
    if demanded is not None and not satisfies(Level(visitor.level), Level(demanded)):
        return False
    if oldest is None:
        return True
    return visitor.verified_on is not None and (on - visitor.verified_on).days <= oldest


class ChooseCodeName(Interaction):
    """A site that asks for a name gets one chosen for it."""

    page = "/code-name"
    error = Code.INTERACTION_REQUIRED

    def needed(self, situation: Situation) -> bool:
        """The site asks for ``profile``, or a claim of it, and there is no code name at its sector yet."""
        if situation.standing.code_name is not None:
            return False
        asked = situation.request.asked
        return any(claim.scope == "profile" and asked.brings(claim) for claim in CLAIMS)


class Consent(Interaction):
    """The person agreed to exactly what is released (OIDC Core §3.1.2.4)."""

    page = "/consent"
    error = Code.CONSENT_REQUIRED

    def needed(self, situation: Situation) -> bool:
        """Something asked for was not agreed to, the consent has aged, or the site wants it asked anew."""
        request, standing = situation.request, situation.standing
        if "consent" in request.prompts and standing.given_ms < int(request.started.timestamp() * 1000):
            return True
        agreed = standing.consented
        if not (request.asked.covered_by(agreed) and situation.verified_claims.words <= agreed):
            return True
        if situation.target is not None and situation.target.word not in agreed:
            return True
        return standing.until_at <= situation.now.timestamp()


INTERACTIONS: tuple[Interaction, ...] = (
    SignUp(),
    SignIn(),
    StepUp(),
    ConfirmDevice(),
    VerifyIdentity(),
    ChooseCodeName(),
    Consent(),
)


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
