"""Client metadata as a site's developer submits it: every fault is reported at once.

Sources: OIDC Registration §2, RFC 7591 §2, RP-Initiated Logout §3.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clients.client import Registration


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataPolicy:
    """What this provider, or this operator for this one site, lets a registration say."""

    scopes: tuple[str, ...] = ("openid", "profile", "verified", "age")
    loopback: bool = False
    """Demonstrations: web clients may live on loopback hosts over http, each port a sector of its own."""
    sector: str | None = None
    """The operator's decision where the redirect URIs name no sector."""
    without_pkce: bool = False
    """Whether a confidential client may register ``require_pkce: false``."""


class InvalidClientMetadata(ValueError):
    """The metadata cannot be registered.

    ``error`` is ``invalid_redirect_uri`` if a redirect URI is at fault, else ``invalid_client_metadata`` (RFC 7591
    §3.2.2). ``faults`` are (member, words) in the order of the members.
    """

    def __init__(self, faults: tuple[tuple[str, str], ...]) -> None:
        self.faults = faults
        in_redirects = any(member == "redirect_uris" for member, _ in faults)
        self.error = "invalid_redirect_uri" if in_redirects else "invalid_client_metadata"
        super().__init__("; ".join(f"{member} {words}" for member, words in faults))


def validate(metadata: Mapping[str, object], *, policy: MetadataPolicy) -> Registration:
    """Turn submitted metadata into a registration; members we don't know are ignored and not kept.

    Raises :class:`InvalidClientMetadata` with every fault found.
    """
    raise NotImplementedError
