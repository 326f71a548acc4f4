"""The userinfo endpoint (OIDC Core §5.3): the claims an access token stands for, in the form the client registered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from clients import jwe
from idp.oidc import access_tokens, snapshot
from idp.oidc.client_keys import named
from idp.oidc.errors import Code, OAuthError
from idp.store import access_tokens as rows
from keys.jws import sign_compact

if TYPE_CHECKING:
    from datetime import datetime

    from clients.client import Client
    from idp.keyholder import Keyholder
    from idp.oidc.client_keys import ClientKeys
    from idp.oidc.presented import Presented
    from idp.oidc.senders import Senders
    from idp.store.clients import ClientDirectory
    from idp.store.database import Database
    from keys.seal import RecordSeal

_encode = msgspec.json.Encoder().encode

EXPIRED = "the access token is unknown, expired or revoked"


def bearer_token(authorization: str | None) -> str | None:
    """Return the token of an ``Authorization: Bearer`` header, whose scheme has no case (RFC 6750 §2.1)."""
    return _token_of("bearer", authorization)


def dpop_token(authorization: str | None) -> str | None:
    """Return the token of an ``Authorization: DPoP`` header, which comes with a proof (RFC 9449 §7.1)."""
    return _token_of("dpop", authorization)


def _token_of(wanted: str, authorization: str | None) -> str | None:
    scheme, _, token = (authorization or "").partition(" ")
    return token.strip() or None if scheme.lower() == wanted else None


@dataclass(frozen=True, slots=True)
class Told:
    """What is answered, claims or a JWT of them, and the client it is answered to."""

    client: Client
    content: dict[str, object] | str


@dataclass(frozen=True, slots=True)
class Userinfo:
    """The userinfo endpoint's service."""

    issuer: str
    database: Database
    directory: ClientDirectory
    client_keys: ClientKeys
    keyring: Keyholder
    record_seal: RecordSeal
    senders: Senders
    access_key: bytes

    def answer(self, text: str | None, *, presented: Presented, now: datetime) -> Told:
        """Return ``sub`` and the claims an access token releases, or a JWT of them: one statement.

        Raises OAuthError, also for the token of a client that was turned away since, and for a bound one without a
        proof of its key.
        """
        token = access_tokens.take_apart(text) if text else None
        if token is None:
            raise OAuthError(Code.INVALID_TOKEN, EXPIRED)
        with self.database.read() as connection:
            access = rows.find(connection, grant_id=token.grant_id)
        if access is None or not access_tokens.is_live(self.access_key, token, access, now=now):
            raise OAuthError(Code.INVALID_TOKEN, EXPIRED)
        client = self.directory.find(access.client_id, now=now)
        if client is None:
            raise OAuthError(Code.INVALID_TOKEN, EXPIRED)
        if not self.senders.at_resource(client, presented, bound_to=access.confirmation, now=now):
            raise OAuthError(Code.INVALID_TOKEN, "the access token is bound to a key that was not proved")
        if access.sub is not None and access.resource is not None:
            raise OAuthError(Code.INVALID_TOKEN, "the access token is for another resource")
        if access.sub is None:
            raise OAuthError(Code.INSUFFICIENT_SCOPE, "the access token stands for a client, and for no person")
        released = snapshot.unseal(access.sealed, record_seal=self.record_seal, grant_id=token.grant_id)
        return Told(client, self._in_form({**released.userinfo, "sub": access.sub}, client, now=now))

    def _in_form(self, claims: dict[str, object], client: Client, *, now: datetime) -> dict[str, object] | str:
        """Sign, then encrypt, as far as the client registered it (OIDC Core §5.3.2)."""
        alg, encrypted = client.userinfo_signed_response_alg, client.userinfo_encrypted_response_alg is not None
        if alg is None and not encrypted:
            return claims
        content = _encode(claims)
        if alg is not None:
            content = sign_compact(
                self.keyring.signer(alg), _encode({"iss": self.issuer, "aud": client.client_id, **claims})
            ).encode()
        if not encrypted:
            return content.decode()
        key = jwe.encryption_key(self.client_keys.with_keys(client, has=named(None), now=now).jwks)
        if key is None:  # a published set that had one, or will: nothing leaves in clear meanwhile
            raise OAuthError(Code.SERVER_ERROR, "the client has no key to encrypt to", detail=client.client_id)
        try:
            return jwe.encrypt(content, key=key, nested=alg is not None)
        except ValueError as error:
            says = "the client's key cannot be encrypted to"
            raise OAuthError(Code.SERVER_ERROR, says, detail=client.client_id) from error
