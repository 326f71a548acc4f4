"""The APIs that tokens are for: which client is behind a resource indicator (RFC 8707), and how it wants its tokens."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from clients import jwe
from idp.log import log_event
from idp.oidc import jwt_access_token
from idp.oidc.client_keys import named
from idp.oidc.jwt_access_token import ForResource
from idp.store import clients

if TYPE_CHECKING:
    from datetime import datetime

    from clients.client import Client
    from idp.keyholder import Keyholder
    from idp.oidc.access_tokens import Fresh
    from idp.oidc.client_keys import ClientKeys
    from idp.oidc.snapshot import Snapshot
    from idp.store.clients import ClientDirectory
    from idp.store.database import Database


@dataclass(frozen=True, slots=True)
class ForPerson:
    """What a grant about a person says of a token for an API."""

    resource: str | None
    client_id: str
    scope: str
    released: Snapshot
    confirmation: str | None


@dataclass(frozen=True, slots=True)
class Apis:
    """Finds APIs and makes tokens in their form."""

    issuer: str
    database: Database
    directory: ClientDirectory
    client_keys: ClientKeys
    keyring: Keyholder

    def behind(self, resource: str, *, now: datetime) -> Client | None:
        """Return the client that answers to a resource indicator: one statement."""
        with self.database.read() as connection:
            client_id = clients.behind(connection, resource=resource)
        return self.directory.find(client_id, now=now) if client_id is not None else None

    def in_its_form(self, access: Fresh, about: ForPerson, *, now: datetime) -> Fresh:
        """Return a token for a person as its API wants it: opaque, or a JWT that only the API can read (RFC 9068 §6).

        The site that carries it must not read whom the API knows the person as. Where there is no key to encrypt to
        just now, or none that works, it stays opaque, which says as little. One statement more for a grant that names a
        resource.
        """
        there, resource = about.released.sub_there, about.resource
        if resource is None or there is None:
            return access
        api = self.behind(resource, now=now)
        if api is None or api.access_token_encrypted_response_alg is None:
            return access
        key = jwe.encryption_key(self.client_keys.with_keys(api, has=named(None), now=now).jwks)
        if key is None:
            return access
        said = ForResource(
            iss=self.issuer,
            aud=resource,
            client_id=about.client_id,
            sub=there,
            iat=int(now.timestamp()),
            exp=access.until,
            confirmation=about.confirmation,
            scope=about.scope,
            signed_in=about.released.signed_in,
        )
        signed = jwt_access_token.make(self.keyring.signer(jwt_access_token.ALGORITHM), said, access)
        try:
            return replace(access, text=jwe.encrypt(signed.encode(), key=key, nested=True, party=access.text))
        except ValueError:
            log_event("client_key_unusable", level="warning", client=api.client_id)
            return access
