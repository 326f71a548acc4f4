"""The members of a registration that choose among the protocol's variants: grants, algorithms, bindings, sign-out.

Sources: OIDC Registration §2, RFC 7591 §2, RFC 8705 §2-3, RFC 9101 §10.5, RFC 9126 §6, RFC 9449 §5.2, RFC 9701 §6,
JARM §3, Back-Channel Logout §2.2, Front-Channel Logout §2.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from clients import certificate, certificate_subject, jwe
from clients.client import DEVICE_CODE, GRANT_TYPES, ID_TOKEN_ALGORITHMS, PROFILES, PUBLIC, SECRET_METHODS
from clients.jwks import FAPI_ALGORITHMS, SIGNING_ALGORITHMS
from clients.redirect_uris import fault_in_page
from clients.sector import authority_of, origin_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from clients.client import Registration
    from clients.members import Members
    from clients.metadata import MetadataPolicy

ENCRYPTION_ALGORITHMS = (jwe.ALGORITHM,)
ENCRYPTION_METHODS = (jwe.METHOD,)
RESPONSE_TYPES = ("code",)
IMPLICIT_RESPONSE_TYPES = ("id_token", "id_token token", "code id_token", "code token", "code id_token token")
ACR_VALUES = ("phr", "phrh")
LEVELS = ("plausible", "vouched", "document", "registry", "high")
OPERATORS = (
    "access_token_encrypted_response_alg",
    "access_token_encrypted_response_enc",
    "allowed_resources",
    "legal_basis",
    "resources",
)
"""Members that a site does not decide."""
ENCRYPTED = ("userinfo_encrypted_response", "access_token_encrypted_response")
MAX_URIS = 20
LONGEST_RESOURCE = 255
FAPI_SIGNED = (
    "id_token_signed_response_alg",
    "token_endpoint_auth_signing_alg",
    "userinfo_signed_response_alg",
    "introspection_signed_response_alg",
    "request_object_signing_alg",
)
"""Where a client names an algorithm; JARM's falls back to that of ID tokens by itself."""


def protocol_members(members: Members, policy: MetadataPolicy, *, page: Callable[[str], str | None]) -> dict[str, Any]:
    """Read the members; the keys of the answer are fields of ``Registration``. Faults are noted in ``members``."""
    return (
        _grants(members, policy)
        | _signatures(members, policy)
        | _bindings(members)
        | _certificates(members, policy)
        | _pages(members, page, policy)
        | _operators_decisions(members, policy)
        | {
            "default_acr_values": members.items("default_acr_values", partial(_among, ACR_VALUES), most=5),
            "require_assurance_level": _choice_or_none(members, "require_assurance_level", LEVELS),
            "assurance_max_age_days": members.number("assurance_max_age_days", largest=3650),
            "profile": _choice_or_none(members, "profile", PROFILES),
            "issuer_audience_only": members.flag("issuer_audience_only", default=False),
            "web_origins": members.items("allowed_cors_origins", partial(_fault_in_origin, policy), most=MAX_URIS),
        }
    )


def check_together(members: Members, registration: Registration) -> None:
    """Note as faults what is right by itself and wrong beside something else."""
    if registration.jwks and registration.jwks_uri:
        members.fault("jwks_uri", "comes beside jwks: send one of them (OIDC Registration §2)")
    if "client_credentials" in registration.grant_types and registration.token_endpoint_auth_method == PUBLIC:
        members.fault("grant_types", "has client_credentials, for which a client needs credentials (RFC 6749 §4.4)")
    if registration.sender_constrained and any("token" in each.split() for each in registration.response_types):
        members.fault("response_types", "has a token by the browser, which cannot be bound as this client's tokens are")
    _encryption(members, registration)
    _certificate_of(members, registration)
    if registration.profile:
        _fapi(members, registration)


def _encryption(members: Members, registration: Registration) -> None:
    """Both members or none: the method that a missing one would mean is not offered (OIDC Registration §2)."""
    wanted = False
    for what in ENCRYPTED:
        alg, enc = (getattr(registration, f"{what}_{part}") for part in ("alg", "enc"))
        wanted = wanted or alg is not None
        if enc and not alg:
            members.fault(f"{what}_enc", f"comes without {what}_alg")
        if alg and not enc:
            members.fault(f"{what}_enc", f"has to be named: only {jwe.METHOD} is offered")
    if wanted and not registration.jwks_uri and jwe.encryption_key(registration.jwks) is None:
        members.fault("jwks", "has no key to encrypt to: use enc, on P-256 or X25519")
    if registration.access_token_encrypted_response_alg and not registration.resources:
        members.fault("access_token_encrypted_response_alg", "is for an API, which has resources")


def _grants(members: Members, policy: MetadataPolicy) -> dict[str, Any]:
    grants = GRANT_TYPES if policy.implicit else tuple(each for each in GRANT_TYPES if each != "implicit")
    responses = RESPONSE_TYPES + (IMPLICIT_RESPONSE_TYPES if policy.implicit else ())
    answer: dict[str, Any] = {}
    if "grant_types" in members.submitted:
        answer["grant_types"] = members.items("grant_types", partial(_among, grants), most=len(grants))
    if "response_types" in members.submitted:
        given = members.items("response_types", partial(_among_sets, responses), most=len(responses))
        answer["response_types"] = tuple(" ".join(sorted(each.split())) for each in given)
    if not answer.get("grant_types", ("authorization_code",)):
        members.fault("grant_types", "is empty")
    redirecting = {"authorization_code", "implicit"} & set(answer.get("grant_types", ("authorization_code",)))
    if redirecting and not answer.get("response_types", RESPONSE_TYPES):
        members.fault("response_types", "is empty")
    return answer


def _signatures(members: Members, policy: MetadataPolicy) -> dict[str, Any]:
    answer = {
        name: _choice_or_none(members, name, policy.signing_algorithms)
        for name in ("userinfo_signed_response_alg", "introspection_signed_response_alg")
    }
    for what in ENCRYPTED:
        answer[f"{what}_alg"] = _choice_or_none(members, f"{what}_alg", ENCRYPTION_ALGORITHMS)
        answer[f"{what}_enc"] = _choice_or_none(members, f"{what}_enc", ENCRYPTION_METHODS)
    answer["request_object_signing_alg"] = _choice_or_none(members, "request_object_signing_alg", SIGNING_ALGORITHMS)
    jarm = members.choice(
        "authorization_signed_response_alg", policy.signing_algorithms, default=ID_TOKEN_ALGORITHMS[0]
    )
    return answer | {"authorization_signed_response_alg": jarm}


def _bindings(members: Members) -> dict[str, Any]:
    names = (
        "require_signed_request_object",
        "require_pushed_authorization_requests",
        "dpop_bound_access_tokens",
        "backchannel_logout_session_required",
        "frontchannel_logout_session_required",
    )
    return {name: members.flag(name, default=False) for name in names}


def _certificates(members: Members, policy: MetadataPolicy) -> dict[str, Any]:
    """RFC 8705, as far as this deployment gets to see certificates."""
    bound = "tls_client_certificate_bound_access_tokens"
    if members.flag(bound, default=False) and not policy.certificate_methods:
        members.fault(bound, "is not offered: tokens are bound by DPoP")
    answer: dict[str, Any] = {bound: members.flag(bound, default=False)}
    for member, kind in certificate_subject.KINDS.items():
        text = answer[member] = members.text(member, longest=500)
        if text is not None and (fault := kind.fault(text)):
            members.fault(member, fault)
    return answer


def _certificate_of(members: Members, registration: Registration) -> None:
    """A method by certificate has what it is known by, and nothing else has (RFC 8705 §2.1.2, §2.2.2)."""
    method = registration.token_endpoint_auth_method
    named = [member for member in certificate_subject.KINDS if getattr(registration, member) is not None]
    if method == certificate.TLS_CLIENT_AUTH and len(named) != 1:
        says = f"needs exactly one of {', '.join(certificate_subject.KINDS)}"
        members.fault("token_endpoint_auth_method", says)
    if method != certificate.TLS_CLIENT_AUTH:
        for member in named:
            members.fault(member, "is for the token_endpoint_auth_method tls_client_auth")
    shown = any(key.x5t is not None for key in registration.jwks)
    if method == certificate.SELF_SIGNED and registration.jwks_uri is None and not shown:
        members.fault("jwks", "has no key with its certificate first in x5c, which self_signed_tls_client_auth needs")
    if registration.tls_client_certificate_bound_access_tokens and registration.dpop_bound_access_tokens:
        members.fault("dpop_bound_access_tokens", "comes beside tls_client_certificate_bound_access_tokens: choose one")


def _pages(members: Members, page: Callable[[str], str | None], policy: MetadataPolicy) -> dict[str, Any]:
    names = (
        "jwks_uri",
        "sector_identifier_uri",
        "initiate_login_uri",
        "backchannel_logout_uri",
        "frontchannel_logout_uri",
    )
    judge = partial(_fault_in_request_uri, policy)
    return {name: page(name) for name in names} | {"request_uris": members.items("request_uris", judge, most=MAX_URIS)}


def _operators_decisions(members: Members, policy: MetadataPolicy) -> dict[str, Any]:
    for name in OPERATORS:
        if name in members.submitted and not policy.by_operator:
            members.fault(name, "is for the operator to decide")
    if not policy.by_operator:
        return {}
    judge = partial(_fault_in_resource, policy)
    return {
        "resources": members.items("resources", judge, most=MAX_URIS),
        "allowed_resources": members.items("allowed_resources", judge, most=MAX_URIS),
        "legal_basis": members.text("legal_basis", longest=200),
    }


def _fapi(members: Members, registration: Registration) -> None:
    """FAPI 2.0 Security Profile §5.3: strong client authentication, sender-constrained tokens, strong signatures."""
    if registration.token_endpoint_auth_method in {*SECRET_METHODS, PUBLIC}:
        members.fault("profile", "needs private_key_jwt or a certificate as token_endpoint_auth_method")
    if not (registration.dpop_bound_access_tokens or registration.tls_client_certificate_bound_access_tokens):
        says = "needs dpop_bound_access_tokens or tls_client_certificate_bound_access_tokens"
        members.fault("profile", says)
    for member in FAPI_SIGNED:
        if getattr(registration, member) not in {None, *FAPI_ALGORITHMS}:
            members.fault(member, f"has to be one of {' '.join(FAPI_ALGORITHMS)} in this profile")
    if registration.response_types != RESPONSE_TYPES:
        members.fault("response_types", "can be code only in this profile")
    if any(authority_of(uri) is None for uri in registration.redirect_uris):
        members.fault("redirect_uris", "has one that is neither https nor loopback, which this profile wants")
    if not registration.require_pkce:
        members.fault("require_pkce", "cannot be false in this profile")
    if DEVICE_CODE in registration.grant_types or "implicit" in registration.grant_types:
        members.fault("grant_types", "has a grant that this profile does not know")


def _choice_or_none(members: Members, member: str, among: tuple[str, ...]) -> str | None:
    return members.choice(member, among, default=among[0]) if member in members.submitted else None


def _among(offered: tuple[str, ...], value: object) -> str | None:
    return None if value in offered else f"is not one of: {' '.join(offered)}"


def _among_sets(offered: tuple[str, ...], value: object) -> str | None:
    """The order of the words in a response type means nothing (OAuth 2.0 Multiple Response Types §3)."""
    known = isinstance(value, str) and any(sorted(value.split(" ")) == sorted(each.split()) for each in offered)
    return None if known else f"is not one of: {', '.join(offered)}"


def _fault_in_origin(policy: MetadataPolicy, origin: object) -> str | None:
    if fault := fault_in_page(origin, loopback=policy.loopback):
        return fault
    if {"/", "?"} & set(str(origin).partition("://")[2]):
        return "is not an origin: scheme, host and port alone"
    if origin != origin_of(str(origin)):
        return "names the port that its scheme has anyhow, which no browser does: leave it out (RFC 6454 §6.2)"
    return None


def _fault_in_request_uri(policy: MetadataPolicy, uri: object) -> str | None:
    return fault_in_page(uri.partition("#")[0] if isinstance(uri, str) else uri, loopback=policy.loopback)


def _fault_in_resource(policy: MetadataPolicy, uri: object) -> str | None:
    if len(str(uri)) > LONGEST_RESOURCE:
        return f"is longer than {LONGEST_RESOURCE} characters"
    return fault_in_page(uri, loopback=policy.loopback)
