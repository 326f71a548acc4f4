"""The token endpoint (RFC 6749 §3.2): authenticate the client, pick the grant, answer.

The phases every grant needs stand here, so that a grant type cannot forget one.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clients import jws
from clients.authentication import (
    PRIVATE_KEY_JWT,
    Authenticated,
    ClientAuthenticationFailed,
    Connection,
    authenticate,
    credentials_from,
)
from clients.certificate import METHODS as BY_CERTIFICATE
from clients.certificate import SELF_SIGNED
from idp.oidc.client_keys import named
from idp.oidc.errors import Code, OAuthError
from idp.oidc.grants import GRANTS
from idp.store import grants

if TYPE_CHECKING:
    from datetime import datetime

    from clients.authentication import Credentials
    from clients.certificate import Authorities, Certificate
    from clients.client import Client
    from idp.oidc.client_keys import ClientKeys
    from idp.oidc.grants.grant import TokenContext
    from idp.oidc.parameters import Parameters
    from idp.oidc.presented import Presented
    from idp.oidc.senders import Senders
    from idp.store.clients import ClientDirectory

BY_NAME = {grant.name: grant for grant in GRANTS}
KNOWN = frozenset(
    {
        "grant_type",
        "code",
        "redirect_uri",
        "code_verifier",
        "refresh_token",
        "device_code",
        "client_id",
        "client_secret",
        "client_assertion",
        "client_assertion_type",
        "scope",
    }
)


@dataclass(frozen=True, slots=True)
class ClientAuthenticator:
    """Client authentication as every direct endpoint does it, with the single-use gate for assertions."""

    directory: ClientDirectory
    context: TokenContext
    audiences: tuple[str, ...]
    """What an assertion may be made for, the issuer first; some clients may name nothing else."""
    client_keys: ClientKeys
    authorities: Authorities | None = None
    """Whose word counts on whom a certificate is for."""

    def authenticate(self, parameters: Parameters, presented: Presented, *, now: datetime) -> Client:
        """Return the client that proved itself. Raises OAuthError (``invalid_client``, ``invalid_request``)."""
        try:
            credentials = credentials_from(authorization=presented.authorization, form=parameters.values)
            client = self.directory.find(credentials.client_id, now=now)
            if client is None:
                raise ClientAuthenticationFailed("unknown client")
            shown = presented.certificate() if client.token_endpoint_auth_method in BY_CERTIFICATE else None
            proof = authenticate(
                self._with_keys(client, credentials, shown, now=now),
                credentials,
                now=now,
                audiences=self.audiences[:1] if client.issuer_only else self.audiences,
                connection=Connection(certificate=shown, authorities=self.authorities),
            )
            self._spend(client, proof)
        except ClientAuthenticationFailed as failed:
            code = Code.INVALID_REQUEST if failed.error == "invalid_request" else Code.INVALID_CLIENT
            raise OAuthError(code, "client authentication failed", detail=failed.reason) from failed
        return client

    def _with_keys(
        self, client: Client, credentials: Credentials, shown: Certificate | None, *, now: datetime
    ) -> Client:
        """Give a client that publishes its keys those it has now; asked for only where one is to be compared."""
        if credentials.method == PRIVATE_KEY_JWT and credentials.proof is not None:
            kid = jws.parse(credentials.proof.reveal()).header.get("kid")
            return self.client_keys.with_keys(client, has=named(kid), now=now)
        if client.token_endpoint_auth_method == SELF_SIGNED and shown is not None and shown.is_current(now):
            return self.client_keys.with_keys(client, has=lambda key: key.x5t == shown.thumbprint, now=now)
        return client

    def _spend(self, client: Client, proof: Authenticated) -> None:
        if proof.assertion_jti is None or proof.assertion_expires is None:
            return
        jti_hash = hashlib.sha256(f"{client.client_id}\0{proof.assertion_jti}".encode()).digest()
        until = int(proof.assertion_expires.timestamp()) + 120  # the clock skew an assertion may enjoy
        if not self.context.database.once(lambda here: grants.use_jti(here, jti_hash=jti_hash, until_at=until)):
            raise ClientAuthenticationFailed("assertion replayed")


@dataclass(frozen=True, slots=True)
class Token:
    """The token endpoint's service."""

    authenticator: ClientAuthenticator
    context: TokenContext
    senders: Senders

    def answer(self, parameters: Parameters, presented: Presented, *, now: datetime) -> dict[str, object]:
        """Return the JSON answer of the token endpoint, bound to the key that was proved. Raises OAuthError."""
        repeated = parameters.repeated & KNOWN
        if repeated:
            raise OAuthError(Code.INVALID_REQUEST, f"{min(repeated)} was given more than once")
        client = self.authenticator.authenticate(parameters, presented, now=now)
        name = parameters.get("grant_type")
        if name is None:
            raise OAuthError(Code.INVALID_REQUEST, "grant_type is missing")
        grant = BY_NAME.get(name)
        if grant is None:
            raise OAuthError(Code.UNSUPPORTED_GRANT_TYPE, "this grant_type is not supported")
        if name not in client.grant_types:
            raise OAuthError(Code.UNAUTHORIZED_CLIENT, "this client is not registered for this grant_type")
        if "resource" in parameters.repeated:
            raise OAuthError(Code.INVALID_TARGET, "a token is for one resource: ask for one at a time")
        confirmation = self.senders.confirmation(client, presented, now=now)
        return grant.answer(self.context, client, parameters, now=now, confirmation=confirmation)
