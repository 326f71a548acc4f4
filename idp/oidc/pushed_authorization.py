"""Pushed authorization requests (RFC 9126): the client sends its request ahead and the browser carries a reference."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from idp.oidc.checks import CHECKS, KNOWN
from idp.oidc.errors import Code, OAuthError, PageError
from idp.oidc.parameters import Parameters
from idp.oidc.request_object import RequestObjectRefused, must_sign
from idp.store import pushed_requests

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from clients.client import Client
    from idp.oidc.authorize import Authorize
    from idp.oidc.presented import Presented
    from idp.oidc.senders import Senders
    from idp.oidc.token import ClientAuthenticator
    from idp.store.database import Database
    from keys.seal import RecordSeal

PREFIX = "urn:ietf:params:oauth:request_uri:"
OF_THE_CLIENT = frozenset({"client_secret", "client_assertion", "client_assertion_type"})
"""How the client proves itself here, which is no part of its request."""


@dataclass(frozen=True, slots=True)
class PushedRequests:
    """Keeps pushed requests until they are used; the parameters are sealed, as a ``login_hint`` may be among them."""

    database: Database
    record_seal: RecordSeal
    lifetime: timedelta

    def keep(self, parameters: Parameters, client: Client, *, now: datetime) -> str:
        """Write a request and return the reference to it."""
        reference = PREFIX + secrets.token_urlsafe(32)
        request_hash = hash_of(reference)
        known = {name: value for name, value in parameters.values.items() if name in KNOWN}
        sealed = self.record_seal.seal(msgspec.json.encode(known), **_place(request_hash))
        until, client_id = now + self.lifetime, client.client_id
        self.database.once(
            lambda connection: pushed_requests.add(
                connection, request_hash=request_hash, client_id=client_id, sealed=sealed, until=until
            )
        )
        return reference

    def find(self, request_hash: bytes, client: Client, *, now: datetime) -> Parameters | None:
        """Return the parameters of a request of this client that waits to be answered: one statement."""
        with self.database.read() as connection:
            sealed = pushed_requests.find(connection, request_hash=request_hash, client_id=client.client_id, now=now)
        if sealed is None:
            return None
        content = self.record_seal.open(sealed, **_place(request_hash))
        return Parameters(msgspec.json.decode(content, type=dict[str, str]))

    def use(self, request_hash: bytes, *, now: datetime) -> bool:
        """Use a request up; False when it was answered before."""
        return self.database.once(
            lambda connection: pushed_requests.use(connection, request_hash=request_hash, now=now)
        )


@dataclass(frozen=True, slots=True)
class PushedAuthorization:
    """The pushed authorization request endpoint's service: the same tables as the authorization endpoint."""

    authenticator: ClientAuthenticator
    authorize: Authorize
    senders: Senders

    def answer(self, parameters: Parameters, presented: Presented, *, now: datetime) -> dict[str, object]:
        """Return the reference to a request that was judged as if it had come by browser. Raises OAuthError."""
        repeated = parameters.repeated & (KNOWN | OF_THE_CLIENT)
        if repeated:
            raise OAuthError(Code.INVALID_REQUEST, f"{min(repeated)} was given more than once")
        client = self.authenticator.authenticate(parameters, presented, now=now)
        judged = self._bound(self._judged(parameters, client, now=now), client, presented, now=now)
        reference = self.authorize.pushed.keep(judged, client, now=now)
        return {"request_uri": reference, "expires_in": int(self.authorize.pushed.lifetime.total_seconds())}

    def _bound(self, parameters: Parameters, client: Client, presented: Presented, *, now: datetime) -> Parameters:
        """Bind the code to the key that the request proves, or names (RFC 9449 §10.1)."""
        thumbprint = self.senders.named_ahead(client, presented, now=now)
        if thumbprint is None:
            return parameters
        if parameters.get("dpop_jkt") not in {None, thumbprint}:
            raise OAuthError(Code.INVALID_DPOP_PROOF, "dpop_jkt is not of the key that was proved")
        return Parameters({**parameters.values, "dpop_jkt": thumbprint})

    def _judged(self, parameters: Parameters, client: Client, *, now: datetime) -> Parameters:
        if parameters.get("request_uri") is not None:
            raise OAuthError(Code.INVALID_REQUEST, "request_uri cannot be pushed")
        if must_sign(client) and parameters.get("request") is None:
            raise OAuthError(Code.INVALID_REQUEST, "this client has to sign its requests")
        own = {name: value for name, value in parameters.values.items() if name not in OF_THE_CLIENT}
        sent = Parameters(own | {"client_id": client.client_id}, parameters.repeated)
        try:
            request = self.authorize.pushing(sent, client, now=now)
        except RequestObjectRefused as refused:
            raise OAuthError(Code.INVALID_REQUEST_OBJECT, "the request object was refused", str(refused)) from refused
        except PageError as error:
            raise OAuthError(Code.INVALID_REQUEST, WORDS.get(error.reason, "the request was refused")) from error
        for check in CHECKS:
            check(request)
        return request.parameters


WORDS = {
    "redirect_uri_missing": "redirect_uri is missing",
    "redirect_uri_unregistered": "redirect_uri is not registered",
}


def hash_of(reference: str) -> bytes:
    """Return what the row of a reference is found by."""
    return hashlib.sha256(reference.encode()).digest()


def _place(request_hash: bytes) -> dict[str, str]:
    return {"table": "pushed_requests", "column": "sealed", "row": request_hash.hex()}
