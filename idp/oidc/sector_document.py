"""What a host says of the addresses that share its pseudonyms (OIDC Registration §5 ``sector_identifier_uri``)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from idp.gateways.outbound import Unreachable
from keys.jws import STRICT_JSON

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from idp.gateways.outbound import Outbound

MOST_ADDRESSES = 1000


def reader(outbound: Outbound) -> Callable[[str], Collection[str] | None]:
    """Return what fetches a sector document: the addresses it lists, or None where there is no such document."""

    def read(uri: str) -> Collection[str] | None:
        try:
            reply = outbound.get(uri)
            listed = json.loads(reply.body, **STRICT_JSON)
        except (Unreachable, ValueError, RecursionError):
            return None
        kind = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json" or not isinstance(listed, list) or len(listed) > MOST_ADDRESSES:
            return None
        return [each for each in listed if isinstance(each, str)]

    return read
