"""What a grant type is to the token endpoint."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Protocol

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from clients.client import Client
    from idp.keyholder import Keyholder
    from idp.oidc.apis import Apis
    from idp.oidc.parameters import Parameters
    from idp.store.database import Database
    from keys.seal import RecordSeal


@dataclass(frozen=True, slots=True)
class TokenContext:
    """What a grant may touch."""

    issuer: str
    database: Database
    keyring: Keyholder
    record_seal: RecordSeal
    access_lifetime: timedelta
    id_token_lifetime: timedelta
    refresh_key: bytes
    access_key: bytes
    apis: Apis

    def access_until(self, now: datetime) -> int:
        """Return when an access token ends that is given now."""
        return int((now + self.access_lifetime).timestamp())


class GrantType(Protocol):
    """One value of ``grant_type`` (RFC 6749 §4)."""

    name: ClassVar[str]

    @staticmethod
    def answer(
        context: TokenContext, client: Client, parameters: Parameters, *, now: datetime, confirmation: str | None = None
    ) -> dict[str, object]:
        """Return the token response for an authenticated client. Raises OAuthError.

        ``confirmation`` is the key that the request proved, which tokens are bound to: ``jkt:`` or ``x5t:`` and its
        thumbprint.
        """
