"""Signed authorization responses (JARM §2): all parameters in one JWT for the one client it is addressed to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from clients.jwks import FAPI_ALGORITHMS
from keys.jws import sign_compact

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from clients.client import Client
    from idp.keyholder import Keyholder

LIFETIME_S = 600


def sign(parameters: Mapping[str, str], client: Client, keyring: Keyholder, *, now: datetime) -> str:
    """Sign the parameters of a response, an error too; ``iss`` is among them already."""
    payload = {**parameters, "aud": client.client_id, "exp": int(now.timestamp()) + LIFETIME_S}
    return sign_compact(keyring.signer(_algorithm(client)), msgspec.json.encode(payload))


def _algorithm(client: Client) -> str:
    """Return what the client registered; JARM's default is none that FAPI 2.0 knows, which then signs as ID tokens."""
    registered = client.authorization_signed_response_alg
    return client.id_token_signed_response_alg if client.is_fapi and registered not in FAPI_ALGORITHMS else registered
