"""Certificates that clients show when they connect (RFC 8705): whose one is, and who vouches for it.

That the sender holds the private key was proved to whoever ended the TLS connection; nothing here asks that again.
"""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Self, TypeVar

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID
from cryptography.x509.verification import Criticality, ExtensionPolicy, PolicyBuilder, Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from cryptography.x509.verification import ClientVerifier, Policy

T = TypeVar("T")

TLS_CLIENT_AUTH: Final = "tls_client_auth"
SELF_SIGNED: Final = "self_signed_tls_client_auth"
METHODS: Final = (TLS_CLIENT_AUTH, SELF_SIGNED)
RSA_BITS: Final = 2048
_FOR_CLIENTS: Final = frozenset({ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE})


class InvalidCertificate(ValueError):
    """What should be a certificate is none."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate in DER, as it was shown.

    Its names are read only where somebody asks for them, and raise :class:`InvalidCertificate` if they cannot be.
    """

    der: bytes = field(repr=False)

    @classmethod
    def read(cls, der: bytes) -> Self:
        """Take an X.509 certificate for a key that is not weak (FAPI 2.0 Security Profile §5.4).

        Raises :class:`InvalidCertificate`.
        """
        certificate = cls(der)
        certificate._ask(_time_of)
        if not certificate._ask(_has_strong_key):
            raise InvalidCertificate("is for a weak key, or one of a kind that is not known here")
        return certificate

    @property
    def thumbprint(self) -> str:
        """SHA-256 of the certificate in base64url, as ``x5t#S256`` has it (RFC 8705 §3.1)."""
        return urlsafe_b64encode(hashlib.sha256(self.der).digest()).rstrip(b"=").decode()

    def is_current(self, now: datetime) -> bool:
        """Tell whether ``now`` lies in the time that it was made for."""
        begin, end = self._ask(_time_of)
        return begin <= now <= end

    def is_of(self, key: object) -> bool:
        """Tell whether it is about this public key, one of ``cryptography``."""
        return self._ask(lambda made: bool(made.public_key() == key))

    @property
    def subject(self) -> x509.Name:
        """The distinguished name of its subject."""
        return self._ask(lambda made: made.subject)

    @property
    def alternatives(self) -> tuple[x509.GeneralName, ...]:
        """The other names of its subject (RFC 5280 §4.2.1.6)."""
        return self._ask(_alternatives)

    @property
    def can_vouch(self) -> bool:
        """Whether it is one of an authority, as the verifier wants them."""
        return self._ask(_can_vouch)

    def passes(self, verifier: ClientVerifier) -> bool:
        """Tell whether a verifier accepts it without any other certificate."""
        try:
            self._ask(lambda made: verifier.verify(made, []))
        except InvalidCertificate:
            return False
        return True

    def _ask(self, question: Callable[[x509.Certificate], T]) -> T:
        """Ask the library, which reads only as far as it is asked, and fails in more ways than it names."""
        try:
            return question(_parsed(self.der))
        except Exception as unreadable:  # a stranger made it, and no answer of the library's is a fault of ours
            raise InvalidCertificate("cannot be read") from unreadable


class Authorities:
    """Those whose word counts on whom a certificate is for: of ``tls_client_auth``, and of nothing else."""

    def __init__(self, pem: bytes) -> None:
        """Take every certificate of a PEM file as an authority. Raises :class:`InvalidCertificate`."""
        try:
            known = x509.load_pem_x509_certificates(pem)
        except ValueError as invalid:
            raise InvalidCertificate("holds no certificates in PEM") from invalid
        if not all(Certificate(each.public_bytes(Encoding.DER)).can_vouch for each in known):
            raise InvalidCertificate(
                "holds what can vouch for nobody: an authority has basicConstraints (critical, CA), keyUsage with"
                " keyCertSign, no name constraints, and a key of RSA 2048 or P-256 at least"
            )
        self._store = Store(known)
        self.ends = tuple(each.not_valid_after_utc for each in known)
        """When the word of each ceases to count."""

    def vouch_for(self, certificate: Certificate, *, now: datetime) -> bool:
        """Tell whether one of them issued a certificate, to a client, for this moment (RFC 5280 §6).

        Whom it names need not stand among its alternative names, as it has to for a server.
        """
        policy = PolicyBuilder().store(self._store).time(now).extension_policies(ca_policy=_ISSUER, ee_policy=_CLIENT)
        return certificate.passes(policy.build_client_verifier())


@lru_cache(maxsize=256)
def _parsed(der: bytes) -> x509.Certificate:
    """Remember what a client shows with each of its requests."""
    return x509.load_der_x509_certificate(der)


def _time_of(made: x509.Certificate) -> tuple[datetime, datetime]:
    return made.not_valid_before_utc, made.not_valid_after_utc


def _has_strong_key(made: x509.Certificate) -> bool:
    key = made.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return key.key_size >= RSA_BITS
    if isinstance(key, ec.EllipticCurvePublicKey):
        return isinstance(key.curve, ec.SECP256R1 | ec.SECP384R1 | ec.SECP521R1)
    return isinstance(key, ed25519.Ed25519PublicKey)


def _alternatives(made: x509.Certificate) -> tuple[x509.GeneralName, ...]:
    try:
        return tuple(made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value)
    except x509.ExtensionNotFound:
        return ()


def _can_vouch(made: x509.Certificate) -> bool:
    """Tell whether the verifier would ever take this one's word: an operator hears of it at once (RFC 5280 §4.2.1)."""
    found = {type(each.value): each for each in made.extensions}
    basic, usage = found.get(x509.BasicConstraints), found.get(x509.KeyUsage)
    if basic is None or usage is None or x509.NameConstraints in found:
        return False
    purposes = found.get(x509.ExtendedKeyUsage)
    if purposes is not None and _FOR_CLIENTS.isdisjoint(purposes.value):
        return False
    strong = _has_strong_key(made) and not isinstance(made.public_key(), ed25519.Ed25519PublicKey)
    return basic.critical and basic.value.ca and usage.value.key_cert_sign and strong


def _to_sign(_policy: Policy, _certificate: x509.Certificate, usage: x509.KeyUsage | None) -> None:
    """A TLS client signs (RFC 8446 §4.4.2.2)."""
    if usage is not None and not usage.digital_signature:
        raise ValueError("not for signatures")


def _for_clients(_policy: Policy, _certificate: x509.Certificate, usage: x509.ExtendedKeyUsage | None) -> None:
    """A purpose that is stated has to be this one (RFC 5280 §4.2.1.12)."""
    if usage is not None and _FOR_CLIENTS.isdisjoint(usage):
        raise ValueError("not for clients")


def _no_authority(_policy: Policy, _certificate: x509.Certificate, basic: x509.BasicConstraints | None) -> None:
    if basic is not None and basic.ca:
        raise ValueError("an authority is no client")


_ISSUER: Final = ExtensionPolicy.webpki_defaults_ca()
_CLIENT: Final = (
    ExtensionPolicy.permit_all()
    .may_be_present(x509.ExtendedKeyUsage, Criticality.AGNOSTIC, _for_clients)
    .may_be_present(x509.KeyUsage, Criticality.AGNOSTIC, _to_sign)
    .may_be_present(x509.BasicConstraints, Criticality.AGNOSTIC, _no_authority)
)
