"""Rows keyed by ``person_id``: people, how they sign in, and what was checked about them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, Date, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from idp.store.models.base import Base, PersonKey, in_half


class Person(Base):
    """One human, or somebody who may turn out to be a human we already know (then absorbed into that row)."""

    __tablename__ = "people"
    __table_args__ = in_half("person")

    person_id: Mapped[str] = mapped_column(PersonKey, primary_key=True)
    status: Mapped[str] = mapped_column(String(12))  # active · erased
    level: Mapped[str] = mapped_column(String(12))  # what the evidence amounts to, computed under `policy`
    verified_on: Mapped[date | None] = mapped_column(Date)
    review_on: Mapped[date | None] = mapped_column(Date)  # first day on which `level` has to be computed again
    adult_from: Mapped[date | None] = mapped_column(Date)
    masked_name: Mapped[str | None] = mapped_column(String(128))  # "王**", for the person's own page only
    policy: Mapped[str] = mapped_column(String(32))
    created_on: Mapped[date] = mapped_column(Date)


class Passkey(Base):
    """A WebAuthn credential and what the next assertion has to be compared with."""

    __tablename__ = "passkeys"
    __table_args__ = in_half("person", Index(None, "person_id"))

    credential_id: Mapped[str] = mapped_column(String(1400), primary_key=True)  # base64url; at most 1023 bytes
    person_id: Mapped[str] = mapped_column(ForeignKey("people.person_id"))
    user_handle: Mapped[str] = mapped_column(String(88))
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    transports: Mapped[str] = mapped_column(String(120))
    aaguid: Mapped[str] = mapped_column(String(36))
    backup_eligible: Mapped[bool]
    backed_up: Mapped[bool]
    label: Mapped[str] = mapped_column(String(64))
    created_on: Mapped[date] = mapped_column(Date)
    last_used_on: Mapped[date | None] = mapped_column(Date)


class Session(Base):
    """A signed-in browser. The precise time of authentication is sealed: it would join the two halves."""

    __tablename__ = "sessions"
    __table_args__ = in_half("person", Index(None, "person_id"))

    id_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)  # SHA-256 of the cookie
    person_id: Mapped[str] = mapped_column(ForeignKey("people.person_id"))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)  # auth time, acr, amr
    sid_seed: Mapped[bytes | None] = mapped_column(LargeBinary(16))  # random; kept when the same person signs in anew
    device: Mapped[str] = mapped_column(String(64))
    created_hour: Mapped[int] = mapped_column(BigInteger)
    until_hour: Mapped[int] = mapped_column(BigInteger)


class Ceremony(Base):
    """One WebAuthn challenge, good once and for minutes."""

    __tablename__ = "ceremonies"
    __table_args__ = in_half("person", Index(None, "until_at"))

    challenge_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)  # SHA-256 of browser ‖ challenge
    purpose: Mapped[str] = mapped_column(String(24))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)  # whom the challenge was made for
    until_at: Mapped[int] = mapped_column(BigInteger)
    used_at: Mapped[int | None] = mapped_column(BigInteger)


class Identity(Base):
    """The keyed blind index over a document number: how a human is found again without the number being kept."""

    __tablename__ = "identities"
    __table_args__ = in_half("person", Index(None, "person_id"))

    blind_index: Mapped[str] = mapped_column(String(43), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.person_id"))
    vault_ref: Mapped[str] = mapped_column(String(22))
    bound_on: Mapped[date] = mapped_column(Date)


class EvidenceRow(Base):
    """What was checked, how, and when; never what was read in the process."""

    __tablename__ = "evidence"
    __table_args__ = in_half("person", Index(None, "person_id"))

    evidence_id: Mapped[str] = mapped_column(PersonKey, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.person_id"))
    kind: Mapped[str] = mapped_column(String(32))
    policy: Mapped[str] = mapped_column(String(32))
    obtained_on: Mapped[date] = mapped_column(Date)
    expires_on: Mapped[date | None] = mapped_column(Date)
    withdrawn_on: Mapped[date | None] = mapped_column(Date)


class Case(Base):
    """One attempt to verify a person by one method, from opening to decision."""

    __tablename__ = "cases"
    __table_args__ = in_half("person", Index(None, "person_id"), Index(None, "identity_index"))

    case_id: Mapped[str] = mapped_column(PersonKey, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.person_id"))
    method: Mapped[str] = mapped_column(String(32))
    state: Mapped[str] = mapped_column(String(16))  # asking · open · waiting · passed · refused · closed
    reason: Mapped[str | None] = mapped_column(String(32))
    identity_index: Mapped[str | None] = mapped_column(String(43))  # reserves nothing: many cases may share it
    name_digest: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)  # the method's own state, readable online
    vault_record: Mapped[bytes | None] = mapped_column(LargeBinary)  # the legal identity, readable offline only
    tries_left: Mapped[int]
    opened_on: Mapped[date] = mapped_column(Date)
    deadline_on: Mapped[date | None] = mapped_column(Date)


class BankCard(Base):
    """One card belongs to one person: keyed index of the card number."""

    __tablename__ = "bank_cards"
    __table_args__ = in_half("person", Index(None, "person_id"))

    card_index: Mapped[str] = mapped_column(String(43), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.person_id"))
    bound_on: Mapped[date] = mapped_column(Date)


class Notice(Base):
    """Something the person has to be told; shown on their own pages until they have seen it."""

    __tablename__ = "notices"
    __table_args__ = in_half("person", Index(None, "person_id"))

    notice_id: Mapped[str] = mapped_column(PersonKey, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.person_id"))
    kind: Mapped[str] = mapped_column(String(32))
    told_on: Mapped[date] = mapped_column(Date)
    seen: Mapped[bool]


class ReleasedIdentity(Base):
    """Name and date of birth of somebody whose deployment releases them, under a data key of their own."""

    __tablename__ = "released_identities"
    __table_args__ = in_half("person")

    person_id: Mapped[str] = mapped_column(ForeignKey("people.person_id"), primary_key=True)
    wrapped_key: Mapped[bytes] = mapped_column(LargeBinary)  # the data key, sealed to this row
    sealed: Mapped[bytes] = mapped_column(LargeBinary)  # under the data key


class Recovery(Base):
    """A human who proved who they are asks for the account they already have; waits, and can be stopped."""

    __tablename__ = "recoveries"
    __table_args__ = in_half("person", Index(None, "person_id"), Index(None, "claimant_id"))

    recovery_id: Mapped[str] = mapped_column(PersonKey, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.person_id"))
    claimant_id: Mapped[str] = mapped_column(PersonKey)
    state: Mapped[str] = mapped_column(String(12))  # offered · waiting · completed · cancelled
    ready_hour: Mapped[int | None] = mapped_column(BigInteger)  # the wait ends; None while it is only offered
