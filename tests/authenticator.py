"""A passkey authenticator and the browser in front of it, in software, with everything it says open to be changed.

``create`` and ``get`` take the JSON our server sends and return the JSON our server gets. Honest by default; a
:class:`Twist` makes it lie in one respect, so that a test can break each step of the specification by itself.
"""

from __future__ import annotations

import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

UP, UV, BE, BS, AT, ED = 0x01, 0x04, 0x08, 0x10, 0x40, 0x80


def encoded(value: bytes) -> str:
    """base64url without padding."""
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """The inverse of `encoded`."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass(frozen=True, kw_only=True)
class Twist:
    """What to say instead of the truth; None is the truth."""

    type: str | None = None
    challenge: bytes | None = None
    origin: str | None = None
    cross_origin: bool | None = None
    top_origin: str | None = None
    rp_id: str | None = None
    set_flags: int = 0
    clear_flags: int = 0
    sign_count: int | None = None
    user_handle: bytes | None = None
    leave_out_user_handle: bool = False
    credential_id: bytes | None = None
    attested_id: bytes | None = None
    attestation_format: str = "none"
    attestation_statement: dict[str, Any] = field(default_factory=dict)
    signature: bytes | None = None
    extra_client_data: dict[str, Any] = field(default_factory=dict)


HONEST = Twist()


@dataclass(kw_only=True)
class Credential:
    """One key pair on the device."""

    credential_id: bytes
    user_handle: bytes
    algorithm: int
    key: Any
    sign_count: int = 0


@dataclass(kw_only=True)
class Authenticator:
    """A device. ``synced`` passkeys are eligible for backup; ``counts`` says whether it keeps a signature counter,
    ``attests`` whether it signs new credentials with their own key (§6.5.4).
    """

    origin: str = "http://localhost:9000"
    synced: bool = False
    backed_up: bool = False
    counts: bool = False
    attests: bool = False
    algorithm: int = -7
    credentials: list[Credential] = field(default_factory=list)

    def create(self, options: bytes | str | dict[str, Any], twist: Twist = HONEST) -> dict[str, Any]:
        """Make a credential as the options ask (WebAuthn Level 3 §6.3.2)."""
        asked = options if isinstance(options, dict) else json.loads(options)
        held = {encoded(one.credential_id) for one in self.credentials}
        if any(one["id"] in held for one in asked["excludeCredentials"]):
            raise ValueError("InvalidStateError: this device holds a passkey of the account already")
        if self.algorithm not in [one["alg"] for one in asked["pubKeyCredParams"]] and twist is HONEST:
            raise ValueError("NotSupportedError")
        credential = Credential(
            credential_id=twist.credential_id or secrets.token_bytes(32),
            user_handle=decoded(asked["user"]["id"]),
            algorithm=self.algorithm,
            key=new_key(self.algorithm),
        )
        self.credentials.append(credential)
        attested = twist.attested_id or credential.credential_id
        data = self._data(asked["rp"]["id"], credential, twist, attested=True)
        data += bytes(16) + len(attested).to_bytes(2, "big") + attested + cbor2.dumps(cose_key(credential))
        client_data = self._client_data("webauthn.create", asked["challenge"], twist)
        attestation = {"fmt": twist.attestation_format, "attStmt": twist.attestation_statement, "authData": data}
        if self.attests:
            signed = sign(credential, data + sha256(client_data).digest())
            attestation |= {"fmt": "packed", "attStmt": {"alg": credential.algorithm, "sig": signed}}
        return self._presented(
            credential,
            {
                "clientDataJSON": encoded(client_data),
                "attestationObject": encoded(cbor2.dumps(attestation)),
                "transports": ["internal", "hybrid", "carrier-pigeon"],
            },
        )

    def get(
        self, options: bytes | str | dict[str, Any], twist: Twist = HONEST, *, using: int | None = None
    ) -> dict[str, Any]:
        """Sign with a credential that the options allow, or with the one at ``using`` (WebAuthn Level 3 §6.3.3)."""
        asked = options if isinstance(options, dict) else json.loads(options)
        allowed = [one["id"] for one in asked["allowCredentials"]]
        fitting = [one for one in self.credentials if not allowed or encoded(one.credential_id) in allowed]
        credential = self.credentials[using] if using is not None else fitting[-1]
        if self.counts:
            credential.sign_count += 1
        data = self._data(asked["rpId"], credential, twist, attested=False)
        client_data = self._client_data("webauthn.get", asked["challenge"], twist)
        signed = twist.signature or sign(credential, data + sha256(client_data).digest())
        response = {
            "clientDataJSON": encoded(client_data),
            "authenticatorData": encoded(data),
            "signature": encoded(signed),
        }
        if not twist.leave_out_user_handle:
            response["userHandle"] = encoded(twist.user_handle or credential.user_handle)
        if twist.credential_id is not None:
            credential = replace(credential, credential_id=twist.credential_id)
        return self._presented(credential, response)

    def _data(self, rp_id: str, credential: Credential, twist: Twist, *, attested: bool) -> bytes:
        flags = UP | UV | (AT if attested else 0) | (BE if self.synced else 0) | (BS if self.backed_up else 0)
        flags = (flags | twist.set_flags) & ~twist.clear_flags
        count = credential.sign_count if twist.sign_count is None else twist.sign_count
        return sha256((twist.rp_id or rp_id).encode()).digest() + bytes([flags]) + count.to_bytes(4, "big")

    def _client_data(self, kind: str, challenge: str, twist: Twist) -> bytes:
        said = {
            "type": twist.type or kind,
            "challenge": encoded(twist.challenge) if twist.challenge is not None else challenge,
            "origin": twist.origin or self.origin,
            "crossOrigin": bool(twist.cross_origin),
            **twist.extra_client_data,
        }
        if twist.top_origin is not None:
            said["topOrigin"] = twist.top_origin
        return json.dumps(said).encode()

    def _presented(self, credential: Credential, response: dict[str, Any]) -> dict[str, Any]:
        name = encoded(credential.credential_id)
        return {
            "id": name,
            "rawId": name,
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": response,
        }


def new_key(algorithm: int) -> Any:
    """A private key for a COSE algorithm."""
    if algorithm == -7:
        return ec.generate_private_key(ec.SECP256R1())
    if algorithm == -8:
        return ed25519.Ed25519PrivateKey.generate()
    if algorithm == -257:
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)
    if algorithm == -36:
        return ec.generate_private_key(ec.SECP521R1())
    from cryptography.hazmat.primitives.asymmetric import mldsa

    kinds: dict[int, Any] = {-48: mldsa.MLDSA44PrivateKey, -49: mldsa.MLDSA65PrivateKey, -50: mldsa.MLDSA87PrivateKey}
    return kinds[algorithm].generate()


def cose_key(credential: Credential) -> dict[int, Any]:
    """The public key as COSE says it (RFC 9053 §7, RFC 8230 §4)."""
    public, algorithm = credential.key.public_key(), credential.algorithm
    if algorithm in {-7, -36}:
        size, curve = (32, 1) if algorithm == -7 else (66, 3)
        numbers = public.public_numbers()
        return {1: 2, 3: algorithm, -1: curve, -2: numbers.x.to_bytes(size, "big"), -3: numbers.y.to_bytes(size, "big")}
    if algorithm == -8:
        return {1: 1, 3: algorithm, -1: 6, -2: public.public_bytes_raw()}
    if algorithm == -257:
        numbers = public.public_numbers()
        return {1: 3, 3: algorithm, -1: numbers.n.to_bytes(256, "big"), -2: numbers.e.to_bytes(3, "big")}
    return {1: 7, 3: algorithm, -1: public.public_bytes_raw()}


def sign(credential: Credential, message: bytes) -> bytes:
    """Sign as the credential's algorithm does."""
    if credential.algorithm == -7:
        signature: bytes = credential.key.sign(message, ec.ECDSA(hashes.SHA256()))
    elif credential.algorithm == -36:
        signature = credential.key.sign(message, ec.ECDSA(hashes.SHA512()))
    elif credential.algorithm == -257:
        signature = credential.key.sign(message, padding.PKCS1v15(), hashes.SHA256())
    else:
        signature = credential.key.sign(message)
    return signature
