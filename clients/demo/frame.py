"""What surrounds every answer of both sites: security headers, and whose forms are accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clients.demo.settings import SiteSettings


def headers_for(site: SiteSettings) -> Mapping[str, str]:
    """Give the headers of every answer. A sign-out form may end at the provider, nothing else leaves the site."""
    provider = urlsplit(site.issuer)
    return {
        "Content-Security-Policy": (
            "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
            f"form-action 'self' {provider.scheme}://{provider.netloc}"
        ),
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
        "Vary": "Accept-Language, Cookie",
    }


def is_own_form(site: SiteSettings, *, origin: str | None, fetch_site: str | None) -> bool:
    """Tell whether a POST comes from our own page; browsers say so in one header or the other."""
    if origin is not None and origin != "null":
        return origin == site.base
    return fetch_site in {None, "same-origin", "none"}
