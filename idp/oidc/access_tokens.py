"""Access tokens as strings: a grant, when the token ends, which of the grant's it is, and proof that we made it.

No row keeps one, so a grant may have as many at once as its client asks for, all bound to one key or to none. The proof
goes over the key that the grant's row knows, too: while that is another, tokens of the former one are over.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from idp.oidc.tokens import ID_BYTES, decoded
from idp.store.access_tokens import SERIAL_BYTES, UNTIL_BYTES, is_over

if TYPE_CHECKING:
    from datetime import datetime

KEY = "yufu/access/1"
"""The purpose of the root that they are keyed with."""
NAME_BYTES = ID_BYTES + UNTIL_BYTES + SERIAL_BYTES
LENGTH = 88  # base64url of 16 + 5 + 13 + 32 bytes has no padding


@dataclass(frozen=True, slots=True)
class Named:
    """An access token by name; ``until`` in unix seconds."""

    grant_id: bytes
    until: int
    serial: bytes


@dataclass(frozen=True, slots=True)
class AccessToken(Named):
    """A presented token, taken apart. ``proof`` is None where a signature of ours proved it already."""

    proof: bytes | None


@dataclass(frozen=True, slots=True)
class Fresh(Named):
    """A new token and the text that goes to the site, once."""

    text: str

    def __repr__(self) -> str:
        """Show nothing: this text is a credential."""
        return "…"


class Row(Protocol):
    """What a grant's row says of its access tokens."""

    @property
    def confirmation(self) -> str | None:
        """The key they are bound to."""

    @property
    def ended(self) -> bytes | None:
        """Which are over before their time."""


def fresh(key: bytes, *, grant_id: bytes | None = None, until: int, confirmation: str | None) -> Fresh:
    """Make a token of a grant whose row knows this key, or of a new grant."""
    grant_id, serial = grant_id or secrets.token_bytes(ID_BYTES), secrets.token_bytes(SERIAL_BYTES)
    name = Named(grant_id, until, serial)
    text = urlsafe_b64encode(_bytes(name) + _proof(key, name, confirmation)).decode()
    return Fresh(grant_id, until, serial, text)


def take_apart(text: str) -> AccessToken | None:
    """Return what a presented token names and its proof, unchecked; None if it cannot be one of ours."""
    raw = decoded(text, length=LENGTH)
    if raw is None:
        return None
    until = int.from_bytes(raw[ID_BYTES : ID_BYTES + UNTIL_BYTES], "big")
    return AccessToken(raw[:ID_BYTES], until, raw[ID_BYTES + UNTIL_BYTES : NAME_BYTES], raw[NAME_BYTES:])


def is_live(key: bytes, token: AccessToken, row: Row, *, now: datetime) -> bool:
    """Tell whether a token is one that we made for the grant of this row, and neither expired nor revoked."""
    if token.proof is not None and not hmac.compare_digest(token.proof, _proof(key, token, row.confirmation)):
        return False
    return token.until > now.timestamp() and not is_over(row.ended, token)


def _bytes(name: Named) -> bytes:
    return name.grant_id + name.until.to_bytes(UNTIL_BYTES, "big") + name.serial


def _proof(key: bytes, name: Named, confirmation: str | None) -> bytes:
    return hmac.digest(key, _bytes(name) + (confirmation or "").encode(), "sha256")
