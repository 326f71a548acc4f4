"""Certificates that clients show when they connect (RFC 8705): whose one is, and who vouches for it.

That the sender holds the private key was proved to whoever ended the TLS connection; nothing here asks that again.
"""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Self

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from cryptography.x509.verification import Criticality, ExtensionPolicy, PolicyBuilder, Store, VerificationError

if TYPE_CHECKING:
    from datetime import datetime

    from cryptography.x509.verification import Policy

TLS_CLIENT_AUTH: Final = "tls_client_auth"
SELF_SIGNED: Final = "self_signed_tls_client_auth"
METHODS: Final = (TLS_CLIENT_AUTH, SELF_SIGNED)


class InvalidCertificate(ValueError):
    """What should be a certificate is none."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate in DER, as it was shown."""

    der: bytes = field(repr=False)

    @classmethod
    def read(cls, der: bytes) -> Self:
        """Take what can be read as an X.509 certificate. Raises :class:`InvalidCertificate`."""
        try:
            _parsed(der)
        except ValueError as invalid:
            raise InvalidCertificate("is not an X.509 certificate") from invalid
        return cls(der)

    @property
    def thumbprint(self) -> str:
        """SHA-256 of the certificate in base64url, as ``x5t#S256`` has it (RFC 8705 §3.1)."""
        return urlsafe_b64encode(hashlib.sha256(self.der).digest()).rstrip(b"=").decode()

    def is_current(self, now: datetime) -> bool:
        """Tell whether ``now`` lies in the time that it was made for."""
        made = _parsed(self.der)
        return made.not_valid_before_utc <= now <= made.not_valid_after_utc

    def is_of(self, key: object) -> bool:
        """Tell whether it is about this public key, one of ``cryptography``."""
        return bool(_parsed(self.der).public_key() == key)

    @property
    def subject(self) -> x509.Name:
        """The distinguished name of its subject."""
        return _parsed(self.der).subject

    @property
    def alternatives(self) -> tuple[x509.GeneralName, ...]:
        """The other names of its subject (RFC 5280 §4.2.1.6)."""
        try:
            found = _parsed(self.der).extensions.get_extension_for_class(x509.SubjectAlternativeName)
        except (x509.ExtensionNotFound, ValueError):
            return ()
        return tuple(found.value)


class Authorities:
    """Those whose word counts on whom a certificate is for: of ``tls_client_auth``, and of nothing else."""

    def __init__(self, pem: bytes) -> None:
        """Take every certificate of a PEM file as an authority. Raises :class:`InvalidCertificate`."""
        try:
            known = x509.load_pem_x509_certificates(pem)
            self._store = Store(known)
        except ValueError as invalid:
            raise InvalidCertificate("holds no certificates in PEM") from invalid
        self.ends = tuple(each.not_valid_after_utc for each in known)
        """When the word of each ceases to count."""

    def vouch_for(self, certificate: Certificate, *, now: datetime) -> bool:
        """Tell whether one of them issued a certificate, to a client, for this moment (RFC 5280 §6).

        Whom it names need not stand among its alternative names, as it has to for a server.
        """
        policy = PolicyBuilder().store(self._store).time(now).extension_policies(ca_policy=_ISSUER, ee_policy=_CLIENT)
        try:
            policy.build_client_verifier().verify(_parsed(certificate.der), [])
        except VerificationError:
            return False
        return True


@lru_cache(maxsize=256)
def _parsed(der: bytes) -> x509.Certificate:
    """Remember what a client shows with each of its requests."""
    return x509.load_der_x509_certificate(der)


def _for_clients(_policy: Policy, _certificate: x509.Certificate, usage: x509.ExtendedKeyUsage | None) -> None:
    """A purpose that is stated has to be this one (RFC 5280 §4.2.1.12)."""
    allowed = {ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE}
    if usage is not None and allowed.isdisjoint(usage):
        raise ValueError("not for clients")


def _no_authority(_policy: Policy, _certificate: x509.Certificate, basic: x509.BasicConstraints | None) -> None:
    if basic is not None and basic.ca:
        raise ValueError("an authority is no client")


_ISSUER: Final = ExtensionPolicy.webpki_defaults_ca()
_CLIENT: Final = (
    ExtensionPolicy.permit_all()
    .may_be_present(x509.ExtendedKeyUsage, Criticality.AGNOSTIC, _for_clients)
    .may_be_present(x509.BasicConstraints, Criticality.AGNOSTIC, _no_authority)
)
