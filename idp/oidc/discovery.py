"""Discovery (OIDC Discovery §3, RFC 8414 §2), generated from the tuples that implement what it says."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from clients.client import ID_TOKEN_ALGORITHMS, PUBLIC
from clients.jwks import SIGNING_ALGORITHMS
from clients.metadata import MetadataPolicy
from clients.protocol_members import ENCRYPTION_ALGORITHMS, ENCRYPTION_METHODS
from idp.oidc import dpop
from idp.oidc.acr import ACR_VALUES
from idp.oidc.checks import CODE_CHALLENGE_METHODS, DISPLAYS, PROMPTS
from idp.oidc.claims import CLAIMS, SCOPES
from idp.oidc.grants import GRANT_TYPES
from idp.oidc.response_modes import RESPONSE_MODES
from idp.oidc.response_types import IN_PRODUCTION, spellings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from idp.oidc.response_types import ResponseType

ENDPOINTS = {
    "authorization_endpoint": "/authorize",
    "token_endpoint": "/token",
    "userinfo_endpoint": "/userinfo",
    "jwks_uri": "/jwks",
    "end_session_endpoint": "/logout",
    "registration_endpoint": "/register",
    "pushed_authorization_request_endpoint": "/par",
    "device_authorization_endpoint": "/device_authorization",
    "revocation_endpoint": "/revoke",
    "introspection_endpoint": "/introspect",
}
FOR_CERTIFICATES = (
    "token_endpoint",
    "userinfo_endpoint",
    "pushed_authorization_request_endpoint",
    "device_authorization_endpoint",
    "revocation_endpoint",
    "introspection_endpoint",
)
"""Where a client may show a certificate (RFC 8705 §5)."""
CERTIFICATE_PATHS = frozenset(ENDPOINTS[name] for name in FOR_CERTIFICATES)
LOCALES = ("en", "zh-CN")


@dataclass(frozen=True, slots=True)
class Document:
    """A JSON document as bytes, with the strong ETag that names exactly these bytes."""

    body: bytes
    etag: str


def document(content: dict[str, object]) -> Document:
    """Encode a document once; it is served as it is from then on."""
    body = msgspec.json.encode(content)
    return Document(body, f'"{hashlib.sha256(body).hexdigest()[:32]}"')


@dataclass(frozen=True, slots=True)
class Certificates:
    """What is offered by certificate: nothing unless the proxy asks for one; at ``origin``, if not at the issuer."""

    methods: tuple[str, ...] = ()
    origin: str | None = None

    @property
    def all_methods(self) -> tuple[str, ...]:
        """How clients may prove themselves here, by certificate or otherwise."""
        return MetadataPolicy(certificate_methods=self.methods).methods

    def members(self) -> dict[str, object]:
        """Return what the metadata says of it (RFC 8705 §3.3, §5)."""
        if not self.methods:
            return {}
        bound: dict[str, object] = {"tls_client_certificate_bound_access_tokens": True}
        if self.origin is None:
            return bound
        return bound | {"mtls_endpoint_aliases": {name: self.origin + ENDPOINTS[name] for name in FOR_CERTIFICATES}}


NO_CERTIFICATES = Certificates()


def metadata(
    issuer: str,
    assurance: Mapping[str, object],
    *,
    algorithms: Sequence[str] = ID_TOKEN_ALGORITHMS,
    offered: tuple[ResponseType, ...] = IN_PRODUCTION,
    certificates: Certificates = NO_CERTIFICATES,
) -> dict[str, object]:
    """Return the provider's metadata.

    ``assurance``: what it says of ``verified_claims``; ``algorithms``: what its keys sign with; ``offered``: the
    response types of this deployment.
    """
    methods = certificates.all_methods
    confidential = tuple(method for method in methods if method != PUBLIC)
    signing = tuple(each for each in ID_TOKEN_ALGORITHMS if each in algorithms)
    implicit = ("implicit",) if any(not each.code for each in offered) else ()
    return {
        "issuer": issuer,
        **{name: issuer + path for name, path in ENDPOINTS.items()},
        "response_types_supported": spellings(offered),
        "response_modes_supported": tuple(mode.name for mode in RESPONSE_MODES),
        "grant_types_supported": (*GRANT_TYPES, *implicit),
        "subject_types_supported": ("pairwise",),
        "scopes_supported": tuple(SCOPES),
        "claims_supported": ("sub", *(claim.name for claim in CLAIMS), "auth_time", "acr", "amr"),
        "claim_types_supported": ("normal",),
        "id_token_signing_alg_values_supported": signing,
        "userinfo_signing_alg_values_supported": signing,
        "userinfo_encryption_alg_values_supported": ENCRYPTION_ALGORITHMS,
        "userinfo_encryption_enc_values_supported": ENCRYPTION_METHODS,
        "token_endpoint_auth_methods_supported": methods,
        "token_endpoint_auth_signing_alg_values_supported": SIGNING_ALGORITHMS,
        "revocation_endpoint_auth_methods_supported": methods,
        "revocation_endpoint_auth_signing_alg_values_supported": SIGNING_ALGORITHMS,
        "introspection_endpoint_auth_methods_supported": confidential,
        "introspection_endpoint_auth_signing_alg_values_supported": SIGNING_ALGORITHMS,
        "introspection_signing_alg_values_supported": signing,
        "code_challenge_methods_supported": CODE_CHALLENGE_METHODS,
        "prompt_values_supported": PROMPTS,
        "acr_values_supported": ACR_VALUES,
        "ui_locales_supported": LOCALES,
        "display_values_supported": DISPLAYS,
        "claims_parameter_supported": True,
        "request_parameter_supported": True,
        "request_uri_parameter_supported": True,
        "require_request_uri_registration": True,
        "request_object_signing_alg_values_supported": SIGNING_ALGORITHMS,
        "authorization_signing_alg_values_supported": signing,
        "require_pushed_authorization_requests": False,
        "dpop_signing_alg_values_supported": dpop.ALGORITHMS,
        "authorization_response_iss_parameter_supported": True,
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
        "frontchannel_logout_supported": True,
        "frontchannel_logout_session_supported": True,
        **certificates.members(),
        **assurance,
    }
