"""Whose sector a registration may have: what proves that a name is the site's own (OIDC Core §8.1).

Whoever registers themselves proves a host by having everything that tells of a person sent there and nowhere else, or
by a document that the host publishes and that lists their redirect URIs. An operator decides for the sites they know.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from clients.client import DEVICE_CODE
from clients.redirect_uris import fault_in_page
from clients.sector import NoSector, authority_of, is_loopback, sector_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clients.client import Registration
    from clients.members import Members
    from clients.metadata import MetadataPolicy

TELLING = ("backchannel_logout_uri", "frontchannel_logout_uri")
"""Members, besides the redirect URIs, whose addresses are told of a person."""


def sector_for(members: Members, redirects: Sequence[str], policy: MetadataPolicy) -> str:
    """Return the sector that a registration asks for; a fault is noted where it names none."""
    document = members.submitted.get("sector_identifier_uri")
    if policy.sector is None and document is not None:
        if not redirects and not policy.by_operator:
            members.fault("sector_identifier_uri", "proves nothing for a client without redirect URIs")
        return _of_document(members, document, policy)
    if not redirects and any(member == "redirect_uris" for member, _ in members.faults):
        return ""
    try:
        if policy.sector is not None or redirects:
            return sector_of(redirects, sector=policy.sector, loopback=policy.loopback)
        return _without_redirects(members, policy)
    except NoSector as none:
        members.fault("redirect_uris", str(none))
        return ""


def _of_document(members: Members, document: object, policy: MetadataPolicy) -> str:
    if policy.sector_document is None:
        members.fault("sector_identifier_uri", "is not fetched here: the operator has to name the sector")
        return ""
    if fault_in_page(document, loopback=policy.loopback):
        return ""  # the member's own reader says what is wrong with it
    if "?" in str(document):
        members.fault("sector_identifier_uri", "has a query: what answers to any is no document")
        return ""
    try:
        return sector_of((str(document),), loopback=policy.loopback)
    except NoSector:
        members.fault("sector_identifier_uri", "is on a loopback host, which is nobody's name")
        return ""


def _without_redirects(members: Members, policy: MetadataPolicy) -> str:
    """An API, or a client that acts for itself: the operator's word counts, else a name that is nobody's."""
    if policy.nobodys_sector is not None:
        return policy.nobodys_sector
    resources = members.submitted.get("resources")
    named = [*(resources if isinstance(resources, list) else ()), members.submitted.get("client_uri")]
    for uri in named if policy.by_operator else ():
        if uri is not None and fault_in_page(uri, loopback=policy.loopback) is None:
            return sector_of((str(uri),), loopback=policy.loopback)
    members.fault("client_uri", "is missing: where nothing is redirected, it or the operator names the sector")
    return ""


def check_unproven(members: Members, registration: Registration, policy: MetadataPolicy) -> None:
    """Note as faults what would tell somebody of a person under a sector that is not shown to be theirs."""
    if policy.by_operator or policy.sector is not None:
        return
    proven = {_host(uri) for uri in (*registration.redirect_uris, registration.sector_identifier_uri) if uri}
    for member in TELLING:
        uri = getattr(registration, member)
        if uri is not None and _host(uri) not in proven:
            members.fault(member, "is on a host that no redirect URI is on")
    if DEVICE_CODE in registration.grant_types and registration.redirect_uris:
        members.fault("grant_types", "has the device grant, which returns to no redirect URI: register it by itself")


def check_document(members: Members, registration: Registration, policy: MetadataPolicy) -> None:
    """Fetch the sector document and note as a fault whatever it does not show (OIDC Registration §5)."""
    uri = registration.sector_identifier_uri
    if uri is None or policy.sector is not None or policy.sector_document is None:
        return
    if not policy.by_operator and any(_is_anybodys(each, policy) for each in registration.redirect_uris):
        members.fault("redirect_uris", "hold an address that any app could answer to: the operator names its sector")
        return
    listed = policy.sector_document(uri)
    if listed is None:
        members.fault("sector_identifier_uri", "could not be fetched as a JSON array of addresses")
    elif not set(registration.redirect_uris) <= set(listed):
        members.fault("sector_identifier_uri", "does not list every redirect URI")


def _host(uri: str) -> str | None:
    found = authority_of(uri)
    return found and (found[1] if is_loopback(found[0]) else found[0])


def _is_anybodys(uri: str, policy: MetadataPolicy) -> bool:
    """A scheme of one's own, or this machine: not even a document can prove who will answer there (RFC 8252 §8.6)."""
    found = authority_of(uri)
    return found is None or (is_loopback(found[0]) and not policy.loopback)
