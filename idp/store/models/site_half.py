"""Rows keyed by the pairwise subject, or by a client: what sites are, and what they were allowed."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, Date, ForeignKey, Index, LargeBinary, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from idp.store.models.base import Base, in_half


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


class NameConsent(Base):
    """That a subject lets one client know their legal name, apart from all else it lets it have."""

    __tablename__ = "name_consents"
    __table_args__ = in_half("site", Index(None, "sub"))

    client_id: Mapped[str] = mapped_column(ForeignKey("clients.client_id"), primary_key=True)
    sub: Mapped[str] = mapped_column(String(43), primary_key=True)
    claims: Mapped[str] = mapped_column(Text)
    basis: Mapped[str] = mapped_column(Text)  # the law as the client named it then
    given_ms: Mapped[int] = mapped_column(BigInteger)
    until_at: Mapped[int] = mapped_column(BigInteger)


class Grant(Base):
    """One authorization for its whole life: code, access tokens, refresh family and what they stand for.

    A code is ``base64url(grant_id ‖ secret)``; the row keeps SHA-256 of the secret, so that the primary key finds it
    and a stolen row redeems nothing. Tokens are a name and a MAC over it, and no row keeps one. An access token is
    ``base64url(grant_id ‖ until ‖ serial ‖ MAC)``: ``confirmation`` goes into the MAC, and ``ended`` names those that
    were revoked alone. A refresh token is ``base64url(grant_id ‖ generation ‖ MAC)``: any older generation is
    recognised, and the same successor can be given twice.
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
    ended: Mapped[bytes | None] = mapped_column(LargeBinary)  # access tokens revoked alone: `store/access_tokens.py`
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
