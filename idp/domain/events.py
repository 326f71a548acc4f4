"""What is written to the audit trail: facts in the past tense, each in one half of the house.

An event carries ids and words from closed vocabularies, so there is no room in it for personal data or free text. An
event of the person half names a person and never a pseudonym or a site; one of the site half the reverse; one of the
operators' half names neither. `faults` says where a type breaks that, and an architecture test runs it over `EVENTS`.

``kind`` is what the log stores: it stays when a class is renamed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, ClassVar, Literal, get_type_hints

from idp.domain.answers import BankOutcome, RegistryOutcome
from idp.domain.assurance import Level
from idp.domain.evidence import Method
from idp.domain.ids import ClientId, PersonId, Subject

if TYPE_CHECKING:
    from enum import StrEnum

Half = Literal["person", "site", "operator"]

IDS: dict[Half, frozenset[Any]] = {
    "person": frozenset({PersonId}),
    "site": frozenset({ClientId, Subject}),
    "operator": frozenset({ClientId}),
}
VOCABULARIES: frozenset[type[StrEnum | bool]] = frozenset({Level, Method, RegistryOutcome, BankOutcome, bool})


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. Not used itself; see `EVENTS`."""

    half: ClassVar[Half]
    kind: ClassVar[str]


# ── person half ──────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class PersonEvent(Event):
    """Something that happened to one person."""

    half = "person"
    person: PersonId


@dataclass(frozen=True, slots=True)
class PersonRegistered(PersonEvent):
    """Somebody signed up; nothing is known about them yet."""

    kind = "person_registered"


@dataclass(frozen=True, slots=True)
class PasskeyAdded(PersonEvent):
    """A passkey opens the account from now on."""

    kind = "passkey_added"


@dataclass(frozen=True, slots=True)
class PasskeyRemoved(PersonEvent):
    """A passkey no longer opens the account."""

    kind = "passkey_removed"


@dataclass(frozen=True, slots=True)
class PasskeyCopied(PersonEvent):
    """An assertion was refused: the signature counter went back, as it does when two devices hold the same key."""

    kind = "passkey_copied"


@dataclass(frozen=True, slots=True)
class SignedOutEverywhere(PersonEvent):
    """Every session of the person ended at once."""

    kind = "signed_out_everywhere"


@dataclass(frozen=True, slots=True)
class RegistryQueried(PersonEvent):
    """The population register was asked, and answered or did not."""

    kind = "registry_queried"
    outcome: RegistryOutcome


@dataclass(frozen=True, slots=True)
class DepositsRequested(PersonEvent):
    """The bank was asked to pay two small deposits, and paid or did not."""

    kind = "deposits_requested"
    outcome: BankOutcome


@dataclass(frozen=True, slots=True)
class ControlNotProven(PersonEvent):
    """Whoever is signed in used up their tries to prove to be the one that the number belongs to."""

    kind = "control_not_proven"
    method: Method


@dataclass(frozen=True, slots=True)
class ControlProven(PersonEvent):
    """The person proved to be the one that the number belongs to."""

    kind = "control_proven"
    method: Method


@dataclass(frozen=True, slots=True)
class LevelChanged(PersonEvent):
    """The evidence amounts to another level than before."""

    kind = "level_changed"
    before: Level
    after: Level


@dataclass(frozen=True, slots=True)
class ClaimLost(PersonEvent):
    """Somebody else proved control of the number that this person had only matched."""

    kind = "claim_lost"


@dataclass(frozen=True, slots=True)
class IdentityBound(PersonEvent):
    """A human was bound to the person behind the blind index."""

    kind = "identity_bound"


@dataclass(frozen=True, slots=True)
class DuplicateFound(PersonEvent):
    """A human who proved who they are already has this account."""

    kind = "duplicate_found"


@dataclass(frozen=True, slots=True)
class RecoveryStarted(PersonEvent):
    """A human who proved who they are asks for this account; the waiting time runs."""

    kind = "recovery_started"


@dataclass(frozen=True, slots=True)
class RecoveryCompleted(PersonEvent):
    """The account went to the human who asked for it."""

    kind = "recovery_completed"


@dataclass(frozen=True, slots=True)
class RecoveryCancelled(PersonEvent):
    """The account's holder stopped the recovery."""

    kind = "recovery_cancelled"


@dataclass(frozen=True, slots=True)
class AccountAbsorbed(PersonEvent):
    """A provisional account became this person's, whose owner had proven to be them."""

    kind = "account_absorbed"
    provisional: PersonId


@dataclass(frozen=True, slots=True)
class AccountErased(PersonEvent):
    """The person erased the account; who comes back is still the same person."""

    kind = "account_erased"


# ── site half ────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class ConsentGiven(Event):
    """A subject lets a client have what it asked for."""

    half = "site"
    kind = "consent_given"
    client_id: ClientId
    subject: Subject


@dataclass(frozen=True, slots=True)
class ConsentWithdrawn(Event):
    """A subject lets a client have nothing any more."""

    half = "site"
    kind = "consent_withdrawn"
    client_id: ClientId
    subject: Subject


@dataclass(frozen=True, slots=True)
class LegalNameAllowed(Event):
    """A subject lets a client know the legal name behind it."""

    half = "site"
    kind = "legal_name_allowed"
    client_id: ClientId
    subject: Subject


@dataclass(frozen=True, slots=True)
class LegalNameWithdrawn(Event):
    """A subject lets a client know the legal name behind it no more."""

    half = "site"
    kind = "legal_name_withdrawn"
    client_id: ClientId
    subject: Subject


@dataclass(frozen=True, slots=True)
class CodeNameChosen(Event):
    """A subject goes by a new code name at its sector; the name itself is not told."""

    half = "site"
    kind = "code_name_chosen"
    subject: Subject


@dataclass(frozen=True, slots=True)
class SessionEndUndelivered(Event):
    """A site that wanted to be told of the end of a session could not be."""

    half = "site"
    kind = "session_end_undelivered"
    client_id: ClientId


# ── operators' half ──────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class ClientRegistered(Event):
    """A relying site was registered."""

    half = "operator"
    kind = "client_registered"
    client_id: ClientId


@dataclass(frozen=True, slots=True)
class ClientChanged(Event):
    """A relying site's metadata, secret or status was changed."""

    half = "operator"
    kind = "client_changed"
    client_id: ClientId


@dataclass(frozen=True, slots=True)
class InvitationMade(Event):
    """Somebody was given a token to register sites with."""

    half = "operator"
    kind = "invitation_made"


@dataclass(frozen=True, slots=True)
class InvitationRevoked(Event):
    """Tokens to register sites with were taken back."""

    half = "operator"
    kind = "invitation_revoked"


@dataclass(frozen=True, slots=True)
class KeysCreated(Event):
    """A keyring was made: root secret, bridge and signing keys."""

    half = "operator"
    kind = "keys_created"


@dataclass(frozen=True, slots=True)
class KeysRotated(Event):
    """The signing keys took a step: new ones published or put to use, expired ones dropped."""

    half = "operator"
    kind = "keys_rotated"
    emergency: bool


EVENTS: tuple[type[Event], ...] = (
    PersonRegistered,
    PasskeyAdded,
    PasskeyRemoved,
    PasskeyCopied,
    SignedOutEverywhere,
    RegistryQueried,
    DepositsRequested,
    ControlNotProven,
    ControlProven,
    LevelChanged,
    ClaimLost,
    IdentityBound,
    DuplicateFound,
    RecoveryStarted,
    RecoveryCompleted,
    RecoveryCancelled,
    AccountAbsorbed,
    AccountErased,
    ConsentGiven,
    ConsentWithdrawn,
    LegalNameAllowed,
    LegalNameWithdrawn,
    CodeNameChosen,
    SessionEndUndelivered,
    ClientRegistered,
    ClientChanged,
    InvitationMade,
    InvitationRevoked,
    KeysCreated,
    KeysRotated,
)
"""Every event there is."""


def faults(event_type: type[Event]) -> list[str]:
    """Return what is wrong with a type of event; empty when it keeps the halves apart."""
    name = event_type.__name__
    found = []
    half: Half | None = getattr(event_type, "half", None)
    if half is None:
        found.append(f"{name} belongs to no half")
    if not re.fullmatch(r"[a-z_]{3,48}", getattr(event_type, "kind", "")):
        found.append(f"{name} has no kind that the log can store")
    types = get_type_hints(event_type)
    allowed = VOCABULARIES | (IDS[half] if half else frozenset())
    strange = [field.name for field in fields(event_type) if types[field.name] not in allowed]
    return found + [f"{name}.{field} is of a type that its half may not carry" for field in strange]
