"""Certificates for tests: an authority, what it issues, and what a site makes for itself."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID
from joserfc.jwk import ECKey

if TYPE_CHECKING:
    from collections.abc import Sequence

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
END = datetime(2028, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Shown:
    """A certificate with its private key."""

    made: x509.Certificate
    key: Key

    @cached_property
    def der(self) -> bytes:
        """The certificate itself."""
        return self.made.public_bytes(Encoding.DER)

    @property
    def pem(self) -> str:
        """The certificate as text."""
        return self.made.public_bytes(Encoding.PEM).decode()

    @property
    def key_pem(self) -> str:
        """Its private key as text."""
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()

    @property
    def thumbprint(self) -> str:
        """``x5t#S256``, worked out apart from what is tested."""
        return b64encode(sha256(self.der).digest(), b"-_").decode().rstrip("=")

    @property
    def in_rfc9440(self) -> str:
        """As a proxy writes it by RFC 9440."""
        return f":{b64encode(self.der).decode()}:"

    @property
    def escaped(self) -> str:
        """As nginx writes it."""
        return quote(self.pem, safe="")

    @property
    def spaced(self) -> str:
        """As Apache writes it."""
        return self.pem.replace("\n", " ")

    def jwk(self, **members: Any) -> dict[str, Any]:
        """Its public key as a JWK with the certificate in ``x5c``."""
        public = ECKey.import_key(self.key_pem).as_dict(private=False)
        return {**public, "x5c": [b64encode(self.der).decode()], **members}


@dataclass(frozen=True)
class Authority(Shown):
    """A certificate that issues others."""

    def issue(
        self, subject: str = "CN=payments,O=Harbour Bank,C=CN", *, names: Sequence[x509.GeneralName] = (),
        usages: Sequence[x509.ObjectIdentifier] = (ExtendedKeyUsageOID.CLIENT_AUTH,), begin: datetime = BEGIN,
        end: datetime = END, ca: bool = False, key: Key | None = None, others: Sequence[x509.ExtensionType] = (),
    ) -> Shown:  # fmt: skip
        """Issue one, as it should be unless told otherwise."""
        key = key or ec.generate_private_key(ec.SECP256R1())
        extensions: list[tuple[x509.ExtensionType, bool]] = [(x509.BasicConstraints(ca, None), True)]
        extensions += [(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), False)]
        extensions += [(x509.SubjectAlternativeName(names), False)] if names else []
        extensions += [(x509.ExtendedKeyUsage(usages), False)] if usages else []
        extensions += [(each, False) for each in others]
        made = _signed(subject, key, self.made.subject, self.key, extensions, begin, end)
        return Shown(made, key)


def authority(
    name: str = "CN=Test Authority", *, key: Key | None = None, critical: bool = True, usage: bool = True,
    others: Sequence[x509.ExtensionType] = (),
) -> Authority:  # fmt: skip
    """Make an authority, as it should be unless told otherwise."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    of_it = {"crl_sign": True, "key_cert_sign": True}
    not_of_it = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
    none: dict[str, bool] = dict.fromkeys((*not_of_it, "encipher_only", "decipher_only"), False)
    extensions: list[tuple[x509.ExtensionType, bool]] = [
        (x509.BasicConstraints(ca=True, path_length=None), critical),
        (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
        *((each, True) for each in others),
    ]
    extensions += [(x509.KeyUsage(**none, **of_it), True)] if usage else []
    return Authority(_signed(name, key, _name(name), key, extensions, BEGIN, END), key)


def weak_key() -> Key:
    """Make a key that nobody should use any more."""
    return rsa.generate_private_key(65537, 1024)  # noqa: S505 — that it is refused is what is tested


def self_signed(
    subject: str = "CN=my own", *, key: Key | None = None, begin: datetime = BEGIN,
    end: datetime = END,
) -> Shown:  # fmt: skip
    """Make a certificate that nobody vouches for."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    return Shown(_signed(subject, key, _name(subject), key, [], begin, end), key)


def for_server(name: str) -> Shown:
    """Make one for a server of tests."""
    key = ec.generate_private_key(ec.SECP256R1())
    names = x509.SubjectAlternativeName([x509.DNSName(name)])
    now = datetime.now(UTC)
    extensions: list[tuple[x509.ExtensionType, bool]] = [(names, False)]
    return Shown(
        _signed(
            f"CN={name}", key, _name(f"CN={name}"), key, extensions, now - timedelta(days=1), now + timedelta(days=1)
        ),
        key,
    )


def _name(text: str) -> x509.Name:
    return x509.Name.from_rfc4514_string(text)


def _signed(
    subject: str, key: Key, issuer: x509.Name, by: Key,
    extensions: Sequence[tuple[x509.ExtensionType, bool]], begin: datetime, end: datetime,
) -> x509.Certificate:  # fmt: skip
    builder = x509.CertificateBuilder(
        issuer, _name(subject), key.public_key(), x509.random_serial_number(), begin, end
    )  # fmt: skip
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    return builder.sign(by, SHA256())
