"""The authorization request once its reply address is proven, and the three steps that prove it.

There is no way to make an :class:`AuthorizationRequest` but :func:`address`: whoever holds one may answer to its
``redirect_uri``; whoever does not has nothing to answer to. What a device asks for (:func:`of_device`) has no such
address, and is answered by a page of ours.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from clients import redirect_uris
from idp.oidc import claims_request, response_modes, response_types
from idp.oidc.acr import wanted_by
from idp.oidc.asked import asked_in
from idp.oidc.errors import PageError
from idp.oidc.parameters import Parameters
from idp.value import Value

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from clients.client import Client
    from idp.oidc.acr import Wanted
    from idp.oidc.asked import Asked
    from idp.oidc.claims_request import ClaimsRequest
    from idp.oidc.response_modes import ResponseMode
    from idp.oidc.response_types import ResponseType


class AskingDevice(msgspec.Struct, frozen=True, array_like=True):
    """A device that waits (RFC 8628): what its row is found by, and the code that a person typed for it."""

    device_hash: bytes
    user_code: str
    confirmed: bool = False
    """Whether the person said that this device is in front of them."""


class Origin(Value, frozen=True):
    """How a request came: ``pushed`` is what a pushed one is found by; ``signed`` tells that the client signed it."""

    pushed: bytes | None = None
    signed: bool = False
    device: AskingDevice | None = None


class AuthorizationRequest(Value, frozen=True, dict=True):
    """A request of ``client`` that may be answered at ``redirect_uri``; ``started`` is when it first arrived.

    With a dict beside its fields: what is read out of the parameters is kept there, as many checks ask for it.
    """

    client: Client
    redirect_uri: str
    parameters: Parameters
    started: datetime
    offered: tuple[ResponseType, ...] = response_types.IN_PRODUCTION
    """The response types of this deployment."""
    origin: Origin = Origin()
    """How the request came to us."""

    def get(self, name: str) -> str | None:
        """Return the value of a parameter or None."""
        return self.parameters.values.get(name)

    @property
    def state(self) -> str | None:
        """Opaque to us; goes back byte for byte."""
        return self.parameters.get("state")

    @cached_property
    def response_type(self) -> ResponseType | None:
        """What the response has to bring; None for what is not offered."""
        return response_types.named(self.parameters.get("response_type") or "", self.offered)

    @cached_property
    def response_mode(self) -> ResponseMode:
        """How the response travels, an error too: as asked for where that may be, else as the response type does."""
        kind, named = self.response_type, response_modes.BY_NAME.get(self.parameters.get("response_mode") or "")
        if named is not None and self.may_travel_by(named):
            return named
        return response_modes.QUERY if kind is None else kind.default_mode

    def may_travel_by(self, mode: ResponseMode) -> bool:
        """Tell whether a mode suits the response type and the redirect URI."""
        kind = self.response_type
        with_tokens = kind is not None and kind.exposes_tokens
        web = self.redirect_uri.startswith(("https://", "http://"))
        return (mode.keeps_tokens or not with_tokens) and (web or not mode.web_only)

    @cached_property
    def scopes(self) -> frozenset[str]:
        """The scopes asked for; those we do not know are ignored (OIDC Core §3.1.2.1)."""
        return frozenset((self.parameters.get("scope") or "").split())

    @cached_property
    def prompts(self) -> frozenset[str]:
        """The ``prompt`` values (OIDC Core §3.1.2.1)."""
        return frozenset((self.parameters.get("prompt") or "").split())

    @cached_property
    def claims(self) -> ClaimsRequest:
        """The claims asked for by name (OIDC Core §5.5). Raises OAuthError for what is none of that form."""
        return claims_request.read(self.parameters.get("claims"))

    @cached_property
    def asked(self) -> Asked:
        """What the site asks for about the person, as far as it may have it. Raises OAuthError as ``claims`` does."""
        return asked_in(self)

    @cached_property
    def acr(self) -> Wanted:
        """How the person should have signed in. Raises OAuthError as ``claims`` does."""
        return wanted_by(self)

    @property
    def max_age(self) -> int | None:
        """Seconds since the last active authentication that the site still accepts; checked to be a number before."""
        given = self.parameters.get("max_age")
        return int(given) if given is not None else self.client.default_max_age


def as_it_is(parameters: Parameters, _client: Client) -> tuple[Parameters, Origin]:
    """Take a request that refers to nothing."""
    return parameters, Origin()


def load_client(parameters: Parameters, find: Callable[[str], Client | None]) -> Client:
    """Find the client by ``client_id``, given exactly once (RFC 6749 §4.1.1)."""
    client_id = parameters.get("client_id")
    if client_id is None or "client_id" in parameters.repeated:
        raise PageError("client_missing")
    client = find(client_id)
    if client is None:
        raise PageError("client_unknown")
    return client


def match_redirect_uri(parameters: Parameters, client: Client) -> str:
    """Compare ``redirect_uri``, given exactly once, with those registered (OIDC Core §3.1.2.1, RFC 9700 §2.1)."""
    presented = parameters.get("redirect_uri")
    if presented is None or "redirect_uri" in parameters.repeated:
        raise PageError("redirect_uri_missing", detail=client.client_id)
    if not redirect_uris.matches(client.redirect_uris, presented, application_type=client.application_type):
        raise PageError("redirect_uri_unregistered", detail=client.client_id)
    return presented


def of_device(client: Client, scope: str, device: AskingDevice, *, started: datetime) -> AuthorizationRequest:
    """Return what a device asks for: the answer goes to its row, and the person to a page of ours (RFC 8628 §3.3).

    It comes to a code, which is sealed into that row.
    """
    parameters = Parameters({"client_id": client.client_id, "scope": scope, "response_type": response_types.CODE.name})
    return AuthorizationRequest(client, "", parameters, started, origin=Origin(device=device))


def address(
    parameters: Parameters,
    find: Callable[[str], Client | None],
    *,
    started: datetime,
    offered: tuple[ResponseType, ...] = response_types.IN_PRODUCTION,
    unpack: Callable[[Parameters, Client], tuple[Parameters, Origin]] = as_it_is,
) -> AuthorizationRequest:
    """Prove where a request may be answered. Raises :class:`PageError`, which goes to the person and nowhere else.

    ``unpack`` takes the parameters out of what a request refers to, before anything in them is believed.
    """
    client = load_client(parameters, find)
    unpacked, origin = unpack(parameters, client)
    redirect_uri = match_redirect_uri(unpacked, client)
    return AuthorizationRequest(client, redirect_uri, unpacked, started, offered, origin)
