"""Whom the certificate of a client has to be for: exactly one of the members below says it (RFC 8705 §2.1.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.x509 import ObjectIdentifier

from clients.sector import is_host

if TYPE_CHECKING:
    from collections.abc import Callable

    from clients.certificate import Certificate

ATTRIBUTES: Final = {
    "emailAddress": ObjectIdentifier("1.2.840.113549.1.9.1"),
    "serialNumber": ObjectIdentifier("2.5.4.5"),
    "businessCategory": ObjectIdentifier("2.5.4.15"),
    "organizationIdentifier": ObjectIdentifier("2.5.4.97"),
    "jurisdictionC": ObjectIdentifier("1.3.6.1.4.1.311.60.2.1.3"),
}
"""Names of attributes beyond those of RFC 4514 §3 that certificates of businesses carry (ETSI EN 319 412-1 §5.1.4)."""

_HEXADECIMAL = re.compile(r"(?<!\\)=#")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*")


@dataclass(frozen=True, slots=True)
class Kind:
    """One way to say whom a certificate is for. ``fault`` says in words what is wrong with such a text, or None."""

    fault: Callable[[str], str | None]
    fits: Callable[[Certificate, str], bool]


def _name(text: str) -> x509.Name:
    return x509.Name.from_rfc4514_string(text, ATTRIBUTES)


def _fault_in_name(text: str) -> str | None:
    if _HEXADECIMAL.search(text):
        return "has a value in hexadecimal, which is compared with nothing: write it as text"
    try:
        empty = not _name(text).rdns
    except ValueError:
        return "is not a distinguished name as in CN=payments,O=Harbour Bank,C=CN (RFC 4514)"
    return "is empty" if empty else None


def _fault_in_host(text: str) -> str | None:
    return None if is_host(text) else "is not a host name in lower case"


def _fault_in_uri(text: str) -> str | None:
    scheme, colon, rest = text.partition(":")
    plain = text.isascii() and text.isprintable() and " " not in text
    return None if colon and rest and _SCHEME.fullmatch(scheme) and plain else "is not a URI"


def _fault_in_address(text: str) -> str | None:
    try:
        ip_address(text)
    except ValueError:
        return "is not an IP address"
    return None


def _fault_in_email(text: str) -> str | None:
    local, _, host = text.rpartition("@")
    return None if local and text.isascii() and is_host(host) else "is not an e-mail address with a host in lower case"


def _is_host(certificate: Certificate, text: str) -> bool:
    """Host names have no case, in certificates neither (RFC 5280 §4.2.1.6)."""
    return any(isinstance(each, x509.DNSName) and each.value.lower() == text for each in certificate.alternatives)


def _is_mailbox(certificate: Certificate, text: str) -> bool:
    """What stands before the @ has case, the host has none (RFC 5280 §7.5)."""
    mailboxes = (each.value.rpartition("@") for each in certificate.alternatives if isinstance(each, x509.RFC822Name))
    return any(f"{local}@{host.lower()}" == text for local, _, host in mailboxes)


KINDS: Final[dict[str, Kind]] = {
    "tls_client_auth_subject_dn": Kind(_fault_in_name, lambda shown, text: shown.subject == _name(text)),
    "tls_client_auth_san_dns": Kind(_fault_in_host, _is_host),
    "tls_client_auth_san_uri": Kind(
        _fault_in_uri, lambda shown, text: x509.UniformResourceIdentifier(text) in shown.alternatives
    ),
    "tls_client_auth_san_ip": Kind(
        _fault_in_address, lambda shown, text: x509.IPAddress(ip_address(text)) in shown.alternatives
    ),
    "tls_client_auth_san_email": Kind(_fault_in_email, _is_mailbox),
}
