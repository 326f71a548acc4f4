"""``authorization_code`` (RFC 6749 §4.1.3, OIDC Core §3.1.3): a code becomes tokens, once."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from idp.oidc import id_token, pkce, snapshot, tokens
from idp.oidc.errors import Code, OAuthError
from idp.store import grants

if TYPE_CHECKING:
    from datetime import datetime

    from clients.client import Client
    from idp.oidc.grants.grant import TokenContext
    from idp.oidc.parameters import Parameters
    from idp.store.grants import Redeemed, Spent

NOT_LIVE = "the code is unknown, expired, already used, or not this client's"


class AuthorizationCode:
    """Redeem a code."""

    name: ClassVar[str] = "authorization_code"

    @staticmethod
    def answer(context: TokenContext, client: Client, parameters: Parameters, *, now: datetime) -> dict[str, object]:
        """Spend the code, then sign: a crash between leaves a spent code without tokens, never tokens unrecorded."""
        handle = tokens.take_apart(parameters.get("code") or "")
        if handle is None:
            raise OAuthError(Code.INVALID_GRANT, NOT_LIVE)
        access = tokens.fresh(handle.grant_id)
        redeemed = _redeem(context, client, parameters, handle=handle, access=access, now=now)
        released = snapshot.unseal(redeemed.sealed, record_seal=context.record_seal, grant_id=handle.grant_id)
        issued_at = int(now.timestamp())
        frame = id_token.Frame(
            iss=context.issuer,
            sub=redeemed.sub,
            aud=client.client_id,
            iat=issued_at,
            exp=issued_at + int(context.id_token_lifetime.total_seconds()),
            nonce=redeemed.nonce,
            sid=redeemed.sid,
        )
        signer = context.keyring.signer(client.id_token_signed_response_alg)
        return {
            "access_token": access.text,
            "token_type": "Bearer",
            "expires_in": int(context.access_lifetime.total_seconds()),
            "scope": redeemed.scope,
            "id_token": id_token.make(signer, frame, released, access_token=access.text),
        }


def _redeem(
    context: TokenContext,
    client: Client,
    parameters: Parameters,
    *,
    handle: tokens.Handle,
    access: tokens.Fresh,
    now: datetime,
) -> Redeemed:
    with context.database.write() as connection:
        redeemed = grants.redeem_code(
            connection,
            grant_id=handle.grant_id,
            code_hash=handle.digest,
            client_id=client.client_id,
            access_hash=access.digest,
            access_until=int((now + context.access_lifetime).timestamp()),
            now=now,
        )
        if redeemed is not None:
            _require_same_requester(redeemed, parameters)  # raises inside the transaction: a wrong guess burns nothing
            return redeemed
    _revoke_if_replayed(context, client, parameters, handle=handle, now=now)
    raise OAuthError(Code.INVALID_GRANT, NOT_LIVE)


def _revoke_if_replayed(
    context: TokenContext, client: Client, parameters: Parameters, *, handle: tokens.Handle, now: datetime
) -> None:
    """Revoke what a code gave when its own client presents it again (RFC 6749 §4.1.2).

    A public client proves itself by the redirect URI and the verifier only; without them it may be anybody who found
    a spent code in a browser's history, and ends nothing.
    """
    with context.database.write() as connection:
        spent = grants.find_spent(connection, handle, client_id=client.client_id)
        if spent is None:
            return
        if not client.confidential:
            try:
                _require_same_requester(spent, parameters)
            except OAuthError:
                return
        grants.revoke_replayed(connection, handle, client_id=client.client_id, now=now)


def _require_same_requester(redeemed: Redeemed | Spent, parameters: Parameters) -> None:
    """Who redeems is who asked: same redirect URI (RFC 6749 §4.1.3), and the verifier fits (RFC 7636 §4.6)."""
    if parameters.get("redirect_uri") != redeemed.redirect_uri:
        raise OAuthError(Code.INVALID_GRANT, "redirect_uri differs from the authorization request")
    if not pkce.proves(parameters.get("code_verifier"), redeemed.code_challenge):
        raise OAuthError(Code.INVALID_GRANT, "code_verifier does not fit the code_challenge")
