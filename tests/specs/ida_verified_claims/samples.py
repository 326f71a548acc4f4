"""A person as the evaluator sees them, with evidence of every kind that has words."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from idp.domain.assurance import Assessment, Level
from idp.domain.evidence import Evidence, EvidenceKind
from idp.oidc.verified_claims import metadata
from idp.oidc.verified_claims.held import KINDS, Scribe
from tests.house import ISSUER

if TYPE_CHECKING:
    from idp.oidc.verified_claims.evaluate import Held

DAY = date(2026, 5, 17)
TODAY = date(2026, 11, 24)
REGISTERED = (EvidenceKind.REGISTRY_MATCH, EvidenceKind.BANK_CONTROL)
ALL: tuple[EvidenceKind, ...] = KINDS
METADATA: dict[str, Any] = {
    name: list(value) if isinstance(value, tuple) else value for name, value in metadata.members(ISSUER, ALL).items()
}


def evidence(*kinds: EvidenceKind, on: date = DAY) -> list[Evidence]:
    """Return one piece of evidence of each kind."""
    return [Evidence(evidence_id=f"case-{kind}", kind=kind, policy="2026-1", obtained_on=on) for kind in kinds]


def held(*kinds: EvidenceKind, sector: str = "shop.example", adult_from: date | None = date(2008, 3, 7)) -> Held:
    """Return what could be said of a person with evidence of these kinds."""
    scribe = Scribe(ISSUER, sector, bytes(32))
    level = Assessment(Level.REGISTRY, DAY, None)
    return scribe.real_name(evidence(*kinds), level, policy="2026-1", adult_from=adult_from, on=TODAY)


def request(verification: dict[str, Any] | None = None, **claims: Any) -> dict[str, Any]:
    """Return a request for ``::real_person``, or for ``claims`` where ``__`` stands for the two colons."""
    named = {name.replace("__", "::"): how for name, how in claims.items()} or {"::real_person": None}
    return {"verification": {"trust_framework": None} | (verification or {}), "claims": named}
