"""Request objects (RFC 9101, OIDC Core §6): the parameters of a request as a JWT that the client signed.

They are read before the reply address is proven, since the address may be inside; whoever asks decides what becomes of
a fault. A client's key, never one that comes with the object, verifies it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

import msgspec

from clients import jws
from clients.jwks import FAPI_ALGORITHMS, SIGNING_ALGORITHMS
from clients.jws import JwsRefused
from idp.gateways.outbound import Unreachable
from idp.oidc.client_keys import named
from idp.oidc.parameters import Parameters

if TYPE_CHECKING:
    from clients.client import Client
    from idp.gateways.outbound import Outbound
    from idp.oidc.client_keys import ClientKeys

TYPES = ("oauth-authz-req+jwt", "jwt")
MEDIA_TYPE = "application/oauth-authz-req+jwt"
SKEW = timedelta(seconds=60)
LONGEST = timedelta(minutes=60)
"""How far ahead the end, and how far back the beginning, of a request object may lie under FAPI 2.0."""

AT_ONCE = 2
"""Request objects that a process fetches at the same time."""
OF_THE_JWT = frozenset({"iss", "aud", "exp", "nbf", "iat", "jti", "sub"})
"""Claims about the object itself, which are no parameters."""


class RequestObjectRefused(Exception):
    """The object cannot be used; the words are ours. ``by_reference`` tells that it could not even be had."""

    def __init__(self, reason: str, *, by_reference: bool = False) -> None:
        super().__init__(reason)
        self.by_reference = by_reference


@dataclass(frozen=True, slots=True)
class RequestObjects:
    """Reads request objects, those that clients send and those that they publish."""

    issuer: str
    client_keys: ClientKeys
    outbound: Outbound
    ways_out: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(AT_ONCE))

    def unpack(self, parameters: Parameters, client: Client, *, now: datetime) -> Parameters:
        """Return the parameters that a request object holds. Raises :class:`RequestObjectRefused`.

        A client that has to sign its requests is held to what it signed; of others, the parameters outside fill in what
        the object leaves out, as OIDC Core §6.1 has it.
        """
        inside = self._parameters_in(self._compact(parameters, client), client, now=now)
        if inside.get("client_id", client.client_id) != client.client_id:
            raise RequestObjectRefused("client_id inside the request object is another client's")
        inside["client_id"] = client.client_id
        if must_sign(client):
            return Parameters(inside, parameters.repeated)
        outside = {name: value for name, value in parameters.values.items() if name not in {"request", "request_uri"}}
        return Parameters(outside | inside, parameters.repeated)

    def _compact(self, parameters: Parameters, client: Client) -> str:
        by_value, address = parameters.get("request"), parameters.get("request_uri")
        if by_value is not None and address is not None:
            raise RequestObjectRefused("request and request_uri go not together")
        if {"request", "request_uri"} & parameters.repeated:
            raise RequestObjectRefused("a request object was given more than once")
        if by_value is not None:
            return by_value
        if address not in client.request_uris:
            raise RequestObjectRefused("request_uri is not one that the client registered", by_reference=True)
        return self._published(address.partition("#")[0])

    def _published(self, address: str) -> str:
        """Fetch an object; two at once at most, as anybody's browser can make us go and each may keep us waiting."""
        if not self.ways_out.acquire(blocking=False):
            raise RequestObjectRefused("too many request objects are being fetched", by_reference=True)
        try:
            fetched = self.outbound.get(address, accept=MEDIA_TYPE, most=jws.MAX_LENGTH + 2)
        except Unreachable as unreachable:
            raise RequestObjectRefused("request_uri could not be fetched", by_reference=True) from unreachable
        finally:
            self.ways_out.release()
        return fetched.body.decode("ascii", errors="replace").strip()

    def _parameters_in(self, compact: str, client: Client, *, now: datetime) -> dict[str, str]:
        try:
            signed = jws.parse(compact)
            proving = self.client_keys.with_keys(client, has=named(signed.header.get("kid")), now=now)
            jws.verify(signed, keys=proving.jwks, algorithms=_algorithms(client), types=TYPES)
        except JwsRefused as refused:
            raise RequestObjectRefused(f"request object: {refused}") from refused
        _check_claims(signed.payload, client, issuer=self.issuer, now=now)
        return _as_parameters(signed.payload)


def must_sign(client: Client) -> bool:
    """Tell whether every request of a client has to be a signed one (RFC 9101 §10.5, FAPI 2.0 Message Signing §5.3)."""
    return client.require_signed_request_object or client.profile == "fapi2_message_signing"


def _algorithms(client: Client) -> tuple[str, ...]:
    if client.request_object_signing_alg is not None:
        return (client.request_object_signing_alg,)
    return FAPI_ALGORITHMS if client.is_fapi else SIGNING_ALGORITHMS


def _check_claims(claims: dict[str, object], client: Client, *, issuer: str, now: datetime) -> None:
    """Who made it, for whom, and when (RFC 9101 §4, FAPI 2.0 Message Signing §5.3.1)."""
    strict = must_sign(client)
    if claims.get("iss", None if strict else client.client_id) != client.client_id:
        raise RequestObjectRefused("iss is not the client")
    if claims.get("sub") == client.client_id:
        raise RequestObjectRefused("is a client assertion: sub is the client (RFC 9101 §10.8)")
    audience = claims.get("aud", None if strict else issuer)
    if issuer not in (audience if isinstance(audience, list) else [audience]):
        raise RequestObjectRefused("aud is not this provider")
    expires, begins = _moment(claims, "exp", required=strict), _moment(claims, "nbf", required=strict)
    if expires is not None and expires <= now - SKEW:
        raise RequestObjectRefused("has expired")
    if begins is not None and begins > now + SKEW:
        raise RequestObjectRefused("is not valid yet")
    if strict and expires is not None and expires > now + LONGEST + SKEW:
        raise RequestObjectRefused("lives too long")
    if strict and begins is not None and begins < now - LONGEST - SKEW:
        raise RequestObjectRefused("was made too long ago")


def _moment(claims: dict[str, object], name: str, *, required: bool) -> datetime | None:
    value = claims.get(name)
    if value is None and not required:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise RequestObjectRefused(f"{name} is not a number")
    try:
        return datetime.fromtimestamp(value, tz=UTC)
    except (OverflowError, ValueError, OSError):
        raise RequestObjectRefused(f"{name} is not a time") from None


def _as_parameters(claims: dict[str, object]) -> dict[str, str]:
    """Write the claims as a form would carry them: numbers in digits, objects as JSON (OIDC Core §6.1)."""
    if {"request", "request_uri"} & claims.keys():
        raise RequestObjectRefused("holds a request object itself")
    written = {}
    for name, value in claims.items():
        if name in OF_THE_JWT or value is None:
            continue
        if isinstance(value, str):
            written[name] = value
        elif isinstance(value, bool) or not isinstance(value, int | dict):
            raise RequestObjectRefused("has a parameter that no form could carry")
        else:
            written[name] = msgspec.json.encode(value).decode()
    return {name: value for name, value in written.items() if value}
