"""``refresh_token`` (RFC 6749 §6, OIDC Core §12, RFC 9700 §2.2.2): new tokens while the person is away.

A client that can prove itself, or the key of its tokens, keeps its refresh token: turning it would only lose it where
a reply is lost (FAPI 2.0 §5.3.2.1). One that can do neither gets a new one each time. Should an older one come back,
two parties hold the family, and it ends for both; but for ten seconds, in which the first reply may have been lost,
the same successor is given again.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

from idp.oidc import access_tokens, refresh_tokens, snapshot
from idp.oidc.apis import ForPerson
from idp.oidc.errors import Code, OAuthError
from idp.oidc.token_response import About, Issue, respond
from idp.store import refreshes

if TYPE_CHECKING:
    from datetime import datetime

    from clients.client import Client
    from idp.oidc.grants.grant import TokenContext
    from idp.oidc.parameters import Parameters

NOT_LIVE = "the refresh token is unknown, expired, revoked, or not this client's"
RETRY = timedelta(seconds=10)


class RefreshToken:
    """Renew what an authorization gave."""

    name: ClassVar[str] = "refresh_token"

    @staticmethod
    def answer(
        context: TokenContext, client: Client, parameters: Parameters, *, now: datetime, confirmation: str | None = None
    ) -> dict[str, object]:
        """Turn the family on, if it has to be, and give an access token: one statement, and one more for a new key."""
        found = refresh_tokens.take_apart(context.refresh_key, parameters.get("refresh_token") or "")
        if found is None:
            raise OAuthError(Code.INVALID_GRANT, NOT_LIVE)
        grant_id, generation = found
        _demand_granted(context, grant_id, parameters)
        turning = not client.confidential and confirmation is None
        wish = refreshes.Refresh(
            grant_id=grant_id,
            client_id=client.client_id,
            generation=generation,
            next_generation=generation + 1 if turning else generation,
            confirmation=confirmation,
            may_change_key=client.confidential and confirmation is not None,
            retry_since=int((now - RETRY).timestamp()),
        )
        renewed = _renewed(context, wish, now=now)
        if renewed is None:
            _end_if_reused(context, wish, now=now)
            raise OAuthError(Code.INVALID_GRANT, NOT_LIVE)
        released = snapshot.unseal(renewed.sealed, record_seal=context.record_seal, grant_id=grant_id)
        about = About(renewed.sub, released, nonce=None, sid=renewed.sid)
        text = refresh_tokens.make(context.refresh_key, grant_id=grant_id, generation=wish.next_generation)
        access = access_tokens.fresh(
            context.access_key,
            grant_id=grant_id,
            until=min(context.access_until(now), renewed.until_at),
            confirmation=confirmation,
        )
        told = ForPerson(renewed.resource, client.client_id, renewed.scope, released, confirmation)
        access = context.apis.in_its_form(access, told, now=now)
        return respond(context, client, Issue(access, renewed.scope, about, confirmation, text), now=now)


def _renewed(context: TokenContext, wish: refreshes.Refresh, *, now: datetime) -> refreshes.Renewed | None:
    """Find the family, or turn it on: where its token and its key stay, there is nothing to write."""
    if not wish.turns:
        with context.database.read() as connection:
            kept = refreshes.find_kept(connection, wish, now=now)
        if kept is not None or not wish.may_change_key:
            return kept
    return context.database.once(lambda connection: refreshes.turn(connection, wish, now=now))


def _demand_granted(context: TokenContext, grant_id: bytes, parameters: Parameters) -> None:
    """A refresh may ask for what was granted and nothing else, before anything turns (RFC 6749 §6, RFC 8707 §2.2)."""
    asked, resource = parameters.get("scope"), parameters.get("resource")
    if asked is None and resource is None:
        return
    with context.database.read() as connection:
        standing = refreshes.standing(connection, grant_id=grant_id)
    if standing is None:
        return
    if not set((asked or "").split()) <= set(standing.scope.split()):
        raise OAuthError(Code.INVALID_SCOPE, "scope goes beyond what was granted")
    if resource not in {None, standing.resource}:
        raise OAuthError(Code.INVALID_TARGET, "the grant is for another resource")


def _end_if_reused(context: TokenContext, wish: refreshes.Refresh, *, now: datetime) -> None:
    """End a family of which an older token comes back to its own client (RFC 9700 §4.14.2).

    Only families that are bound to no key turn; a proof says that this is not one of them.
    """
    if wish.confirmation is not None:
        return
    with context.database.write() as connection:
        refreshes.revoke_reused(connection, wish, now=now)
