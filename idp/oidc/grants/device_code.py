"""``urn:ietf:params:oauth:grant-type:device_code`` (RFC 8628 §3.4): a device asks until the person has decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from clients.client import DEVICE_CODE
from idp.oidc import access_tokens, device_codes, refresh_tokens, snapshot, tokens
from idp.oidc.errors import Code, OAuthError
from idp.oidc.token_response import About, Issue, respond
from idp.store import device_codes as rows
from idp.store import grants

if TYPE_CHECKING:
    from datetime import datetime

    from clients.client import Client
    from idp.oidc.grants.grant import TokenContext
    from idp.oidc.parameters import Parameters

NOT_LIVE = "the device_code is unknown, already used, or not this client's"
DENIED = "the person did not allow it"


class DeviceCode:
    """Redeem what a person allowed a device."""

    name: ClassVar[str] = DEVICE_CODE

    @staticmethod
    def answer(
        context: TokenContext, client: Client, parameters: Parameters, *, now: datetime, confirmation: str | None = None
    ) -> dict[str, object]:
        """Spend the device code and its grant in one transaction, then sign; a poll takes two statements."""
        device_code = parameters.get("device_code")
        if device_code is None:
            raise OAuthError(Code.INVALID_REQUEST, "device_code is missing")
        if parameters.get("resource") is not None:
            raise OAuthError(Code.INVALID_TARGET, "the person was asked about no resource")
        device_hash = device_codes.hash_of(device_code)
        with context.database.read() as connection:
            found = rows.polled(connection, device_hash=device_hash, client_id=client.client_id)
        code = tokens.take_apart(_allowed(context, found, device_hash, now=now))
        assert code is not None  # noqa: S101 — we sealed it ourselves
        wish = grants.Redemption(
            grant_id=code.grant_id,
            code_hash=code.digest,
            client_id=client.client_id,
            redirect_uri="",
            code_challenge=None,
            confirmation=confirmation,
            access_until=context.access_until(now),
        )
        with context.database.write() as connection:
            if not rows.spend(connection, device_hash=device_hash, now=now):
                raise OAuthError(Code.INVALID_GRANT, NOT_LIVE)
            redeemed = grants.redeem_code(connection, wish, now=now)
        if redeemed is None:  # withdrawn since
            raise OAuthError(Code.ACCESS_DENIED, DENIED)
        released = snapshot.unseal(redeemed.sealed, record_seal=context.record_seal, grant_id=code.grant_id)
        refresh_token = None
        if redeemed.refresh_until is not None:
            refresh_token = refresh_tokens.make(context.refresh_key, grant_id=code.grant_id, generation=0)
        about = About(redeemed.sub, released, nonce=None, sid=None)
        access = access_tokens.fresh(
            context.access_key, grant_id=code.grant_id, until=wish.access_until, confirmation=confirmation
        )
        return respond(context, client, Issue(access, redeemed.scope, about, confirmation, refresh_token), now=now)


def _allowed(context: TokenContext, found: rows.Polled | None, device_hash: bytes, *, now: datetime) -> str:
    """Return the code sealed for a device that is allowed; what else it may find is an error (RFC 8628 §3.5)."""
    if found is None or found.state == rows.SPENT:
        raise OAuthError(Code.INVALID_GRANT, NOT_LIVE)
    if found.until_at <= now.timestamp():
        raise OAuthError(Code.EXPIRED_TOKEN, "the device_code has expired")
    if found.state == rows.DENIED:
        raise OAuthError(Code.ACCESS_DENIED, DENIED)
    if found.state == rows.PENDING:
        raise _pending(context, found, device_hash, now=now)
    return device_codes.unseal(found.sealed, record_seal=context.record_seal, device_hash=device_hash)


def _pending(context: TokenContext, found: rows.Polled, device_hash: bytes, *, now: datetime) -> OAuthError:
    """Let a device wait, longer each time that it comes too soon; of two polls at once the second does."""
    too_soon = found.too_soon(now)
    interval = found.interval + (device_codes.INTERVAL if too_soon else 0)
    first = context.database.once(
        lambda connection: rows.note_poll(connection, found, device_hash=device_hash, interval=interval, now=now)
    )
    if too_soon or not first:
        return OAuthError(Code.SLOW_DOWN, "polled too soon: wait five seconds longer between two polls")
    return OAuthError(Code.AUTHORIZATION_PENDING, "the person has not decided yet")
