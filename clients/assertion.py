"""``private_key_jwt``: a client proves itself by a short JWT signed with its own key (RFC 7523 §3, OIDC Core §9)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from clients import jws
from clients.jwks import FAPI_ALGORITHMS, SIGNING_ALGORITHMS
from clients.jws import JwsRefused

if TYPE_CHECKING:
    from collections.abc import Collection

    from clients.client import Client

TYPES = ("jwt", "client-authentication+jwt")
SKEW = timedelta(seconds=60)
"""How far a client's clock may be off."""
LONGEST = timedelta(minutes=60)
"""The furthest ``exp`` may lie ahead, and the oldest ``iat``: a used ``jti`` must be remembered as long."""

_IDENTIFIER = re.compile(r"[\x21-\x7e]{1,255}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion:
    """What a verified assertion leaves to be done: its ``jti`` is used up, and remembered while it could return."""

    jti: str
    expires: datetime


def claimed_client(compact: str) -> str:
    """Give the client an assertion says it is of, so that its keys can be found. Raises :class:`JwsRefused`."""
    subject = jws.parse(compact).payload.get("sub")
    if not isinstance(subject, str):
        raise JwsRefused("no sub")
    return subject


def verify(compact: str, *, client: Client, now: datetime, audiences: Collection[str]) -> Assertion:
    """Check an assertion wholly, but for its single use. Raises :class:`JwsRefused`."""
    one = client.token_endpoint_auth_signing_alg
    of_profile = FAPI_ALGORITHMS if client.is_fapi else SIGNING_ALGORITHMS
    signed = jws.parse(compact)
    jws.verify(signed, keys=client.jwks, algorithms=(one,) if one else of_profile, types=TYPES)
    claims = signed.payload
    if claims.get("iss") != client.client_id or claims.get("sub") != client.client_id:
        raise JwsRefused("iss and sub are not both the client")
    if client.issuer_only and not isinstance(claims.get("aud"), str):
        raise JwsRefused("the audience is no plain text")
    _check_audience(claims.get("aud"), audiences)
    jti = claims.get("jti")
    if not isinstance(jti, str) or not _IDENTIFIER.fullmatch(jti):
        raise JwsRefused("no usable jti")
    return Assertion(jti=jti, expires=_check_times(claims, now) + SKEW)


def _check_audience(audience: object, accepted: Collection[str]) -> None:
    """One accepted audience, or a list of nothing else.

    A list with a stranger in it was made for the stranger too, who could pass it on (RFC 7523 §3 (3) and its update).
    """
    named = audience if isinstance(audience, list) else [audience]
    if not named or any(not isinstance(each, str) or each not in accepted for each in named):
        raise JwsRefused("made for another audience")


def _check_times(claims: dict[str, object], now: datetime) -> datetime:
    """Give the expiry after judging exp, iat and nbf (RFC 7523 §3 (4)-(6))."""
    expires = _moment(claims, "exp")
    if expires is None:
        raise JwsRefused("no exp")
    if expires <= now - SKEW:
        raise JwsRefused("expired")
    if expires > now + LONGEST + SKEW:
        raise JwsRefused("lives too long")
    issued, begins = _moment(claims, "iat"), _moment(claims, "nbf")
    if any(moment is not None and moment > now + SKEW for moment in (issued, begins)):
        raise JwsRefused("from the future")
    if issued is not None and issued < now - LONGEST - SKEW:
        raise JwsRefused("made too long ago")
    return expires


def _moment(claims: dict[str, object], name: str) -> datetime | None:
    """Read a NumericDate (RFC 7519 §2)."""
    value = claims.get(name)
    if value is None and name not in claims:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise JwsRefused(f"{name} is not a number")
    try:
        return datetime.fromtimestamp(value, tz=UTC)
    except (OverflowError, ValueError, OSError) as error:
        raise JwsRefused(f"{name} is not a time") from error
