"""How a relying site is shown to people: its name in their language, its host, its own links."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from idp.web import i18n

if TYPE_CHECKING:
    from clients.client import Client


@dataclass(frozen=True, slots=True)
class SiteView:
    """What pages may show of a site. ``initial`` stands in for a logo: no page of ours loads a picture from a site."""

    name: str
    host: str
    initial: str
    client_uri: str | None
    policy_uri: str | None
    tos_uri: str | None
    require_verified: bool
    require_age_over_18: bool
    logo_url: str | None = None


def site_view(client: Client) -> SiteView:
    """Return the view of a client in the language of the page."""
    name = client.name_in(i18n.language())
    return SiteView(
        name=name,
        host=client.host,
        initial=name[:1].upper(),
        client_uri=client.client_uri,
        policy_uri=client.policy_uri,
        tos_uri=client.tos_uri,
        require_verified=client.require_verified,
        require_age_over_18=client.require_age_over_18,
    )
