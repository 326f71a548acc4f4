"""Sites' logos: fetched once, made anew, and served by us, so that no page of ours makes a browser tell a site."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING

from idp.gateways.outbound import Unreachable
from idp.log import log_event
from idp.store import logos

if TYPE_CHECKING:
    from datetime import datetime

    from clients.client import Client
    from idp.gateways.outbound import Outbound
    from idp.store.database import Database
    from idp.store.logos import Logo

LARGEST = 512 * 1024
ACCEPT = "image/png, image/jpeg, image/webp, image/gif"


@dataclass(frozen=True, slots=True)
class Logos:
    """Keeps and finds them."""

    database: Database
    outbound: Outbound

    def refresh(self, client: Client, *, now: datetime) -> bool:
        """Fetch a client's logo; False where there is none to show, and its initial stands in for it."""
        logo = self._fetched(client.logo_uri) if client.logo_uri is not None else None
        with self.database.write() as connection:
            if logo is None:
                logos.remove(connection, client_id=client.client_id)
            else:
                logos.put(connection, logo, client_id=client.client_id, now=now)
        return logo is not None

    def find(self, client_id: str) -> Logo | None:
        """Return a client's logo."""
        with self.database.read() as connection:
            return logos.find(connection, client_id=client_id)

    def digest(self, client: Client) -> str | None:
        """Return the name of a client's logo's content, without a statement for a client that has none."""
        if client.logo_uri is None:
            return None
        with self.database.read() as connection:
            return logos.digest(connection, client_id=client.client_id)

    def _fetched(self, uri: str) -> Logo | None:
        from idp.gateways.pictures import NoPicture, as_icon  # loaded by the first logo

        try:
            image = as_icon(self.outbound.get(uri, accept=ACCEPT, most=LARGEST).body)
        except Unreachable:
            return None
        except NoPicture as refused:
            log_event("logo_refused", level="warning", reason=str(refused))
            return None
        digest = urlsafe_b64encode(hashlib.sha256(image).digest()).rstrip(b"=").decode()
        return logos.Logo(image, "image/png", digest)
