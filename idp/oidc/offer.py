"""What a site would get from a visitor: shown on the consent page, remembered when allowed, sealed into the grant."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import msgspec

from idp.oidc.claims import CLAIMS, Facts
from idp.oidc.claims_request import VERIFIED_CLAIMS
from idp.oidc.interactions import auth_time_for
from idp.oidc.snapshot import Snapshot
from idp.oidc.verified_claims.told import NOTHING, Answers
from idp.value import Value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from idp.domain.ids import Subject
    from idp.oidc.asked import Asked
    from idp.oidc.authorization_request import AuthorizationRequest
    from idp.oidc.claims import Claim, ClaimValue
    from idp.oidc.claims_request import ClaimRequest
    from idp.oidc.interactions import Situation, Visitor
    from idp.oidc.target import Target


class Offer(Value, frozen=True):
    """What goes where: the ID token and userinfo each get what was asked for in that place."""

    request: AuthorizationRequest
    subject: Subject
    asked: Asked
    id_token: dict[str, Any]
    userinfo: dict[str, Any]
    verified_claims: Answers = NOTHING
    target: Target | None = None
    subject_there: Subject | None = None
    """Whom the API knows the person as."""

    @property
    def claims(self) -> dict[str, Any]:
        """All that the site learns by single claims, in whichever place."""
        return self.id_token | self.userinfo

    @property
    def words(self) -> str:
        """What a consent to this offer records."""
        there = {self.target.word} if self.target is not None else set[str]()
        return " ".join(sorted(self.asked.words | self.verified_claims.words | there))

    def as_shown(self) -> bytes:
        """Return a digest of what a person is shown, for comparing: however much it is, it fits a form."""
        client_id = self.request.client.client_id
        verified = (self.verified_claims.id_token, self.verified_claims.userinfo)
        shown = (client_id, self.subject.value, self.words, self.id_token, self.userinfo, verified)
        return hashlib.sha256(msgspec.json.encode(shown)).digest()


def offer_of(situation: Situation, visitor: Visitor, subject: Subject) -> Offer:
    """Tell exactly what the site would get."""
    asked = situation.request.asked
    facts = Facts(
        code_name=situation.standing.code_name,
        level=visitor.level,
        verified=visitor.verified,
        verified_on=visitor.verified_on,
        adult_from=visitor.adult_from,
        today=situation.now.date(),
    )
    kind, values = situation.request.response_type, _values(asked, facts)
    all_at_once = kind is not None and not kind.gives_access
    id_token = {
        claim.name: value
        for claim, value in values
        if _goes_to(
            asked.id_token, claim, value, by_scope=claim.scope in asked.scopes and (claim.in_id_token or all_at_once)
        )
    }
    userinfo = {
        claim.name: value
        for claim, value in values
        if _goes_to(asked.userinfo, claim, value, by_scope=claim.scope in asked.scopes)
    }
    return Offer(situation.request, subject, asked, id_token, userinfo, situation.verified_claims)


def snapshot_of(offer: Offer, visitor: Visitor) -> Snapshot:
    """Return what the tokens will be made from."""
    request, named, wanted = offer.request, offer.asked.id_token, offer.request.acr
    wants_time = request.max_age is not None or request.client.require_auth_time or "auth_time" in named
    return Snapshot(
        id_token=_with(offer.id_token, offer.verified_claims.id_token),
        userinfo=_with(offer.userinfo, offer.verified_claims.userinfo),
        auth_time=auth_time_for(visitor, max_age=request.max_age) if wants_time else None,
        acr=wanted.told(visitor.acr) if wanted.asked else None,
        amr=visitor.amr if wanted.asked or "amr" in named else (),
        sub_there=offer.subject_there.value if offer.subject_there is not None else None,
    )


def _with(claims: dict[str, Any], verified_claims: Any) -> dict[str, Any]:
    return claims if verified_claims is None else claims | {VERIFIED_CLAIMS: verified_claims}


def _values(asked: Asked, facts: Facts) -> list[tuple[Claim, ClaimValue]]:
    """Return the claims asked for that have a value: none is ever null or empty (OIDC Core §5.3.2)."""
    values = ((claim, claim.value(facts)) for claim in CLAIMS if asked.brings(claim))
    return [(claim, value) for claim, value in values if value is not None and value != ""]


def _goes_to(part: Mapping[str, ClaimRequest], claim: Claim, value: ClaimValue, *, by_scope: bool) -> bool:
    """Asked for by name, a claim goes where it fits what was asked; else where its scope brings it (§5.5.1)."""
    wanted = part.get(claim.name)
    return by_scope if wanted is None else wanted.accepts(value)
