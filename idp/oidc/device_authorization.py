"""The device authorization endpoint (RFC 8628 §3.1): a device that has no browser lets a person decide elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from clients.client import DEVICE_CODE
from idp.oidc.authorization_request import AskingDevice, of_device
from idp.oidc.checks import DEVICE_CHECKS
from idp.oidc.device_codes import INTERVAL
from idp.oidc.errors import Code, OAuthError

if TYPE_CHECKING:
    from datetime import datetime

    from idp.oidc.device_codes import DeviceCodes
    from idp.oidc.parameters import Parameters
    from idp.oidc.presented import Presented
    from idp.oidc.token import ClientAuthenticator

KNOWN = frozenset({"client_id", "client_secret", "client_assertion", "client_assertion_type", "scope"})
PAGE = "/device"


@dataclass(frozen=True, slots=True)
class DeviceAuthorization:
    """The device authorization endpoint's service."""

    issuer: str
    authenticator: ClientAuthenticator
    codes: DeviceCodes

    def answer(self, parameters: Parameters, presented: Presented, *, now: datetime) -> dict[str, object]:
        """Return the codes that a device waits with (RFC 8628 §3.2). Raises OAuthError."""
        repeated = parameters.repeated & KNOWN
        if repeated:
            raise OAuthError(Code.INVALID_REQUEST, f"{min(repeated)} was given more than once")
        client = self.authenticator.authenticate(parameters, presented, now=now)
        if DEVICE_CODE not in client.grant_types:
            raise OAuthError(Code.UNAUTHORIZED_CLIENT, "this client is not registered for the device grant")
        scope = parameters.get("scope") or ""
        asked = of_device(client, scope, AskingDevice(b"", ""), started=now)
        for check in DEVICE_CHECKS:
            check(asked)
        codes, page = self.codes.open(client.client_id, scope, now=now), self.issuer + PAGE
        return {
            "device_code": codes.device_code,
            "user_code": codes.user_code,
            "verification_uri": page,
            "verification_uri_complete": f"{page}?{urlencode({'user_code': codes.user_code})}",
            "expires_in": int(self.codes.lifetime.total_seconds()),
            "interval": INTERVAL,
        }
