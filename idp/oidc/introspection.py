"""Token introspection (RFC 7662), as JSON or as a JWT that its reader can keep as a proof (RFC 9701).

A caller learns of its own tokens only, and of those made for it as a resource; of everybody else's, that they are not
active. The subject is the one that the caller's sector knows.

A JWT that is encrypted to an API tells only the client it was given to, which cannot open it, what it is worth. We
cannot either, and what it carries in clear says nothing of what is inside: anybody can encrypt to the API, with a
reference to a live token beside. The API asks about the JWT inside.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from idp.oidc import access_tokens, jwt_access_token, refresh_tokens, snapshot
from idp.oidc.errors import Code, OAuthError
from idp.oidc.token_response import cnf, token_type
from idp.store import refreshes
from keys.jws import sign_compact

if TYPE_CHECKING:
    from datetime import datetime

    from clients.client import Client
    from idp.keyholder import Keyholder
    from idp.oidc.access_tokens import AccessToken
    from idp.oidc.parameters import Parameters
    from idp.oidc.presented import Presented
    from idp.oidc.token import ClientAuthenticator
    from idp.store.clients import ClientDirectory
    from idp.store.database import Database
    from idp.store.refreshes import Standing
    from keys.seal import RecordSeal

MEDIA_TYPE = "application/token-introspection+jwt"
TYPE = "token-introspection+jwt"
DEFAULT_ALGORITHM = "RS256"
"""RFC 9701 §6."""
NOT_ACTIVE: dict[str, object] = {"active": False}


@dataclass(frozen=True, slots=True)
class Introspection:
    """The introspection endpoint's service."""

    issuer: str
    authenticator: ClientAuthenticator
    database: Database
    directory: ClientDirectory
    keyring: Keyholder
    refresh_key: bytes
    access_key: bytes
    record_seal: RecordSeal

    def answer(
        self, parameters: Parameters, presented: Presented, *, signed: bool, now: datetime
    ) -> dict[str, object] | str:
        """Tell what a token is worth now; a JWT where the caller registered for one or asks for it.

        Raises OAuthError.
        """
        client = self.authenticator.authenticate(parameters, presented, now=now)
        if not client.confidential:
            raise OAuthError(Code.INVALID_CLIENT, "introspection is for clients that can prove themselves")
        text = parameters.get("token")
        if text is None or "token" in parameters.repeated:
            raise OAuthError(Code.INVALID_REQUEST, "token is missing, or was given more than once")
        content = self._content(text, client, now=now)
        if not signed and client.introspection_signed_response_alg is None:
            return content
        return self._signed(content, client, now=now)

    def _content(self, text: str, client: Client, *, now: datetime) -> dict[str, object]:
        family = refresh_tokens.take_apart(self.refresh_key, text)
        access, resource = jwt_access_token.in_any_form(text, self.keyring, issuer=self.issuer)
        readable = not jwt_access_token.is_encrypted(text)
        grant_id = family[0] if family is not None else access.grant_id if access is not None else None
        found = self._standing(grant_id, client, now=now) if grant_id is not None else None
        if found is None:
            return NOT_ACTIVE
        for_person = found.sub is not None and found.resource in client.resources
        if for_person and access is not None and readable:
            return self._for_the_api(found, access, now=now)
        if not (found.client_id == client.client_id or resource in client.resources):
            return NOT_ACTIVE
        until = _family_until(found, family[1]) if family is not None else self._access_until(found, access, now=now)
        if until is None or until <= now.timestamp():
            return NOT_ACTIVE
        content = self._of(found, until=until, is_access=family is None)
        if found.sub is not None and found.resource is not None:
            return content | {"aud": found.resource}
        return content if resource is None else content | {"aud": resource, "sub": found.client_id}

    def _standing(self, grant_id: bytes, caller: Client, *, now: datetime) -> Standing | None:
        """Return a grant whose client has not been turned away since: one statement, as clients are remembered."""
        with self.database.read() as connection:
            found = refreshes.standing(connection, grant_id=grant_id)
        if found is None or found.client_id == caller.client_id:  # the caller has just proved itself
            return found
        return found if self.directory.find(found.client_id, now=now) is not None else None

    def _for_the_api(self, found: Standing, access: AccessToken, *, now: datetime) -> dict[str, object]:
        """Tell an API of a token that was made for it: the person as its own sector knows them, and nothing else."""
        until = self._access_until(found, access, now=now)
        if until is None:
            return NOT_ACTIVE
        released = snapshot.unseal(found.sealed, record_seal=self.record_seal, grant_id=access.grant_id)
        content = self._of(found, until=until, is_access=True)
        return content | released.signed_in | {"sub": released.sub_there, "aud": found.resource}

    def _access_until(self, found: Standing, access: AccessToken | None, *, now: datetime) -> int | None:
        """Return when an access token of a grant ends; None where it ended, or is none of it."""
        if access is None or not access_tokens.is_live(self.access_key, access, found, now=now):
            return None
        return access.until

    def _of(self, found: Standing, *, until: int, is_access: bool) -> dict[str, object]:
        content: dict[str, object] = {
            "active": True,
            "iss": self.issuer,
            "client_id": found.client_id,
            "exp": until,
        }
        if found.scope:
            content["scope"] = found.scope
        if found.sub is not None:
            content["sub"] = found.sub
        if is_access:
            content["token_type"] = token_type(found.confirmation)
        if found.confirmation is not None:
            content["cnf"] = cnf(found.confirmation)
        return content

    def _signed(self, content: dict[str, object], client: Client, *, now: datetime) -> str:
        """Wrap an answer so that nobody takes it for an ID or access token (RFC 9701 §5, §8.1)."""
        payload = {
            "iss": self.issuer,
            "aud": client.client_id,
            "iat": int(now.timestamp()),
            "token_introspection": content,
        }
        signer = self.keyring.signer(client.introspection_signed_response_alg or DEFAULT_ALGORITHM)
        return sign_compact(signer, msgspec.json.encode(payload), TYPE)


def _family_until(found: Standing, generation: int) -> int | None:
    return found.refresh_until if found.refresh_generation == generation else None
