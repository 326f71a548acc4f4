"""Client metadata as a site's developer submits it: every fault is reported at once.

Our own rules come first; Authlib's validators then read what passed them as a second, independent opinion.
Sources: OIDC Registration §2, RFC 7591 §2, RP-Initiated Logout §3.1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from clients import certificate
from clients.client import AUTHENTICATION_METHODS, ID_TOKEN_ALGORITHMS, PUBLIC, Registration
from clients.jwks import SIGNING_ALGORITHMS, InvalidJwks, parse_jwks
from clients.members import Members
from clients.protocol_members import check_together, protocol_members
from clients.redirect_uris import fault_in, fault_in_page
from clients.sector_proof import check_document, check_unproven, sector_for

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from clients.jwks import PublicKey

SUBJECT_TYPES = ("pairwise",)
MAX_URIS = 20
MAX_NAME = 100
TEN_YEARS = 10 * 365 * 24 * 3600

UNSUPPORTED = {
    "id_token_encrypted_response_alg": "is not offered: ID tokens are signed only",
    "id_token_encrypted_response_enc": "is not offered: ID tokens are signed only",
    "request_object_encryption_alg": "is not offered: request objects are signed only",
    "request_object_encryption_enc": "is not offered: request objects are signed only",
    "introspection_encrypted_response_alg": "is not offered: introspection answers are signed only",
    "introspection_encrypted_response_enc": "is not offered: introspection answers are signed only",
    "authorization_encrypted_response_alg": "is not offered: authorization responses are signed only",
    "authorization_encrypted_response_enc": "is not offered: authorization responses are signed only",
}
"""Members that ask for a protection we don't give: to leave one out silently would be a broken promise."""

_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,4}")


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataPolicy:
    """What this provider, or this operator for this one site, lets a registration say."""

    scopes: tuple[str, ...] = ("openid", "profile", "verified", "age", "offline_access")
    default_scopes: tuple[str, ...] = ("openid", "profile")
    """For a registration that names none."""
    signing_algorithms: tuple[str, ...] = ID_TOKEN_ALGORITHMS
    """What this provider's keys can sign with."""
    certificate_methods: tuple[str, ...] = ()
    """How clients may prove themselves by certificate: none where the proxy asks for no certificates (RFC 8705)."""
    loopback: bool = False
    """Demonstrations: web sites may live on loopback hosts over http, each port a sector of its own."""
    sector: str | None = None
    """The operator's decision where the redirect URIs name no sector."""
    without_pkce: bool = False
    """Whether a confidential client may register ``require_pkce: false``."""
    implicit: bool = False
    """The certification profile: implicit and hybrid response types exist."""
    by_operator: bool = False
    """The registration comes from the operator's own hand, who may decide what no site decides for itself."""
    nobodys_sector: str | None = None
    """The sector of a client that registers itself and is redirected nowhere, so that it can prove no name."""
    sector_document: Callable[[str], Collection[str] | None] | None = None
    """Fetches what a ``sector_identifier_uri`` lists, or None. Asked last, when all else is right."""

    @property
    def methods(self) -> tuple[str, ...]:
        """How a client may prove itself here."""
        away = set(certificate.METHODS) - set(self.certificate_methods)
        return tuple(each for each in AUTHENTICATION_METHODS if each not in away)


class InvalidClientMetadata(ValueError):
    """The metadata cannot be registered.

    ``error`` is ``invalid_redirect_uri`` if a redirect URI is at fault, else ``invalid_client_metadata`` (RFC 7591
    §3.2.2). ``faults`` are (member, words); the words are ours and quote nothing that was sent.
    """

    def __init__(self, faults: tuple[tuple[str, str], ...]) -> None:
        self.faults = faults
        in_redirects = any(member == "redirect_uris" for member, _ in faults)
        self.error = "invalid_redirect_uri" if in_redirects else "invalid_client_metadata"
        super().__init__("; ".join(f"{member} {words}" for member, words in faults))


def validate(metadata: Mapping[str, object], *, policy: MetadataPolicy) -> Registration:
    """Turn submitted metadata into a registration; members we don't know are ignored and not kept.

    Raises :class:`InvalidClientMetadata` with every fault found.
    """
    members = Members(metadata)
    application_type = members.choice("application_type", ("web", "native"), default="web")
    redirects = _redirect_uris(members, application_type, policy)
    method = members.choice("token_endpoint_auth_method", policy.methods, default=AUTHENTICATION_METHODS[0])
    page = partial(_page, members, loopback=policy.loopback)
    sector = sector_for(members, redirects, policy)
    registration = Registration(
        sector=sector,
        name=members.text("client_name", longest=MAX_NAME) or sector,
        names=_names(members),
        redirect_uris=redirects,
        post_logout_redirect_uris=members.items(
            "post_logout_redirect_uris",
            partial(fault_in, application_type=application_type, loopback=policy.loopback),
            most=MAX_URIS,
        ),
        application_type=application_type,
        token_endpoint_auth_method=method,
        either_secret_method="token_endpoint_auth_method" not in members.submitted,
        token_endpoint_auth_signing_alg=_assertion_algorithm(members, method),
        jwks=_jwks(members, method),
        id_token_signed_response_alg=members.choice(
            "id_token_signed_response_alg", policy.signing_algorithms, default=ID_TOKEN_ALGORITHMS[0]
        ),
        scopes=_scopes(members, policy),
        client_uri=page("client_uri"),
        logo_uri=page("logo_uri"),
        policy_uri=page("policy_uri"),
        tos_uri=page("tos_uri"),
        contacts=members.items("contacts", _fault_in_contact, most=10),
        default_max_age=members.number("default_max_age", largest=TEN_YEARS),
        require_auth_time=members.flag("require_auth_time", default=False),
        require_pkce=_require_pkce(members, method, policy),
        require_verified=members.flag("require_verified", default=False),
        require_age_over_18=members.flag("require_age_over_18", default=False),
        **protocol_members(members, policy, page=page),
    )
    check_together(members, registration)
    check_unproven(members, registration, policy)
    _check_offers(members)
    _ask_authlib(members, registration, policy)
    if not members.faults:
        check_document(members, registration, policy)
    if members.faults:
        raise InvalidClientMetadata(tuple(members.faults))
    return registration


def _redirect_uris(members: Members, application_type: str, policy: MetadataPolicy) -> tuple[str, ...]:
    """A client that no grant of its own redirects needs no redirect URI (RFC 7591 §2)."""
    grants = members.submitted.get("grant_types")
    if isinstance(grants, list) and not {"authorization_code", "implicit"} & {
        each for each in grants if isinstance(each, str)
    }:
        judge = partial(fault_in, application_type=application_type, loopback=policy.loopback)
        return members.items("redirect_uris", judge, most=MAX_URIS)
    if not members.submitted.get("redirect_uris"):
        members.fault("redirect_uris", "is missing")
        return ()
    judge = partial(fault_in, application_type=application_type, loopback=policy.loopback)
    return members.items("redirect_uris", judge, most=MAX_URIS)


def _names(members: Members) -> tuple[tuple[str, str], ...]:
    """Read the name in other languages (OIDC Registration §2.1)."""
    tagged = [member for member in members.submitted if member.startswith("client_name#")]
    if len(tagged) > 20:
        members.fault("client_name", "is given in more than 20 languages")
        return ()
    names = []
    for member in tagged:
        tag = member.partition("#")[2]
        if not _LANGUAGE_TAG.fullmatch(tag):
            members.fault("client_name", "has a language tag that is none (BCP 47)")
        elif name := members.text(member, longest=MAX_NAME):
            names.append((tag, name))
    return tuple(names)


def _page(members: Members, member: str, *, loopback: bool) -> str | None:
    uri = members.submitted.get(member)
    if uri is None:
        return None
    if fault := fault_in_page(uri, loopback=loopback):
        members.fault(member, fault)
    return str(uri)


def _assertion_algorithm(members: Members, method: str) -> str | None:
    if "token_endpoint_auth_signing_alg" not in members.submitted:
        return None
    algorithm = members.choice("token_endpoint_auth_signing_alg", SIGNING_ALGORITHMS, default="")
    return algorithm if method == "private_key_jwt" else None


def _jwks(members: Members, method: str) -> tuple[PublicKey, ...]:
    keys: tuple[PublicKey, ...] = ()
    if "jwks" in members.submitted:
        try:
            keys = parse_jwks(members.submitted["jwks"])
        except InvalidJwks as invalid:
            for fault in invalid.faults:
                members.fault("jwks", fault)
            return ()
    wanted = members.submitted.get("token_endpoint_auth_signing_alg")
    if (
        method == "private_key_jwt"
        and "jwks_uri" not in members.submitted
        and not any(wanted in (None, each) for key in keys for each in key.algorithms)
    ):
        members.fault("jwks", "has no key that private_key_jwt could be verified with")
    return keys


def _scopes(members: Members, policy: MetadataPolicy) -> tuple[str, ...]:
    scopes = members.words("scope", policy.scopes, default=policy.default_scopes)
    if "openid" not in scopes:
        members.fault("scope", "lacks openid")
    return scopes


def _fault_in_contact(contact: object) -> str | None:
    short = isinstance(contact, str) and 0 < len(contact) <= 254 and contact.isprintable()
    return None if short else "is not a short text"


def _require_pkce(members: Members, method: str, policy: MetadataPolicy) -> bool:
    wanted = members.flag("require_pkce", default=True)
    if not wanted and (method == PUBLIC or not policy.without_pkce):
        members.fault("require_pkce", "can be false only for a confidential client, and if the operator allows it")
    return wanted


def _check_offers(members: Members) -> None:
    """Refuse what would be served otherwise than it was asked for."""
    members.choice("subject_type", SUBJECT_TYPES, default=SUBJECT_TYPES[0])
    for member, words in UNSUPPORTED.items():
        if members.submitted.get(member, False) is not False:
            members.fault(member, words)


def _ask_authlib(members: Members, registration: Registration, policy: MetadataPolicy) -> None:
    """Note as faults what only Authlib's validators object to in what we would keep."""
    kept = registration.to_metadata()
    if registration.application_type == "native":
        del kept["redirect_uris"]  # it knows no URI without a host, which RFC 8252 §7.1 allows
    kept.pop(
        "userinfo_encrypted_response_enc", None
    )  # it takes this one beside its alg only, and is asked of one alone
    for member in kept.keys() - {faulty for faulty, _ in members.faults}:
        if _refused_by_authlib(member, kept[member], policy):
            members.fault(member, "is not valid by RFC 7591 or OpenID Connect Registration")


def _refused_by_authlib(member: str, value: object, policy: MetadataPolicy) -> bool:
    """Ask about one member alone, for Authlib stops at its first objection."""
    from authlib.oauth2.rfc7591 import ClientMetadataClaims as OfOAuth  # imported late: only registration needs it
    from authlib.oidc.registration import ClientMetadataClaims as OfOpenID
    from joserfc.errors import JoseError

    offers = {
        "scopes_supported": policy.scopes,
        "token_endpoint_auth_methods_supported": policy.methods,
        "token_endpoint_auth_signing_alg_values_supported": SIGNING_ALGORITHMS,
        "id_token_signing_alg_values_supported": ID_TOKEN_ALGORITHMS,
    }
    for claims in (OfOAuth, OfOpenID):
        try:
            claims({member: value}, {}, claims.get_claims_options(offers)).validate()
        except JoseError:
            return True
    return False
