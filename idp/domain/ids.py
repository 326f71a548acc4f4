"""Identifiers, each a type of its own so that one can never be handed over for another."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, NewType

if TYPE_CHECKING:
    from collections.abc import Callable

PersonId = NewType("PersonId", str)
"""One human, in the person half only: 22 characters, base64url of 128 random bits."""

ClientId = NewType("ClientId", str)
"""A relying site's ``client_id`` (RFC 6749 §2.2)."""

ID_BYTES = 16


@dataclass(frozen=True, slots=True)
class Subject:
    """A person as one sector knows them, in the site half only (OIDC Core §8.1).

    ``value`` is the ``sub`` claim, 43 characters of base64url; it means nothing outside of ``sector``.
    """

    sector: str
    value: str


def new_id(random: Callable[[int], bytes]) -> str:
    """Return 22 characters, base64url of 128 bits from ``random`` (``secrets.token_bytes`` outside of tests)."""
    drawn = random(ID_BYTES)
    if len(drawn) != ID_BYTES:
        raise ValueError(f"the source of randomness gave {len(drawn)} bytes instead of {ID_BYTES}")
    return urlsafe_b64encode(drawn).rstrip(b"=").decode("ascii")


def new_person_id(random: Callable[[int], bytes]) -> PersonId:
    """Return a fresh person id; it is drawn, never derived, so it says nothing about the person."""
    return PersonId(new_id(random))
