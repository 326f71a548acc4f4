"""``client_credentials`` (RFC 6749 §4.4): a client acts for itself, and nobody is told of."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from idp.oidc import access_tokens, jwt_access_token, snapshot
from idp.oidc.errors import Code, OAuthError
from idp.oidc.jwt_access_token import ForResource
from idp.oidc.snapshot import Snapshot
from idp.oidc.token_response import Issue, respond
from idp.store import grants

if TYPE_CHECKING:
    from datetime import datetime

    from clients.client import Client
    from idp.oidc.grants.grant import TokenContext
    from idp.oidc.parameters import Parameters


class ClientCredentials:
    """Give a client an access token of its own: no person, so no ID token; and no refresh token (RFC 6749 §4.4.3)."""

    name: ClassVar[str] = "client_credentials"

    @staticmethod
    def answer(
        context: TokenContext, client: Client, parameters: Parameters, *, now: datetime, confirmation: str | None = None
    ) -> dict[str, object]:
        """Record, then answer: one statement, and one more to find a resource."""
        if not client.confidential:
            raise OAuthError(Code.UNAUTHORIZED_CLIENT, "this grant_type is for clients that can prove themselves")
        if parameters.get("scope") is not None:
            raise OAuthError(Code.INVALID_SCOPE, "every scope is about a person, and here there is none")
        resource = _resource(context, client, parameters, now=now)
        access = access_tokens.fresh(context.access_key, until=context.access_until(now), confirmation=confirmation)
        grant = grants.NewGrant(
            grant_id=access.grant_id,
            client_id=client.client_id,
            sub=None,
            scope="",
            sealed=snapshot.seal(Snapshot({}, {}), record_seal=context.record_seal, grant_id=access.grant_id),
            redirect_uri=None,
            nonce=None,
            code_challenge=None,
            code_hash=None,
            code_until=None,
            access_until=access.until,
            resource=resource,
            confirmation=confirmation,
        )
        context.database.once(lambda connection: grants.add(connection, grant))
        if resource is not None:
            me, since = client.client_id, int(now.timestamp())
            said = ForResource(context.issuer, resource, me, me, since, access.until, confirmation)
            signer = context.keyring.signer(jwt_access_token.ALGORITHM)
            access = replace(access, text=jwt_access_token.make(signer, said, access))
        return respond(context, client, Issue(access, "", None, confirmation), now=now)


def _resource(context: TokenContext, client: Client, parameters: Parameters, *, now: datetime) -> str | None:
    """Return the one resource that a token is asked for, if the client may act for itself there (RFC 8707 §2).

    Nobody is asked here, so an operator decides; whether the others exist is not told.
    """
    resource = parameters.get("resource")
    if resource is None:
        return None
    if resource not in {*client.allowed_resources, *client.resources}:
        raise OAuthError(Code.INVALID_TARGET, "this client may not act for itself at this resource")
    if context.apis.behind(resource, now=now) is None:
        raise OAuthError(Code.INVALID_TARGET, "this resource is not known here")
    return resource
