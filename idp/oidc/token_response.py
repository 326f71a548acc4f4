"""The one function that makes a token response (RFC 6749 §5.1, OIDC Core §3.1.3.3); every grant type ends in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idp.oidc import id_token
from idp.value import Value

if TYPE_CHECKING:
    from datetime import datetime

    from clients.client import Client
    from idp.oidc import access_tokens
    from idp.oidc.grants.grant import TokenContext
    from idp.oidc.snapshot import Snapshot

JKT = "jkt:"
X5T = "x5t:"
"""How a confirmation starts, before the thumbprint: of a DPoP key (RFC 9449 §6.1), of a certificate (RFC 8705 §3.1)."""


class About(Value, frozen=True):
    """Whom an ID token tells of, and what."""

    sub: str
    released: Snapshot
    nonce: str | None
    sid: str | None


class Issue(Value, frozen=True):
    """What a grant comes to. ``about`` is None where no ID token is due, ``confirmation`` where nothing is bound."""

    access: access_tokens.Fresh
    scope: str
    about: About | None
    confirmation: str | None = None
    refresh_token: str | None = None


def respond(context: TokenContext, client: Client, issue: Issue, *, now: datetime) -> dict[str, object]:
    """Return the token response for what was recorded before."""
    answer: dict[str, object] = {
        "access_token": issue.access.text,
        "token_type": token_type(issue.confirmation),
        "expires_in": issue.access.until - int(now.timestamp()),
    }
    if issue.scope:  # an empty one is no scope (RFC 6749 §3.3)
        answer["scope"] = issue.scope
    if issue.refresh_token is not None:
        answer["refresh_token"] = issue.refresh_token
    if issue.about is not None:
        answer["id_token"] = _id_token(context, client, issue.about, access_token=issue.access.text, now=now)
    return answer


def token_type(confirmation: str | None) -> str:
    """Return how a token is presented: with a proof of its key, or by itself (RFC 9449 §5)."""
    return "DPoP" if confirmation is not None and confirmation.startswith(JKT) else "Bearer"


def cnf(confirmation: str) -> dict[str, str]:
    """Return the key a token is bound to as ``cnf`` has it (RFC 9449 §6.1, RFC 8705 §3.1)."""
    if confirmation.startswith(JKT):
        return {"jkt": confirmation.removeprefix(JKT)}
    return {"x5t#S256": confirmation.removeprefix(X5T)}


def _id_token(context: TokenContext, client: Client, about: About, *, access_token: str, now: datetime) -> str:
    issued_at = int(now.timestamp())
    frame = id_token.Frame(
        iss=context.issuer,
        sub=about.sub,
        aud=client.client_id,
        iat=issued_at,
        exp=issued_at + int(context.id_token_lifetime.total_seconds()),
        nonce=about.nonce,
        sid=about.sid,
    )
    signer = context.keyring.signer(client.id_token_signed_response_alg)
    return id_token.make(signer, frame, about.released, access_token=access_token)
