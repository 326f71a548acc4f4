"""The API that an access token is for (RFC 8707): a resource, and the client that answers to it.

A person who lets a site act for them at an API is known to both under different pseudonyms, and the token is where the
two meet. So the person is asked for just that; the token says nothing by itself; and the API, when it asks what the
token is worth, learns the pseudonym of its own sector and the site only the site's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from idp.oidc.errors import Code, OAuthError

if TYPE_CHECKING:
    from datetime import datetime

    from clients.client import Client
    from idp.oidc.apis import Apis
    from idp.oidc.authorization_request import AuthorizationRequest

WORD = "resource:"


@dataclass(frozen=True, slots=True)
class Target:
    """A resource indicator and the client behind it."""

    resource: str
    api: Client

    @property
    def word(self) -> str:
        """What a consent to it remembers."""
        return WORD + self.resource


def target_of(request: AuthorizationRequest, apis: Apis, *, now: datetime) -> Target | None:
    """Return the API that a request names, if it names one: one statement then. Raises OAuthError."""
    resource = request.get("resource")
    if resource is None:
        return None
    api = apis.behind(resource, now=now)
    if api is None:
        raise OAuthError(Code.INVALID_TARGET, "this resource is not known here")
    return Target(resource, api)
