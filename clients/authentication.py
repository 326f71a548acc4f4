"""Client authentication at the token endpoint and its siblings: exactly one method, and the registered one.

Sources: RFC 6749 §2.3, OIDC Core §9, RFC 7521 §4.2, RFC 7523 §2.2, RFC 8705 §2.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

from clients import assertion, certificate_subject
from clients.certificate import METHODS as BY_CERTIFICATE
from clients.certificate import TLS_CLIENT_AUTH, InvalidCertificate
from clients.client import CLIENT_ID, PUBLIC, SECRET_METHODS
from clients.jws import JwsRefused
from clients.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from clients.certificate import Authorities, Certificate
    from clients.client import Client

BASIC, POST = SECRET_METHODS
PRIVATE_KEY_JWT = "private_key_jwt"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_LONGEST_HEADER = 1024


class ClientAuthenticationFailed(Exception):
    """The request does not prove that it comes from the client.

    ``error`` is all the wire may see: ``invalid_client``, or ``invalid_request`` for more than one method at once
    (RFC 6749 §5.2). ``reason`` is for the log: words of ours, nothing the caller sent.
    """

    def __init__(self, reason: str, *, error: str = "invalid_client") -> None:
        super().__init__(error)
        self.error = error
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What a request brought, before anything is believed."""

    client_id: str
    method: str
    proof: Secret | None = None
    """The secret, or the assertion in compact form; None where the request names its client and says no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authenticated:
    """What the client proved. An assertion's ``jti`` is still to be used up: once per client, kept until it expires."""

    method: str
    assertion_jti: str | None = None
    assertion_expires: datetime | None = None


def credentials_from(*, authorization: str | None, form: Mapping[str, str]) -> Credentials:
    """Read the client credentials of a request.

    ``authorization`` is the header as received; ``form`` the parsed body, every name once. An empty member counts as
    absent (RFC 6749 §3.2). The header and a ``client_id`` in the body may come together if they agree.
    Raises :class:`ClientAuthenticationFailed`.
    """
    sent = {name: value for name in ("client_id", "client_secret", "client_assertion") if (value := form.get(name))}
    if (authorization is not None) + ("client_secret" in sent) + ("client_assertion" in sent) > 1:
        raise ClientAuthenticationFailed("more than one method", error="invalid_request")
    if authorization is not None:
        found = _from_header(authorization)
    elif "client_assertion" in sent:
        found = _from_assertion(sent["client_assertion"], type_of_it=form.get("client_assertion_type"))
    elif "client_id" in sent:
        proof = Secret(sent["client_secret"]) if "client_secret" in sent else None
        found = Credentials(client_id=sent["client_id"], method=POST if proof else PUBLIC, proof=proof)
    else:
        raise ClientAuthenticationFailed("no client named")
    if sent.get("client_id", found.client_id) != found.client_id:
        raise ClientAuthenticationFailed("two clients named")
    if not CLIENT_ID.fullmatch(found.client_id):
        raise ClientAuthenticationFailed("not a client identifier")
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """What the connection proved, beside the request: the certificate that was shown, and whose word counts on it."""

    certificate: Certificate | None = None
    authorities: Authorities | None = None


def authenticate(
    client: Client,
    credentials: Credentials,
    *,
    now: datetime,
    audiences: Collection[str],
    connection: Connection = Connection(),
) -> Authenticated:
    """Prove that the credentials are the client's, by its registered method.

    ``audiences`` are the values that may stand in an assertion's ``aud``: the issuer, and where the client is not
    ``issuer_only`` the token endpoint's URL. Raises :class:`ClientAuthenticationFailed`.
    """
    if credentials.client_id != client.client_id:
        raise ClientAuthenticationFailed("credentials of another client")
    if credentials.method == PUBLIC and client.token_endpoint_auth_method in BY_CERTIFICATE:
        return _by_certificate(client, connection, now=now)
    if credentials.method not in client.authentication_methods:
        raise ClientAuthenticationFailed("not the registered method")
    if credentials.method == PUBLIC:
        return Authenticated(method=PUBLIC)
    if credentials.proof is None:
        raise ClientAuthenticationFailed("no proof")
    if credentials.method == PRIVATE_KEY_JWT:
        return _by_assertion(client, credentials.proof, now=now, audiences=audiences)
    if client.secret_hash is None or not credentials.proof.fits(client.secret_hash):
        raise ClientAuthenticationFailed("wrong secret")
    return Authenticated(method=credentials.method)


def _by_assertion(client: Client, proof: Secret, *, now: datetime, audiences: Collection[str]) -> Authenticated:
    try:
        verified = assertion.verify(proof.reveal(), client=client, now=now, audiences=audiences)
    except JwsRefused as refused:
        raise ClientAuthenticationFailed(f"assertion: {refused}") from refused
    return Authenticated(method=PRIVATE_KEY_JWT, assertion_jti=verified.jti, assertion_expires=verified.expires)


def _by_certificate(client: Client, connection: Connection, *, now: datetime) -> Authenticated:
    """A certificate by which the client is known, at a time that it is made for (RFC 8705 §2.1, §2.2)."""
    shown, method = connection.certificate, client.token_endpoint_auth_method
    if shown is None:
        raise ClientAuthenticationFailed("no certificate shown")
    try:
        if not shown.is_current(now):
            raise ClientAuthenticationFailed("certificate not valid at this time")
        if method == TLS_CLIENT_AUTH:
            _demand_vouched(client, shown, connection.authorities, now=now)
        elif not any(key.use == "sig" and key.x5t == shown.thumbprint for key in client.jwks):
            raise ClientAuthenticationFailed("not a certificate of the client's key set")
    except InvalidCertificate as unreadable:
        raise ClientAuthenticationFailed("certificate that cannot be read") from unreadable
    return Authenticated(method=method)


def _demand_vouched(client: Client, shown: Certificate, authorities: Authorities | None, *, now: datetime) -> None:
    """For the subject that the client registered, by an authority that we know."""
    if authorities is None or not authorities.vouch_for(shown, now=now):
        raise ClientAuthenticationFailed("certificate of no authority known here")
    kind, expected = client.certificate_subject or ("", "")
    if kind not in certificate_subject.KINDS or not certificate_subject.KINDS[kind].fits(shown, expected):
        raise ClientAuthenticationFailed("certificate for somebody else")


def _from_assertion(compact: str, *, type_of_it: str | None) -> Credentials:
    if type_of_it != ASSERTION_TYPE:
        raise ClientAuthenticationFailed("assertion of another type")
    try:
        client_id = assertion.claimed_client(compact)
    except JwsRefused as refused:
        raise ClientAuthenticationFailed(f"assertion: {refused}") from refused
    return Credentials(client_id=client_id, method=PRIVATE_KEY_JWT, proof=Secret(compact))


def _from_header(authorization: str) -> Credentials:
    """Read HTTP Basic (RFC 7617 §2) whose two halves are form-encoded first (RFC 6749 §2.3.1).

    The base64 has one spelling: a lenient decoder is a second parser for somebody in between to disagree with.
    """
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic" or len(encoded) > _LONGEST_HEADER:
        raise ClientAuthenticationFailed("not a Basic header")
    try:
        decoded = base64.b64decode(encoded, validate=True)
        if base64.b64encode(decoded).decode() != encoded:
            raise ClientAuthenticationFailed("not canonical base64")
        client_id, colon, secret = decoded.decode("utf-8").partition(":")
        if not colon or _STRAY_PERCENT.search(client_id + secret):
            raise ClientAuthenticationFailed("not identifier and secret")
        client_id, secret = (unquote_plus(half, errors="strict") for half in (client_id, secret))
    except (binascii.Error, UnicodeError, ValueError) as error:
        raise ClientAuthenticationFailed("not base64 of UTF-8") from error
    return Credentials(client_id=client_id, method=BASIC, proof=Secret(secret))
