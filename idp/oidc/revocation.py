"""Token revocation (RFC 7009): a client gives back what it no longer needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from idp.oidc import access_tokens, jwt_access_token, refresh_tokens
from idp.oidc.errors import Code, OAuthError
from idp.store import access_tokens as rows
from idp.store import refreshes

if TYPE_CHECKING:
    from datetime import datetime

    from idp.keyholder import Keyholder
    from idp.oidc.access_tokens import AccessToken
    from idp.oidc.parameters import Parameters
    from idp.oidc.presented import Presented
    from idp.oidc.token import ClientAuthenticator
    from idp.store.database import Database


@dataclass(frozen=True, slots=True)
class Revocation:
    """The revocation endpoint's service."""

    issuer: str
    authenticator: ClientAuthenticator
    database: Database
    keyring: Keyholder
    refresh_key: bytes
    access_key: bytes

    def answer(self, parameters: Parameters, presented: Presented, *, now: datetime) -> None:
        """End a token of the client's own; what is unknown, or another's, is none of its business and no error.

        A refresh token takes the whole grant with it; an access token goes alone (RFC 7009 §2.1). Raises OAuthError.
        """
        client = self.authenticator.authenticate(parameters, presented, now=now)
        text = parameters.get("token")
        if text is None or "token" in parameters.repeated:
            raise OAuthError(Code.INVALID_REQUEST, "token is missing, or was given more than once")
        family = refresh_tokens.take_apart(self.refresh_key, text)
        access, _resource = jwt_access_token.in_any_form(text, self.keyring, issuer=self.issuer)
        if family is not None:
            with self.database.write() as connection:
                refreshes.revoke_family(connection, grant_id=family[0], client_id=client.client_id, now=now)
        elif access is not None:
            self._end(access, client_id=client.client_id, now=now)

    def _end(self, access: AccessToken, *, client_id: str, now: datetime) -> None:
        """End one access token, where it is a live one of this client: what is over needs no mention in its row."""
        with self.database.write() as connection:
            marks = rows.lock(connection, grant_id=access.grant_id, client_id=client_id)
            if marks is not None and access_tokens.is_live(self.access_key, access, marks, now=now):
                rows.end(connection, access, marks, now=int(now.timestamp()))
