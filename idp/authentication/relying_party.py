"""The steps of a relying party that the library leaves to its user (WebAuthn Level 3 §7.1, §7.2).

They look at what the browser sent before the library does, so that what the library is given has one reading only:
strict base64url, known sizes, client data that no frame of another site took part in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import msgspec

from idp.authentication.refusals import PasskeyRefused, Reason
from keys.encoding import from_base64url

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_CREDENTIAL_ID: Final = 1023
"""Bytes (WebAuthn Level 3 §7.1)."""

LONGEST_CLIENT_DATA: Final = 4096
FLAGS_AT: Final = 32
BACKUP_ELIGIBLE: Final = 0b0000_1000
TRANSPORTS: Final = ("ble", "hybrid", "internal", "nfc", "smart-card", "usb")


class _Response(msgspec.Struct, frozen=True):
    client_data: str = msgspec.field(name="clientDataJSON")
    attestation_object: str | None = msgspec.field(name="attestationObject", default=None)
    authenticator_data: str | None = msgspec.field(name="authenticatorData", default=None)
    signature: str | None = None
    user_handle: str | None = msgspec.field(name="userHandle", default=None)
    transports: tuple[str, ...] = ()


class _ClientData(msgspec.Struct, frozen=True, rename="camel"):
    challenge: str
    cross_origin: bool = False
    top_origin: str | None = None


class _Credential(msgspec.Struct, frozen=True):
    id: str
    raw_id: str = msgspec.field(name="rawId")
    type: str
    response: _Response


@dataclass(frozen=True, slots=True)
class Presented:
    """A credential as the browser presented it: ``challenge`` and ``client_data`` decoded, the rest as it came."""

    credential_id: str
    challenge: bytes
    attestation_object: bytes
    authenticator_data: bytes
    user_handle: str | None
    transports: tuple[str, ...]
    for_library: dict[str, Any]


def read(credential: Mapping[str, Any]) -> Presented:
    """Read the JSON of a ``PublicKeyCredential``; :class:`PasskeyRefused` for anything but the expected shape."""
    try:
        given = msgspec.convert(credential, _Credential)
        _bounded(given.id, LONGEST_CREDENTIAL_ID)
        return Presented(
            credential_id=given.id,
            challenge=challenge_of(_bounded(given.response.client_data, LONGEST_CLIENT_DATA)),
            attestation_object=from_base64url(given.response.attestation_object or ""),
            authenticator_data=from_base64url(given.response.authenticator_data or ""),
            user_handle=given.response.user_handle,
            transports=given.response.transports,
            for_library=msgspec.to_builtins(given),
        )
    except (msgspec.MsgspecError, RecursionError, ValueError) as damaged:
        raise PasskeyRefused(Reason.NOT_CONVINCING, f"unreadable: {type(damaged).__name__}") from damaged


def _bounded(text: str, longest: int) -> bytes:
    value = from_base64url(text)
    if not 0 < len(value) <= longest:
        raise ValueError(f"a value of {len(value)} bytes where 1 to {longest} are expected")
    return value


def challenge_of(client_data: bytes) -> bytes:
    """Return the challenge of a ceremony that ran in our own page, in no frame (§7.1 and §7.2, client data steps).

    Raises ``ValueError``. Type and origin are compared by the library; whether the challenge is ours, by the caller.
    """
    members = msgspec.json.decode(client_data, type=_ClientData)
    if members.cross_origin:
        raise ValueError("the ceremony ran in a frame of another site")
    if members.top_origin is not None:
        raise ValueError("another site was at the top of the window")
    return from_base64url(members.challenge)


def require_same_eligibility(presented: Presented, *, stored_eligible: bool) -> None:
    """Hold the backup eligibility flag against the stored record (WebAuthn Level 3 §7.2).

    Eligibility is a property of the credential for life: another value means another credential. That nothing is
    backed up without being eligible is the one rule about these flags that the library knows.
    """
    if bool(presented.authenticator_data[FLAGS_AT] & BACKUP_ELIGIBLE) is not stored_eligible:
        raise PasskeyRefused(Reason.NOT_CONVINCING, "backup eligibility changed")


def require_owner(presented: Presented, *, stored_handle: str, handle_required: bool) -> None:
    """Hold the user handle against the credential's account (WebAuthn Level 3 §7.2).

    Where nobody was named beforehand the authenticator has to say whom it means; where somebody was, it may.
    """
    if presented.user_handle is None and not handle_required:
        return
    if presented.user_handle != stored_handle:
        raise PasskeyRefused(Reason.NOT_CONVINCING, "the user handle is not this account's")


def require_allowed(credential_id: str, *, allowed: tuple[str, ...]) -> None:
    """Where the request named credentials, one of them answers (WebAuthn Level 3 §7.2)."""
    if allowed and credential_id not in allowed:
        raise PasskeyRefused(Reason.NOT_CONVINCING, "a credential answered that was not asked")


def known_transports(named: tuple[str, ...]) -> str:
    """Return the transports that the specification knows, to be handed back as a hint (WebAuthn Level 3 §5.8.4)."""
    return " ".join(one for one in TRANSPORTS if one in named)
