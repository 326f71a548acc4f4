"""RP-initiated sign-out (OpenID Connect RP-Initiated Logout 1.0 §2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from idp.oidc.errors import PageError
from idp.oidc.hint import read as read_hint
from idp.oidc.subject import subject_of

if TYPE_CHECKING:
    from datetime import datetime

    from clients.client import Client
    from idp.domain.ids import PersonId
    from idp.keyholder import Keyholder
    from idp.oidc.hint import Hint
    from idp.oidc.parameters import Parameters
    from idp.store.clients import ClientDirectory


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
        """Judge a sign-out request. Raises PageError for an address that is not the client's.

        A hint that cannot be verified, because its key is gone, say, is as good as none: the person is asked, and
        redirected nowhere.
        """
        if parameters.repeated:
            raise PageError("logout_unreadable")
        token = parameters.get("id_token_hint")
        hint = read_hint(token, self.keyring, issuer=self.issuer) if token is not None else None
        client = self.directory.find(hint.aud, now=now) if hint is not None else None
        if hint is None or client is None:
            return SignOut(None, confirmed=False, return_to=None, state=None)
        if parameters.get("client_id") not in {None, hint.aud}:
            raise PageError("logout_hint_mismatch")
        return_to = parameters.get("post_logout_redirect_uri")
        if return_to is not None and return_to not in client.post_logout_redirect_uris:
            raise PageError("logout_uri_unregistered")
        return SignOut(client, self._names(hint, client, person_id), return_to, parameters.get("state"))

    def _names(self, hint: Hint, client: Client, person_id: PersonId | None) -> bool:
        if person_id is None:
            return True
        return subject_of(self.keyring.bridge, person_id, sector=client.sector).value == hint.sub
