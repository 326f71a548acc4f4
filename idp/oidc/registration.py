"""Sites that register and manage themselves (RFC 7591, RFC 7592, OIDC Dynamic Client Registration 1.0).

What a site says of itself is judged by ``clients.metadata``; here is who may say it, and what becomes of it. Everything
is fetched before a transaction begins, and nothing is fetched for somebody who may not register.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from clients.client import SECRET_METHODS
from clients.metadata import InvalidClientMetadata, MetadataPolicy, validate
from clients.protocol_members import OPERATORS
from clients.secret import Secret, generate_secret
from idp.oidc import sector_document
from idp.oidc.claims import SCOPES
from idp.oidc.errors import Code, OAuthError
from idp.store import clients, invitations
from keys.jws import STRICT_JSON

if TYPE_CHECKING:
    from datetime import datetime

    from clients.client import Client, Registration
    from idp.gateways.outbound import Outbound
    from idp.oidc.discovery import Certificates
    from idp.oidc.logos import Logos
    from idp.store.clients import ClientDirectory
    from idp.store.database import Database

PATH = "/register"
NOT_SENT_BACK = ("registration_access_token", "registration_client_uri", "client_secret_expires_at")
"""What an answer of ours holds and an update must not (RFC 7592 §2.2)."""


@dataclass(frozen=True, slots=True)
class Registrar:
    """The registration endpoint's service."""

    issuer: str
    database: Database
    directory: ClientDirectory
    outbound: Outbound
    logos: Logos
    open: bool
    production: bool
    certification: bool
    signing_algorithms: tuple[str, ...]
    """What there are keys for."""
    certificates: Certificates

    def register(self, body: bytes, token: str | None, *, now: datetime) -> dict[str, object]:
        """Register a site and return all that it has to know (RFC 7591 §3.2.1). Raises OAuthError."""
        invitation = self._admitted(token, now=now)
        client_id = secrets.token_hex(16)
        registration = self._judged(_members(body), nobodys_sector=_nobodys(client_id))
        client, secret = _issued(registration, client_id)
        access = generate_secret()
        with self.database.write() as connection:
            if invitation is not None and not invitations.use(connection, invitation, now=now):
                raise _no_token()
            if self.production and registration.sector_identifier_uri is None:
                _refuse_to_join(known=clients.sector_has_client(connection, sector=registration.sector))
            clients.add(connection, client, registration_hash=access.digest, now=now)
        self.logos.refresh(client, now=now)
        return self._answer(client, access.reveal(), secret)

    def read(self, client_id: str | None, token: str | None) -> dict[str, object]:
        """Return a site's registration to itself (RFC 7592 §2.1). Raises OAuthError."""
        client, access = self._owner(client_id, token)
        return self._answer(client, access, None)

    def change(self, client_id: str | None, body: bytes, token: str | None, *, now: datetime) -> dict[str, object]:
        """Put a whole new registration in the place of the old (RFC 7592 §2.2). Raises OAuthError."""
        before, access = self._owner(client_id, token)
        sent, nobodys = _of_update(_members(body), before), _nobodys(before.client_id)
        # An operator may have allowed it since (`idp client change`).
        registration = self._judged(sent, nobodys_sector=nobodys, without_pkce=not before.require_pkce)
        if registration.sector != before.sector:
            raise _invalid("redirect_uris or sector_identifier_uri would move the client to another sector")
        client, secret = _issued(registration, before.client_id, before=before)
        with self.database.write() as connection:
            clients.replace(connection, client, now=now)
        self.directory.forget(client.client_id)
        if client.logo_uri != before.logo_uri:
            self.logos.refresh(client, now=now)
        return self._answer(client, access, secret)

    def remove(self, client_id: str | None, token: str | None, *, now: datetime) -> None:
        """End a site's registration, and with it its grants (RFC 7592 §2.3). Raises OAuthError."""
        client, _ = self._owner(client_id, token)
        with self.database.write() as connection:
            clients.retire(connection, client_id=client.client_id, now=now)
        self.directory.forget(client.client_id)

    def _admitted(self, token: str | None, *, now: datetime) -> bytes | None:
        """Return the hash of the token that lets somebody in, or None where anybody may come in without one."""
        if token is None:
            if self.open:
                return None
            raise _no_token()
        invitation = hashlib.sha256(token.encode()).digest()
        with self.database.read() as connection:
            if not invitations.is_good(connection, invitation, now=now):
                raise _no_token()
        return invitation

    def _owner(self, client_id: str | None, token: str | None) -> tuple[Client, str]:
        """Return the client that a token manages: this one and no other (RFC 7592 §3)."""
        if client_id is not None and token is not None:
            held = hashlib.sha256(token.encode()).digest()
            with self.database.read() as connection:
                client = clients.find_by_token(connection, client_id=client_id, registration_hash=held)
            if client is not None:
                return client, token
        raise _no_token()

    def _judged(self, metadata: dict[str, Any], *, nobodys_sector: str, without_pkce: bool = False) -> Registration:
        policy = MetadataPolicy(
            scopes=tuple(SCOPES),
            default_scopes=tuple(SCOPES) if self.certification else MetadataPolicy().default_scopes,
            signing_algorithms=self.signing_algorithms,
            certificate_methods=self.certificates.methods,
            loopback=not self.production,
            without_pkce=without_pkce or self.certification,
            implicit=self.certification,
            nobodys_sector=nobodys_sector,
            sector_document=sector_document.reader(self.outbound),
        )
        if self.certification and metadata.get("token_endpoint_auth_method") != "none" and "profile" not in metadata:
            metadata = {"require_pkce": False} | metadata  # suites speak the protocol of 2014
        try:
            return validate(metadata, policy=policy)
        except InvalidClientMetadata as invalid:
            raise OAuthError(Code[invalid.error.upper()], str(invalid)) from invalid

    def _answer(self, client: Client, access: str, secret: Secret | None) -> dict[str, object]:
        issued: dict[str, object] = {
            "client_id": client.client_id,
            "registration_access_token": access,
            "registration_client_uri": f"{self.issuer}{PATH}?client_id={client.client_id}",
        }
        if secret is not None:
            issued |= {"client_secret": secret.reveal(), "client_secret_expires_at": 0}
        return client.to_response() | issued


def _nobodys(client_id: str) -> str:
    """A name that no host can have, for a client that can prove none (RFC 6761 §6.4)."""
    return f"{client_id}.invalid"


def _members(body: bytes) -> dict[str, Any]:
    try:
        members = json.loads(body, **STRICT_JSON)
    except (ValueError, RecursionError):
        members = None
    if not isinstance(members, dict):
        raise _invalid("the body has to be a JSON object without duplicate members")
    return members


def _of_update(members: dict[str, Any], before: Client) -> dict[str, Any]:
    """Take from an update what only names the client, and see that nothing else is decided by it."""
    if members.get("client_id") != before.client_id:
        raise _invalid("client_id has to be the one of this registration")
    if any(name in members for name in NOT_SENT_BACK):
        raise _invalid(f"{' and '.join(NOT_SENT_BACK)} are not part of an update")
    secret = members.get("client_secret")
    if secret is not None and not (
        isinstance(secret, str) and before.secret_hash is not None and Secret(secret).fits(before.secret_hash)
    ):
        raise _invalid("client_secret is not the one of this registration")
    if before.either_secret_method and members.get("token_endpoint_auth_method") == before.token_endpoint_auth_method:
        del members["token_endpoint_auth_method"]  # our own answer sent back pins nothing
    told = before.to_response()
    return {name: value for name, value in members.items() if name not in OPERATORS or value != told.get(name)}


def _issued(
    registration: Registration, client_id: str, *, before: Client | None = None
) -> tuple[Client, Secret | None]:
    """Return the client, and a secret if it needs one that it has not yet."""
    if before is not None:
        # What an operator decided outlasts the site's own changes.
        kept = {name: getattr(before, name) for name in OPERATORS}
        registration = replace(registration, **kept)
    if registration.token_endpoint_auth_method not in SECRET_METHODS:
        return registration.issued(client_id=client_id), None
    if before is not None and before.secret_hash is not None:
        return registration.issued(client_id=client_id, secret_hash=before.secret_hash), None
    secret = generate_secret()
    return registration.issued(client_id=client_id, secret_hash=secret.digest), secret


def _refuse_to_join(*, known: bool) -> None:
    """Whoever joins a sector that people are known in already shows the document of its host.

    To redirect to a host proves less: one careless page there that redirects further would give its sector away.
    """
    if known:
        raise _invalid("sector_identifier_uri is missing: this host has clients, so that it has to list the new one")


def _no_token() -> OAuthError:
    return OAuthError(Code.INVALID_TOKEN, "the token is missing, unknown, used up or not for this client")


def _invalid(description: str) -> OAuthError:
    return OAuthError(Code.INVALID_CLIENT_METADATA, description)
