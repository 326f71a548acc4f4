"""Client authentication at the token endpoint and its siblings: exactly one method, and the registered one.

Sources: RFC 6749 §2.3, OIDC Core §9, RFC 7521 §4.2, RFC 7523 §3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from clients.client import Client
    from clients.secret import Secret


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
    """The secret, or the assertion in compact form; None for a public client."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authenticated:
    """What the client proved. An assertion's ``jti`` is still to be used up: once per client, kept until it expires."""

    method: str
    assertion_jti: str | None = None
    assertion_expires: datetime | None = None


def credentials_from(*, authorization: str | None, form: Mapping[str, str]) -> Credentials:
    """Read the client credentials of a request.

    ``authorization`` is the header as received; ``form`` the parsed body, every name once. The header and a
    ``client_id`` in the body may come together if they agree. Raises :class:`ClientAuthenticationFailed`.
    """
    raise NotImplementedError


def authenticate(
    client: Client, credentials: Credentials, *, now: datetime, audiences: Collection[str]
) -> Authenticated:
    """Prove that the credentials are the client's, by its registered method.

    ``audiences`` are the values that may stand in an assertion's ``aud``: the issuer, and for older profiles the
    token endpoint's URL. Raises :class:`ClientAuthenticationFailed`.
    """
    raise NotImplementedError
