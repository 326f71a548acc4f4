"""What the browser is asked for: the JSON of the two WebAuthn option dictionaries (Level 3 §5.4, §5.5, §5.1.8).

Everything is said, nothing left to a default: user verification and discoverable credentials are required in both
ceremonies, attestation is not asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from idp.authentication.ceremonies import LIFETIME

if TYPE_CHECKING:
    from collections.abc import Iterable

    from idp.store.passkeys import PasskeyRecord

ALGORITHMS: Final = (-7, -8, -257, -49, -48, -50)
"""ES256, EdDSA, RS256, then ML-DSA-65, -44 and -87 for authenticators that have nothing else (IANA COSE registry)."""

TIMEOUT_MS: Final = int(LIFETIME.total_seconds() * 1000)


def creation(
    *, rp_id: str, rp_name: str, challenge: str, user_handle: str, user_name: str, held: Iterable[PasskeyRecord]
) -> bytes:
    """Ask for a new discoverable credential on a device that holds none of the account's yet."""
    return msgspec.json.encode(
        {
            "rp": {"id": rp_id, "name": rp_name},
            "user": {"id": user_handle, "name": user_name, "displayName": user_name},
            "challenge": challenge,
            "pubKeyCredParams": [{"type": "public-key", "alg": alg} for alg in ALGORITHMS],
            "timeout": TIMEOUT_MS,
            "excludeCredentials": [_descriptor(passkey) for passkey in held],
            "authenticatorSelection": {
                "residentKey": "required",
                "requireResidentKey": True,
                "userVerification": "required",
            },
            "attestation": "none",
        }
    )


def request(*, rp_id: str, challenge: str, allowed: Iterable[PasskeyRecord]) -> bytes:
    """Ask for an assertion: by any discoverable credential, or by one of those named."""
    return msgspec.json.encode(
        {
            "rpId": rp_id,
            "challenge": challenge,
            "timeout": TIMEOUT_MS,
            "allowCredentials": [_descriptor(passkey) for passkey in allowed],
            "userVerification": "required",
        }
    )


def _descriptor(passkey: PasskeyRecord) -> dict[str, Any]:
    return {"type": "public-key", "id": passkey.credential_id, "transports": passkey.transports.split()}
