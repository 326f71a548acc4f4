"""Rows that name no one: the vault, the audit trail, the outbox, counters and check values."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from idp.store.models.base import Base, in_half


class VaultRecord(Base):
    """A legal identity sealed to the officers and the authority. Online processes insert; none can read."""

    __tablename__ = "vault"
    __table_args__ = in_half("neither")

    vault_ref: Mapped[str] = mapped_column(String(22), primary_key=True)
    record: Mapped[bytes] = mapped_column(LargeBinary)


class AuditEvent(Base):
    """What happened, committed with the change itself. Random keys and whole hours: order tells nothing."""

    __tablename__ = "audit"
    __table_args__ = in_half("neither", Index(None, "kind", "hour"))

    event_id: Mapped[str] = mapped_column(String(22), primary_key=True)
    kind: Mapped[str] = mapped_column(String(48))
    hour: Mapped[int] = mapped_column(BigInteger)
    body: Mapped[str] = mapped_column(Text)


class OutboxMessage(Base):
    """Something that has to reach another host and is tried until it does; committed with what it tells of."""

    __tablename__ = "outbox"
    __table_args__ = in_half("neither", Index(None, "state", "due_at"))

    message_id: Mapped[str] = mapped_column(String(22), primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)  # to whom, and what
    state: Mapped[str] = mapped_column(String(12))  # waiting · delivered · dead
    attempts: Mapped[int]
    outcome: Mapped[str | None] = mapped_column(String(32))  # of the last attempt, from a closed vocabulary
    due_at: Mapped[int] = mapped_column(BigInteger)
    until_at: Mapped[int] = mapped_column(BigInteger)


class Throttle(Base):
    """Counters behind the rate limits; the key is a keyed digest of whatever is limited."""

    __tablename__ = "throttles"
    __table_args__ = in_half("neither", Index(None, "until_at"))

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    hits: Mapped[int]
    until_at: Mapped[int] = mapped_column(BigInteger)


class KeyCheck(Base):
    """Check values of the keys this database was written under: a wrong key must refuse to start."""

    __tablename__ = "key_checks"
    __table_args__ = in_half("neither")

    name: Mapped[str] = mapped_column(String(24), primary_key=True)
    value: Mapped[str] = mapped_column(String(64))
