"""RP-initiated sign-out (OpenID Connect RP-Initiated Logout 1.0 §2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from idp.oidc.errors import PageError
from idp.oidc.subject import subject_of
from keys import InvalidToken
from keys.jws import verify_compact

if TYPE_CHECKING:
    from datetime import datetime

    from clients.client import Client
    from idp.domain.ids import PersonId
    from idp.keyholder import Keyholder
    from idp.oidc.parameters import Parameters
    from idp.store.clients import ClientDirectory


class _Hint(msgspec.Struct, frozen=True):
    iss: str
    sub: str
    aud: str


@dataclass(frozen=True, slots=True)
class SignOut:
    """What a sign-out request amounts to.

    ``confirmed`` when the hint names the very person signed in, so that no question is left; ``return_to`` only when
    the hint is ours and the address is registered for the client it was issued to.
    """

    client: Client | None
    confirmed: bool
    return_to: str | None
    state: str | None


@dataclass(frozen=True, slots=True)
class Logout:
    """The end-session endpoint's service."""

    issuer: str
    directory: ClientDirectory
    keyring: Keyholder

    def read(self, parameters: Parameters, person_id: PersonId | None, *, now: datetime) -> SignOut:
        """Judge a sign-out request. Raises PageError for an address or a hint that cannot be trusted."""
        if parameters.repeated:
            raise PageError("logout_unreadable")
        hint = self._hint(parameters.get("id_token_hint"))
        client = self.directory.find(hint.aud, now=now) if hint else None
        named = parameters.get("client_id")
        if named is not None and hint is not None and named != hint.aud:
            raise PageError("logout_hint_mismatch")
        return_to = parameters.get("post_logout_redirect_uri")
        if return_to is not None and (client is None or return_to not in client.post_logout_redirect_uris):
            raise PageError("logout_uri_unregistered")
        confirmed = hint is not None and client is not None and self._names(hint, client, person_id)
        return SignOut(client, confirmed, return_to, parameters.get("state"))

    def _names(self, hint: _Hint, client: Client, person_id: PersonId | None) -> bool:
        if person_id is None:
            return True
        return subject_of(self.keyring.bridge, person_id, sector=client.sector).value == hint.sub

    def _hint(self, token: str | None) -> _Hint | None:
        """Open an ID token of ours; its age does not matter (RP-Initiated Logout §4)."""
        if token is None:
            return None
        try:
            hint = msgspec.json.decode(verify_compact(token, self.keyring), type=_Hint)
        except (InvalidToken, msgspec.MsgspecError) as wrong:
            raise PageError("logout_hint_invalid") from wrong
        if hint.iss != self.issuer:
            raise PageError("logout_hint_invalid")
        return hint
