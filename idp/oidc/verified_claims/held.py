"""What we could say of a person to one sector, written down from the evidence kept at verification.

Nothing in it may be the same at two sites beyond what is the same for many people. Times are the first second of a day
in UTC, which is never later than the check itself; an id is a keyed digest over the sector, another at every sector;
there is no ``txn`` and no ``verification_process``.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from idp.domain import age
from idp.domain.evidence import VOCABULARY, EvidenceKind
from idp.oidc.verified_claims import vocabulary
from idp.oidc.verified_claims.evaluate import Held

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from idp.domain.assurance import Assessment
    from idp.domain.evidence import Evidence

CLAIMS: Final = ("::real_person", "::age_18_or_over", "::age_14_or_over")
"""What can be said of everybody who is verified. The names are those of the ASC draft for predefined claims."""

KINDS: Final = tuple(kind for kind in VOCABULARY if kind is not EvidenceKind.SCHOOL_RECORD)
"""Evidence of legal identity; a school record says nothing about it, and would need a framework of its own."""

_PART_OF: Final = {"electronic_record": "record", "document": "document_details", "vouch": "attestation"}
_ASSURANCE: Final = {"electronic_record": "evidence_validation", "document": "verification", "vouch": "verification"}


@dataclass(frozen=True, slots=True)
class Scribe:
    """Writes down what we hold for the sites of one sector. ``key``: 32 bytes for ids."""

    issuer: str
    sector: str
    key: bytes = field(repr=False)

    def real_name(
        self, evidence: Iterable[Evidence], assessment: Assessment, *, policy: str, adult_from: date | None, on: date
    ) -> Held:
        """Return what we hold under the framework of legal identities. ``evidence`` is what counts today."""
        known = sorted((one for one in evidence if one.kind in KINDS), key=lambda one: (one.obtained_on, one.kind))
        verification = {
            "trust_framework": f"{self.issuer}/{vocabulary.REAL_NAME}",
            "assurance_level": vocabulary.level(self.issuer, assessment.level),
            "assurance_process": {
                "policy": vocabulary.policy(self.issuer, policy),
                "procedure": "+".join(sorted({VOCABULARY[one.kind].record_type for one in known})),
                "assurance_details": [self._detail(one) for one in known],
            },
            "evidence": [self._evidence(one) for one in known],
        }
        if assessment.since is not None:
            verification["time"] = _moment(assessment.since)
        return Held(verification, _claims(adult_from, on))

    def _evidence(self, one: Evidence) -> dict[str, Any]:
        words = VOCABULARY[one.kind]
        details: dict[str, Any] = {"type": words.record_type}
        if words.type == "vouch":
            details |= {"reference_number": self._id(one, "vouch"), "date_of_issuance": one.obtained_on.isoformat()}
        return {
            "type": words.type,
            "check_details": [self._check(one, method) for method in words.check_methods],
            _PART_OF[words.type]: details,
        }

    def _check(self, one: Evidence, method: str) -> dict[str, str]:
        return {
            "check_method": vocabulary.check_method(self.issuer, method),
            "check_id": self._id(one, method),
            "time": _moment(one.obtained_on),
        }

    def _detail(self, one: Evidence) -> dict[str, Any]:
        words = VOCABULARY[one.kind]
        references = [{"check_id": self._id(one, method)} for method in words.check_methods]
        return {"assurance_type": _ASSURANCE[words.type], "evidence_ref": references}

    def _id(self, one: Evidence, of: str) -> str:
        """Return an id that says nothing and is met at this sector only."""
        return hmac.digest(self.key, f"{self.sector}\0{one.evidence_id}\0{of}".encode(), "sha256").hex()[:32]


def counting(evidence: Iterable[Evidence], *, on: date) -> list[Evidence]:
    """Return the evidence that is neither to come, nor expired, nor withdrawn on a day."""
    return [
        one
        for one in evidence
        if one.obtained_on <= on
        and (one.expires_on is None or on <= one.expires_on)
        and (one.withdrawn_on is None or on < one.withdrawn_on)
    ]


def _claims(adult_from: date | None, on: date) -> dict[str, Any]:
    if adult_from is None:
        return {"::real_person": True}
    return {
        "::real_person": True,
        "::age_18_or_over": age.is_over(adult_from, on),
        "::age_14_or_over": age.is_over(age.fourteen_from(adult_from), on),
    }


def _moment(day: date) -> str:
    """Return a day as the date-time that the schema wants: its first second in UTC."""
    return f"{day.isoformat()}T00:00:00Z"
