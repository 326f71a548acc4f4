"""What was checked about a person: kinds of evidence, and how OpenID for Identity Assurance speaks of them.

Evidence says that a check was passed, by which kind of check, and when; never what was read in the process.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


class Method(StrEnum):
    """A way to be verified, as a person chooses it."""

    REGISTRY_QUERY = "registry_query"
    MICRO_DEPOSIT = "micro_deposit"
    DOCUMENT = "document"
    VOUCHING = "vouching"
    SCHOOL_RECORD = "school_record"


class EvidenceKind(StrEnum):
    """One fact that a check established. A new method adds its kinds here and to the policy that counts them."""

    STATED_NUMBER = "stated_number"  # a well-formed resident number, confirmed by nobody
    REGISTRY_MATCH = "registry_match"  # the register knows this name with this number; not who typed them
    BANK_CONTROL = "bank_control"  # amounts read from an account that the bank holds in this name
    IDCARD = "idcard"
    DRIVING_PERMIT = "driving_permit"
    PASSPORT = "passport"
    MILITARY_ID = "military_id"
    VOUCH = "vouch"  # one eligible friend's signature
    SCHOOL_RECORD = "school_record"
    SECOND_PASSKEY = "second_passkey"  # a second credential; withdrawn with the last but one passkey
    SECOND_REVIEW = "second_review"  # two reviewers decided alike, the second one blind


DOCUMENTS = frozenset(
    {EvidenceKind.IDCARD, EvidenceKind.DRIVING_PERMIT, EvidenceKind.PASSPORT, EvidenceKind.MILITARY_ID}
)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words for one kind of evidence in ``verified_claims`` (OIDC4IDA §5.4.4 and the working group's value list).

    ``record_type`` is the type of the record, document or attestation. A check method with a slash is our own: a path
    below the issuer's URL.
    """

    type: str
    record_type: str
    check_methods: tuple[str, ...]


_REVIEWED = ("vri", "pvr")  # an image taken remotely, a trained person comparing the face

VOCABULARY = {
    EvidenceKind.REGISTRY_MATCH: Vocabulary("electronic_record", "population_register", ("data",)),
    EvidenceKind.BANK_CONTROL: Vocabulary("electronic_record", "bank_account", ("check/micro_deposit", "data")),
    EvidenceKind.IDCARD: Vocabulary("document", "idcard", _REVIEWED),
    EvidenceKind.DRIVING_PERMIT: Vocabulary("document", "driving_permit", _REVIEWED),
    EvidenceKind.PASSPORT: Vocabulary("document", "passport", _REVIEWED),
    EvidenceKind.MILITARY_ID: Vocabulary("document", "military_id", _REVIEWED),
    EvidenceKind.VOUCH: Vocabulary("vouch", "digital_attestation", ("auth",)),
    EvidenceKind.SCHOOL_RECORD: Vocabulary("document", "education_certificate", ("check/plausibility",)),
}
"""Kinds that may be told to a site. The others are facts about our own process, and stay here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One passed check of one person.

    ``expires_on`` is the last day on which it counts, as documents print it; None means that it does not expire by
    itself. From ``withdrawn_on`` on, that day included, it counts for nothing; a day to come announces the withdrawal.
    ``policy`` is the version of the assurance policy under which the check was made.
    """

    evidence_id: str
    kind: EvidenceKind
    policy: str
    obtained_on: date
    expires_on: date | None = None
    withdrawn_on: date | None = None
