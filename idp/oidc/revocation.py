"""Token revocation (RFC 7009): a client gives back what it no longer needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from idp.oidc import refresh_tokens, tokens
from idp.oidc.errors import Code, OAuthError
from idp.store import refreshes

if TYPE_CHECKING:
    from datetime import datetime

    from idp.oidc.parameters import Parameters
    from idp.oidc.token import ClientAuthenticator
    from idp.store.database import Database


@dataclass(frozen=True, slots=True)
class Revocation:
    """The revocation endpoint's service."""

    authenticator: ClientAuthenticator
    database: Database
    refresh_key: bytes

    def answer(self, parameters: Parameters, authorization: str | None, *, now: datetime) -> None:
        """End a token of the client's own; what is unknown, or another's, is none of its business and no error.

        A refresh token takes the whole grant with it; an access token goes alone (RFC 7009 §2.1). Raises OAuthError.
        """
        client = self.authenticator.authenticate(parameters, authorization, now=now)
        text = parameters.get("token")
        if text is None or "token" in parameters.repeated:
            raise OAuthError(Code.INVALID_REQUEST, "token is missing, or was given more than once")
        family = refresh_tokens.take_apart(self.refresh_key, text)
        access = tokens.take_apart(text)
        with self.database.write() as connection:
            if family is not None:
                refreshes.revoke_family(connection, grant_id=family[0], client_id=client.client_id, now=now)
            elif access is not None:
                refreshes.revoke_access(
                    connection, grant_id=access.grant_id, access_hash=access.digest, client_id=client.client_id
                )
