"""The tables, in two halves that nothing stored joins (architecture §4).

*Person half*: rows keyed by ``person_id``. *Site half*: rows keyed by the pairwise subject. *Neither*: rows that name
no one. Each table says in ``info["half"]`` where it belongs, and the architecture tests read it there.

Three rules keep the halves apart, each enforced by a test:

* no column of the site half holds a person id, none of the person half a subject;
* the person half carries dates (``*_on``) and whole hours (``*_hour``) only, so that times do not join what ids do
  not (``ceremonies`` excepted: its rows live for minutes);
* every table is ``WITHOUT ROWID`` under a random key, so that the order of insertion does not join either.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Date, ForeignKey, Index, LargeBinary, MetaData, String, Table, Text, false, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Our own declarative base; Flask-SQLAlchemy only borrows its metadata."""

    metadata = MetaData(naming_convention=NAMING)


def in_half(half: str, *constraints: Any) -> tuple[Any, ...]:
    """Table arguments: the half a table belongs to, without SQLite's telling row numbers."""
    return (*constraints, {"info": {"half": half}, "sqlite_with_rowid": False})


PersonKey = String(22)
"""22 characters: base64url of 128 random bits."""


def table_of(model: type[Base]) -> Table:
    """Return the Core table of a model, typed as such."""
    table = model.__table__
    assert isinstance(table, Table)  # noqa: S101 — narrows a declarative attribute that is typed wider than it is
    return table


# ── person half ──────────────────────────────────────────────────────────────────────────────────────────────────────


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


class Recovery(Base):
    """A human who proved who they are asks for the account they already have; waits, and can be stopped."""

    __tablename__ = "recoveries"
    __table_args__ = in_half("person", Index(None, "person_id"), Index(None, "claimant_id"))

    recovery_id: Mapped[str] = mapped_column(PersonKey, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.person_id"))
    claimant_id: Mapped[str] = mapped_column(PersonKey)
    state: Mapped[str] = mapped_column(String(12))  # offered · waiting · completed · cancelled
    ready_hour: Mapped[int | None] = mapped_column(BigInteger)  # the wait ends; None while it is only offered


# ── site half ────────────────────────────────────────────────────────────────────────────────────────────────────────


class ClientRow(Base):
    """A relying site, as registered."""

    __tablename__ = "clients"
    __table_args__ = in_half("site")

    client_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    sector: Mapped[str] = mapped_column(String(255))
    name: Mapped[str] = mapped_column(String(255))
    document: Mapped[str] = mapped_column(Text)  # the client's metadata as JSON
    secret_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    registration_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))  # of the registration access token
    wants_sid: Mapped[bool] = mapped_column(server_default=false())  # is told of sign-outs: found without reading all
    status: Mapped[str] = mapped_column(String(12))  # active · disabled
    created_on: Mapped[date] = mapped_column(Date)


class SubjectRow(Base):
    """A pseudonym at one sector and the code name it goes by there."""

    __tablename__ = "subjects"
    __table_args__ = in_half("site")

    sector: Mapped[str] = mapped_column(String(255), primary_key=True)
    sub: Mapped[str] = mapped_column(String(43), primary_key=True)
    code_name: Mapped[str | None] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(12))  # active · retired


class CodeNameRow(Base):
    """Every code name ever held at a sector, by a keyed digest of what it looks like: nobody else ever gets it."""

    __tablename__ = "code_names"
    __table_args__ = in_half("site")

    sector: Mapped[str] = mapped_column(String(255), primary_key=True)
    name_key: Mapped[str] = mapped_column(String(43), primary_key=True)
    sub: Mapped[str] = mapped_column(String(43))


class Consent(Base):
    """What a subject lets one client have, until when."""

    __tablename__ = "consents"
    __table_args__ = in_half("site", Index(None, "sub"))

    client_id: Mapped[str] = mapped_column(ForeignKey("clients.client_id"), primary_key=True)
    sub: Mapped[str] = mapped_column(String(43), primary_key=True)
    scope: Mapped[str] = mapped_column(Text)
    given_ms: Mapped[int] = mapped_column(BigInteger)  # milliseconds: `prompt=consent` compares it with the request
    until_at: Mapped[int] = mapped_column(BigInteger)


class Grant(Base):
    """One authorization for its whole life: code, access token, refresh family and what they stand for.

    A code or access token is ``base64url(grant_id ‖ secret)``; the row keeps SHA-256 of the secret, so that the primary
    key finds it and a stolen row redeems nothing. A refresh token is ``base64url(grant_id ‖ generation ‖ MAC)``: any
    older generation is recognised, and the same successor can be given twice, without anything to open being kept.
    """

    __tablename__ = "grants"
    __table_args__ = in_half(
        "site",
        Index(None, "sub"),
        Index(None, "sid", sqlite_where=text("sid IS NOT NULL"), postgresql_where=text("sid IS NOT NULL")),
    )  # none over `until_at`: it would be written twice a login, and read hourly

    grant_id: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    client_id: Mapped[str] = mapped_column(ForeignKey("clients.client_id"))
    sub: Mapped[str | None] = mapped_column(String(43))  # None where a client acts for itself
    sid: Mapped[str | None] = mapped_column(String(43))  # keyed per session and client: joins nothing
    scope: Mapped[str] = mapped_column(Text)
    resource: Mapped[str | None] = mapped_column(Text)  # resource indicators, space-separated (RFC 8707)
    confirmation: Mapped[str | None] = mapped_column(
        String(48)
    )  # `jkt:` or `x5t:` and the thumbprint tokens are bound to
    sealed: Mapped[bytes] = mapped_column(LargeBinary)  # claims, auth time, acr, amr as released
    redirect_uri: Mapped[str | None] = mapped_column(Text)
    nonce: Mapped[str | None] = mapped_column(Text)
    code_challenge: Mapped[str | None] = mapped_column(String(43))
    code_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    code_until: Mapped[int | None] = mapped_column(BigInteger)
    code_used_at: Mapped[int | None] = mapped_column(BigInteger)
    access_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    access_until: Mapped[int | None] = mapped_column(BigInteger)
    earlier_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))  # the access token before the last refresh
    earlier_until: Mapped[int | None] = mapped_column(BigInteger)
    refresh_generation: Mapped[int | None]
    refresh_until: Mapped[int | None] = mapped_column(BigInteger)
    refreshed_at: Mapped[int | None] = mapped_column(BigInteger)
    revoked_at: Mapped[int | None] = mapped_column(BigInteger)
    until_at: Mapped[int] = mapped_column(BigInteger)  # when the row may be purged


class PushedRequest(Base):
    """An authorization request that a client sent ahead (RFC 9126), good once."""

    __tablename__ = "pushed_requests"
    __table_args__ = in_half("site", Index(None, "until_at"))

    request_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)  # SHA-256 of the reference
    client_id: Mapped[str] = mapped_column(ForeignKey("clients.client_id"))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)  # the parameters: a login_hint may be among them
    until_at: Mapped[int] = mapped_column(BigInteger)
    used_at: Mapped[int | None] = mapped_column(BigInteger)


class DeviceCode(Base):
    """A device that waits for a person to allow it elsewhere (RFC 8628)."""

    __tablename__ = "device_codes"
    __table_args__ = in_half("site", Index(None, "user_code_key", unique=True), Index(None, "until_at"))

    device_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)  # SHA-256 of the device code
    user_code_key: Mapped[str] = mapped_column(String(43))  # keyed digest of the short code a person types
    client_id: Mapped[str] = mapped_column(ForeignKey("clients.client_id"))
    state: Mapped[str] = mapped_column(String(12))  # pending · allowed · denied · spent
    sealed: Mapped[bytes] = mapped_column(LargeBinary)  # scope, resource, binding; when allowed, what is released
    interval_s: Mapped[int]
    polled_at: Mapped[int | None] = mapped_column(BigInteger)
    until_at: Mapped[int] = mapped_column(BigInteger)


class InitialAccessToken(Base):
    """What lets somebody register clients (RFC 7591 §3): handed out by an operator, so many times, until a day."""

    __tablename__ = "initial_access_tokens"
    __table_args__ = in_half("site")

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    label: Mapped[str] = mapped_column(String(64))
    uses_left: Mapped[int]
    until_on: Mapped[date] = mapped_column(Date)


class ClientLogo(Base):
    """A client's logo as we fetched, re-encoded and serve it: people's browsers never ask the site for it."""

    __tablename__ = "client_logos"
    __table_args__ = in_half("site")

    client_id: Mapped[str] = mapped_column(ForeignKey("clients.client_id"), primary_key=True)
    image: Mapped[bytes] = mapped_column(LargeBinary)
    media_type: Mapped[str] = mapped_column(String(24))
    digest: Mapped[str] = mapped_column(String(43))
    fetched_on: Mapped[date] = mapped_column(Date)


class Resource(Base):
    """A resource indicator (RFC 8707) and the client that is the API behind it."""

    __tablename__ = "resources"
    __table_args__ = in_half("site", Index(None, "client_id"))

    resource: Mapped[str] = mapped_column(String(255), primary_key=True)
    client_id: Mapped[str] = mapped_column(ForeignKey("clients.client_id"))


class UsedJti(Base):
    """An assertion id that has been spent; inserting it is the single-use gate."""

    __tablename__ = "used_jti"
    __table_args__ = in_half("site", Index(None, "until_at"))

    jti_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)  # SHA-256 of client id, NUL, jti
    until_at: Mapped[int] = mapped_column(BigInteger)


# ── neither ──────────────────────────────────────────────────────────────────────────────────────────────────────────


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
