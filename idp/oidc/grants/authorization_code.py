"""``authorization_code`` (RFC 6749 §4.1.3, OIDC Core §3.1.3): a code becomes tokens, once."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from idp.oidc import access_tokens, pkce, refresh_tokens, snapshot, tokens
from idp.oidc.apis import ForPerson
from idp.oidc.errors import Code, OAuthError
from idp.oidc.token_response import About, Issue, respond
from idp.store import grants, refreshes

if TYPE_CHECKING:
    from datetime import datetime

    from clients.client import Client
    from idp.oidc.grants.grant import TokenContext
    from idp.oidc.parameters import Parameters
    from idp.store.grants import Presented

NOT_LIVE = "the code is unknown, expired, already used, or not this client's"


class AuthorizationCode:
    """Redeem a code."""

    name: ClassVar[str] = "authorization_code"

    @staticmethod
    def answer(
        context: TokenContext, client: Client, parameters: Parameters, *, now: datetime, confirmation: str | None = None
    ) -> dict[str, object]:
        """Spend the code, then sign: a crash between leaves a spent code without tokens, never tokens unrecorded."""
        handle = tokens.take_apart(parameters.get("code") or "")
        if handle is None:
            raise OAuthError(Code.INVALID_GRANT, NOT_LIVE)
        _demand_same_resource(context, handle, parameters.get("resource"))
        wish = grants.Redemption(
            grant_id=handle.grant_id,
            code_hash=handle.digest,
            client_id=client.client_id,
            redirect_uri=parameters.get("redirect_uri"),
            code_challenge=pkce.challenge_of(parameters.get("code_verifier")),
            confirmation=confirmation,
            access_until=context.access_until(now),
        )
        redeemed = context.database.once(lambda connection: grants.redeem_code(connection, wish, now=now))
        if redeemed is None:
            raise _refusal(context, client, parameters, handle=handle, confirmation=confirmation, now=now)
        released = snapshot.unseal(redeemed.sealed, record_seal=context.record_seal, grant_id=handle.grant_id)
        released = snapshot.opened_with(released, code=parameters.get("code") or "")
        about = About(redeemed.sub, released, redeemed.nonce, redeemed.sid)
        refresh_token = None
        if redeemed.refresh_until is not None:
            refresh_token = refresh_tokens.make(context.refresh_key, grant_id=handle.grant_id, generation=0)
        access = access_tokens.fresh(
            context.access_key, grant_id=handle.grant_id, until=wish.access_until, confirmation=confirmation
        )
        told = ForPerson(redeemed.resource, client.client_id, redeemed.scope, released, confirmation)
        access = context.apis.in_its_form(access, told, now=now)
        issue = Issue(access, redeemed.scope, about, confirmation, refresh_token)
        return respond(context, client, issue, now=now)


def _demand_same_resource(context: TokenContext, handle: tokens.Handle, resource: str | None) -> None:
    """A code is redeemed for what it was asked for; one statement more for who says so again (RFC 8707 §2.2)."""
    if resource is None:
        return
    with context.database.read() as connection:
        standing = refreshes.standing(connection, grant_id=handle.grant_id)
    if standing is not None and standing.resource != resource:
        raise OAuthError(Code.INVALID_TARGET, "the code was asked for another resource")


def _refusal(
    context: TokenContext,
    client: Client,
    parameters: Parameters,
    *,
    handle: tokens.Handle,
    confirmation: str | None,
    now: datetime,
) -> OAuthError:
    """Say why a code was not redeemed, and revoke what it gave if its own client presents it again (RFC 6749 §4.1.2).

    A public client proves itself by the redirect URI and the verifier only; without them it may be anybody who found
    a spent code in a browser's history, and ends nothing.
    """
    with context.database.write() as connection:
        presented = grants.find_presented(connection, handle, client_id=client.client_id)
        if presented is None or (presented.expired(now) and not presented.spent):
            return OAuthError(Code.INVALID_GRANT, NOT_LIVE)
        other = _other_requester(presented, parameters, confirmation)
        if presented.spent and (client.confidential or other is None):
            grants.revoke_replayed(connection, handle, client_id=client.client_id, now=now)
    return OAuthError(Code.INVALID_GRANT, NOT_LIVE if presented.spent or other is None else other)


def _other_requester(presented: Presented, parameters: Parameters, confirmation: str | None) -> str | None:
    """Say what tells who redeems from who asked: redirect URI, verifier, or key.

    RFC 6749 §4.1.3, RFC 7636 §4.6, RFC 9449 §10.
    """
    if parameters.get("redirect_uri") != presented.redirect_uri:
        return "redirect_uri differs from the authorization request"
    if not pkce.proves(parameters.get("code_verifier"), presented.code_challenge):
        return "code_verifier does not fit the code_challenge"
    if presented.confirmation not in {None, confirmation}:
        return "the proof is not by the key that the code is bound to"
    return None
