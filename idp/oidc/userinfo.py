"""The userinfo endpoint (OIDC Core §5.3): the claims an access token stands for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from idp.oidc import snapshot, tokens
from idp.oidc.errors import Code, OAuthError
from idp.store import grants

if TYPE_CHECKING:
    from datetime import datetime

    from idp.store.database import Database
    from keys.seal import RecordSeal

EXPIRED = "the access token is unknown, expired or revoked"


def bearer_token(authorization: str | None) -> str | None:
    """Return the token of an ``Authorization: Bearer`` header, whose scheme has no case (RFC 6750 §2.1)."""
    scheme, _, token = (authorization or "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


@dataclass(frozen=True, slots=True)
class Userinfo:
    """The userinfo endpoint's service."""

    database: Database
    record_seal: RecordSeal

    def answer(self, text: str | None, *, now: datetime) -> dict[str, object]:
        """Return ``sub`` and the claims an access token releases: one statement. Raises OAuthError."""
        handle = tokens.take_apart(text) if text else None
        if handle is None:
            raise OAuthError(Code.INVALID_TOKEN, EXPIRED)
        with self.database.read() as connection:
            access = grants.find_access(connection, grant_id=handle.grant_id, access_hash=handle.digest, now=now)
        if access is None:
            raise OAuthError(Code.INVALID_TOKEN, EXPIRED)
        released = snapshot.unseal(access.sealed, record_seal=self.record_seal, grant_id=handle.grant_id)
        return {**released.userinfo, "sub": access.sub}
