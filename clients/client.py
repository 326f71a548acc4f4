"""What a registered relying site is: one frozen value that every endpoint reads and none changes.

Member names on the outside are those of OIDC Registration §2, RFC 7591 §2 and the specifications named at the field.
Our own are:

``require_pkce``
    ``false`` only for confidential clients whose library cannot do PKCE. Default ``true``.
``require_verified``
    The site lets in verified people only: whoever is not, is led to verification before consent. Default ``false``.
``require_age_over_18``
    The site lets in adults only: whoever isn't one is told so and nothing is sent. Default ``false``.
``require_assurance_level``, ``assurance_max_age_days``
    The site lets in people of this assurance level only, verified no longer ago than that.
``profile``
    ``fapi2`` or ``fapi2_message_signing``: the whole of that profile is enforced for this client.
``issuer_audience_only``
    A client assertion may name the issuer as its audience and nothing else (RFC 7523bis); FAPI clients always.
``allowed_cors_origins``
    Web origins whose scripts may call the direct endpoints for this client, beside those of a public client's redirect
    URIs.
``resources``
    Resource indicators (RFC 8707) that this client, an API, answers to. The operator's decision only.
``allowed_resources``
    Resource indicators for which this client may have tokens of its own (``client_credentials``), beside those it
    answers to itself. The operator's decision only.
``access_token_encrypted_response_alg``, ``access_token_encrypted_response_enc``
    An API reads tokens about people itself. The operator's decision only.
``legal_basis``
    The law by which the site may ask for legal names, approved by the operator. The operator's decision only.
"""

from __future__ import annotations

import re
from dataclasses import MISSING, dataclass, field, fields
from typing import TYPE_CHECKING, Any, Self, cast

from clients import certificate, certificate_subject
from clients.jwks import PublicKey
from clients.sector import authority_of, is_loopback, origin_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SECRET_METHODS = ("client_secret_basic", "client_secret_post")
PUBLIC = "none"
AUTHENTICATION_METHODS = (*SECRET_METHODS, "private_key_jwt", *certificate.METHODS, PUBLIC)
"""Those by certificate are for deployments whose proxy asks for one (RFC 8705)."""
PROFILES = ("fapi2", "fapi2_message_signing")
DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
GRANT_TYPES = ("authorization_code", "refresh_token", "client_credentials", DEVICE_CODE, "implicit")
"""Grant types that a client may register; ``implicit`` is served in the certification profile only."""
ID_TOKEN_ALGORITHMS = ("RS256", "ES256", "PS256", "EdDSA")

_MEMBER_OF = {
    "name": "client_name",
    "scopes": "scope",
    "web_origins": "allowed_cors_origins",
}  # the fields that the outside calls otherwise
_NAME_IN = "client_name#"
_OURS = ("sector", "names", "either_secret_method")  # told otherwise, or not at all

CLIENT_ID = re.compile(r"[!-~]{1,128}")
"""What an identifier may look like (RFC 6749 §A.1, without the space): anything else is nobody's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """A site's metadata after validation; credentials and ``client_id`` are issued later."""

    sector: str
    name: str
    redirect_uris: tuple[str, ...]
    names: tuple[tuple[str, str], ...] = ()
    """``client_name`` in other languages, as (BCP 47 tag, name); OIDC Registration §2.1."""
    post_logout_redirect_uris: tuple[str, ...] = ()
    application_type: str = "web"
    token_endpoint_auth_method: str = AUTHENTICATION_METHODS[0]
    either_secret_method: bool = False
    """The registration named no method, so the secret may come by header or in the body (never in both)."""
    token_endpoint_auth_signing_alg: str | None = None
    jwks: tuple[PublicKey, ...] = ()
    id_token_signed_response_alg: str = ID_TOKEN_ALGORITHMS[0]
    scopes: tuple[str, ...] = ("openid",)
    """The scopes the site may ask for, in its own order."""
    client_uri: str | None = None
    logo_uri: str | None = None
    policy_uri: str | None = None
    tos_uri: str | None = None
    contacts: tuple[str, ...] = ()
    default_max_age: int | None = None
    """Seconds; OIDC Registration §2."""
    require_auth_time: bool = False
    require_pkce: bool = True
    require_verified: bool = False
    require_age_over_18: bool = False
    require_assurance_level: str | None = None
    assurance_max_age_days: int | None = None
    legal_basis: str | None = None
    grant_types: tuple[str, ...] = ("authorization_code",)
    response_types: tuple[str, ...] = ("code",)
    jwks_uri: str | None = None
    sector_identifier_uri: str | None = None
    """Fetched and held against the redirect URIs when it was registered (OIDC Core §8.1)."""
    request_uris: tuple[str, ...] = ()
    """Where request objects may be fetched from; a registered one may carry a fragment (OIDC Registration §2)."""
    default_acr_values: tuple[str, ...] = ()
    initiate_login_uri: str | None = None
    web_origins: tuple[str, ...] = ()
    userinfo_signed_response_alg: str | None = None
    userinfo_encrypted_response_alg: str | None = None
    userinfo_encrypted_response_enc: str | None = None
    access_token_encrypted_response_alg: str | None = None
    """Of an API: tokens about people come as JWTs that only it can read (RFC 9068 §6)."""
    access_token_encrypted_response_enc: str | None = None
    introspection_signed_response_alg: str | None = None
    """RFC 9701 §6."""
    authorization_signed_response_alg: str = ID_TOKEN_ALGORITHMS[0]
    """JARM §3."""
    request_object_signing_alg: str | None = None
    require_signed_request_object: bool = False
    """RFC 9101 §10.5."""
    require_pushed_authorization_requests: bool = False
    """RFC 9126 §6."""
    dpop_bound_access_tokens: bool = False
    """RFC 9449 §5.2."""
    tls_client_certificate_bound_access_tokens: bool = False
    """RFC 8705 §3.4."""
    tls_client_auth_subject_dn: str | None = None
    """Of these five one at most: whom the certificate of ``tls_client_auth`` has to be for (RFC 8705 §2.1.2)."""
    tls_client_auth_san_dns: str | None = None
    tls_client_auth_san_uri: str | None = None
    tls_client_auth_san_ip: str | None = None
    tls_client_auth_san_email: str | None = None
    backchannel_logout_uri: str | None = None
    backchannel_logout_session_required: bool = False
    frontchannel_logout_uri: str | None = None
    frontchannel_logout_session_required: bool = False
    profile: str | None = None
    issuer_audience_only: bool = False
    resources: tuple[str, ...] = ()
    allowed_resources: tuple[str, ...] = ()

    @property
    def is_fapi(self) -> bool:
        """Whether a FAPI 2.0 profile is enforced for this client."""
        return self.profile is not None

    @property
    def issuer_only(self) -> bool:
        """Whether the issuer, as a plain string, is the only audience of this client's assertions (RFC 7523bis)."""
        return self.is_fapi or self.issuer_audience_only

    @property
    def sender_constrained(self) -> bool:
        """Whether this client's access tokens are bound to a key or not issued at all, be it here or by the browser.

        FAPI 2.0 §5.3.2.1, RFC 9449 §5.2, RFC 8705 §3.4.
        """
        return self.is_fapi or self.dpop_bound_access_tokens or self.tls_client_certificate_bound_access_tokens

    @property
    def certificate_subject(self) -> tuple[str, str] | None:
        """Whom the client's certificate has to be for, as member and value."""
        named = ((kind, getattr(self, kind)) for kind in certificate_subject.KINDS)
        return next(((kind, value) for kind, value in named if value is not None), None)

    @property
    def wants_sid(self) -> bool:
        """Whether the client is told of sign-outs, and so needs a ``sid`` to know the session by."""
        return self.backchannel_logout_uri is not None or self.frontchannel_logout_uri is not None

    @property
    def confidential(self) -> bool:
        """Whether the site can keep a credential (RFC 6749 §2.1)."""
        return self.token_endpoint_auth_method != PUBLIC

    @property
    def script_origins(self) -> frozenset[str]:
        """Origins whose scripts may read what is answered to this client: a public one's own, and those registered."""
        uris = self.web_origins if self.confidential else (*self.web_origins, *self.redirect_uris)
        return frozenset(origin for uri in uris if (origin := origin_of(uri)) is not None)

    @property
    def authentication_methods(self) -> tuple[str, ...]:
        """The ways in which this client may authenticate: one, or both secret ways when it registered none."""
        return SECRET_METHODS if self.either_secret_method else (self.token_endpoint_auth_method,)

    @property
    def host(self) -> str:
        """The host people are shown beside the name, whole and in its ASCII form; a loopback host with its port.

        Not shortened to a registrable domain: that needs the public suffix list, and a wrong cut misleads more than
        a long host does. A private-use scheme (RFC 8252 §7.1) is shown as the domain it reverses, and a client that
        nothing redirects to by its sector.
        """
        if not self.redirect_uris:
            return self.sector
        found = authority_of(self.redirect_uris[0])
        if found is None:
            return ".".join(reversed(self.redirect_uris[0].partition(":")[0].split(".")))
        host, authority = found
        return authority if is_loopback(host) else host

    def name_in(self, language: str) -> str:
        """Give the site's name in a language (BCP 47): the exact tag, else the same primary language, else ``name``."""
        wanted = language.lower()
        exact = (name for tag, name in self.names if tag.lower() == wanted)
        same = (name for tag, name in self.names if tag.lower().split("-")[0] == wanted.split("-")[0])
        return next(exact, None) or next(same, None) or self.name

    def to_response(self) -> dict[str, object]:
        """Give all that is registered, defaults too, as a registration response tells it (RFC 7591 §3.2.1)."""
        told = {each.name: getattr(self, each.name) for each in fields(Registration) if each.name not in _OURS}
        members = {
            _MEMBER_OF.get(name, name): _outside(name, value)
            for name, value in told.items()
            if value is not None and value != ()
        }
        tagged = {_NAME_IN + tag: name for tag, name in self.names}
        return members | tagged | {"subject_type": "pairwise"}

    def to_metadata(self) -> dict[str, object]:
        """Give the stored form: JSON-ready members, defaults left out. ``sector`` is stored beside it, not in it."""
        metadata: dict[str, object] = {}
        for each in fields(Registration):
            value = getattr(self, each.name)
            if each.name not in {"sector", "names"} and (each.default is MISSING or value != each.default):
                metadata[_MEMBER_OF.get(each.name, each.name)] = _outside(each.name, value)
        return metadata | {_NAME_IN + tag: name for tag, name in self.names}

    def issued(self, *, client_id: str, secret_hash: bytes | None = None) -> Client:
        """Give the client that this registration becomes once it has an identifier and perhaps a secret."""
        values = {each.name: getattr(self, each.name) for each in fields(Registration)}
        return Client(client_id=client_id, secret_hash=secret_hash, **values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Client(Registration):
    """A registered relying site with its identifier and the hash of its secret."""

    client_id: str
    secret_hash: bytes | None = field(default=None, repr=False)
    """SHA-256 of a generated 256-bit secret; None for ``private_key_jwt`` and ``none``."""

    @classmethod
    def from_metadata(
        cls, metadata: Mapping[str, object], *, client_id: str, sector: str, secret_hash: bytes | None = None
    ) -> Self:
        """Rebuild a client from what :meth:`to_metadata` gave; members it does not know are ignored.

        This trusts its input, which is our own store's: ``clients.metadata.validate`` is the door for strangers.
        """
        values: dict[str, Any] = {"client_id": client_id, "sector": sector, "secret_hash": secret_hash}
        for each in fields(Registration):
            member = _MEMBER_OF.get(each.name, each.name)
            if member in metadata:
                values[each.name] = _inside(each.name, metadata[member])
        tagged = (member for member in metadata if member.startswith(_NAME_IN))
        values["names"] = tuple((member.removeprefix(_NAME_IN), metadata[member]) for member in tagged)
        return cls(**values)


def _outside(name: str, value: object) -> object:
    if name == "jwks":
        return {"keys": [key.to_jwk() for key in cast("tuple[PublicKey, ...]", value)]}
    if name == "scopes":
        return " ".join(cast("tuple[str, ...]", value))
    return list(value) if isinstance(value, tuple) else value


def _inside(name: str, value: object) -> object:
    if name == "jwks":
        keys = cast("Mapping[str, Iterable[Mapping[str, str]]]", value)["keys"]
        return tuple(PublicKey.from_jwk(key) for key in keys)
    if name == "scopes":
        return tuple(cast("str", value).split())
    return tuple(value) if isinstance(value, list) else value
