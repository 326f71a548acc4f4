"""The composition root: every service is built here, once, and handed on as one frozen value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from clients.certificate import SELF_SIGNED, TLS_CLIENT_AUTH, Authorities
from idp.authentication import throttling
from idp.authentication.accounts import Accounts
from idp.authentication.erasure import Erasure
from idp.authentication.passkeys import Passkeys
from idp.authentication.recovery import Recovery
from idp.authentication.sessions import Sessions
from idp.authentication.throttling import Throttles
from idp.domain.evidence import EvidenceKind
from idp.gateways.outbound import Outbound
from idp.oidc import access_tokens, device_codes, discovery, dpop, refresh_tokens, response_types, session_id
from idp.oidc.apis import Apis
from idp.oidc.authorize import Authorize
from idp.oidc.client_keys import ClientKeys
from idp.oidc.delivery import Delivery
from idp.oidc.device_authorization import DeviceAuthorization
from idp.oidc.device_codes import DeviceCodes
from idp.oidc.dpop import Dpop, Nonces
from idp.oidc.grants.grant import TokenContext
from idp.oidc.introspection import Introspection
from idp.oidc.issuing import Issuing
from idp.oidc.logos import Logos
from idp.oidc.logout import Logout
from idp.oidc.pseudonyms import Pseudonyms
from idp.oidc.pushed_authorization import PushedAuthorization, PushedRequests
from idp.oidc.registration import Registrar
from idp.oidc.request_object import RequestObjects
from idp.oidc.revocation import Revocation
from idp.oidc.senders import Senders
from idp.oidc.session_ends import SessionEnds
from idp.oidc.token import ClientAuthenticator, Token
from idp.oidc.userinfo import Userinfo
from idp.oidc.verified_claims import metadata as assurance
from idp.oidc.verified_claims import service as verified_claims
from idp.oidc.verified_claims.names import Names
from idp.oidc.verified_claims.service import VerifiedClaims
from idp.oidc.verified_claims.told import NAMES
from idp.proofing.methods import METHODS
from idp.proofing.service import Proofing
from idp.readiness import Readiness
from idp.store.clients import ClientDirectory

if TYPE_CHECKING:
    from idp.keyholder import Keyholder
    from idp.oidc.discovery import Certificates, Document
    from idp.oidc.response_types import ResponseType
    from idp.settings import Settings
    from idp.store.database import Database

CODE_NAMES = "yufu/index/code-name/1"
RELYING_PARTY = "Yufu 鱼符"

PRODUCIBLE = frozenset[EvidenceKind]().union(*(method.yields for method in METHODS))
"""Evidence that the methods on offer can establish: what discovery announces."""


@dataclass(frozen=True, slots=True)
class Services:
    """Everything a view may call."""

    settings: Settings
    database: Database
    keyring: Keyholder
    readiness: Readiness
    authorize: Authorize
    pushed_authorization: PushedAuthorization
    devices: DeviceCodes
    device_authorization: DeviceAuthorization
    dpop: Dpop
    revocation: Revocation
    introspection: Introspection
    token: Token
    userinfo: Userinfo
    directory: ClientDirectory
    logout: Logout
    registrar: Registrar
    logos: Logos
    session_ends: SessionEnds
    discovery: Document
    pseudonyms: Pseudonyms
    sessions: Sessions
    passkeys: Passkeys
    accounts: Accounts
    recovery: Recovery
    erasure: Erasure
    throttles: Throttles
    proofing: Proofing
    certificates: Certificates


def build(settings: Settings, database: Database, keyring: Keyholder) -> Services:
    """Build every service of a process."""
    directory = ClientDirectory(database, seconds=settings.oidc.client_cache_seconds)
    pseudonyms = Pseudonyms(database, keyring.bridge, keyring.root.purpose(CODE_NAMES))
    throttles = Throttles(database, keyring.root.purpose(throttling.KEY), settings.limits)
    ends = SessionEnds(
        database=database,
        directory=directory,
        key=keyring.root.purpose(session_id.KEY),
        record_seal=keyring.keyring.records,
        spread=timedelta(seconds=settings.oidc.sign_out_spread_seconds),
    )
    sessions = Sessions(database, keyring.keyring.records, timedelta(hours=settings.session.hours), ends.announce)
    outbound = build_outbound(settings)
    client_keys = ClientKeys(outbound)
    apis = Apis(settings.issuer, database, directory, client_keys, keyring)
    context = TokenContext(
        issuer=settings.issuer,
        database=database,
        keyring=keyring,
        record_seal=keyring.keyring.records,
        access_lifetime=timedelta(seconds=settings.oidc.access_token_seconds),
        id_token_lifetime=timedelta(seconds=settings.oidc.id_token_seconds),
        refresh_key=keyring.root.purpose(refresh_tokens.KEY),
        access_key=keyring.root.purpose(access_tokens.KEY),
        apis=apis,
    )
    logos = Logos(database, outbound)
    authorize = _authorize(settings, database, keyring, apis, RequestObjects(settings.issuer, client_keys, outbound))
    authenticator = _authenticator(settings, directory, context, client_keys)
    nonces = Nonces(keyring.root.purpose(dpop.KEY))
    proofs = Dpop(database, nonces, nonces_for_all=settings.oidc.dpop_nonces)
    senders = Senders(proofs)
    return Services(
        dpop=proofs,
        settings=settings,
        database=database,
        keyring=keyring,
        readiness=Readiness(database, keyring),
        authorize=authorize,
        pushed_authorization=PushedAuthorization(authenticator, authorize, senders),
        devices=authorize.devices,
        device_authorization=DeviceAuthorization(settings.issuer, authenticator, authorize.devices),
        revocation=Revocation(
            settings.issuer, authenticator, database, keyring, context.refresh_key, context.access_key
        ),
        introspection=Introspection(
            settings.issuer,
            authenticator,
            database,
            directory,
            keyring,
            context.refresh_key,
            context.access_key,
            keyring.keyring.records,
        ),
        token=Token(authenticator, context, senders),
        userinfo=Userinfo(
            settings.issuer,
            database,
            directory,
            client_keys,
            keyring,
            keyring.keyring.records,
            senders,
            context.access_key,
        ),
        directory=directory,
        logout=Logout(settings.issuer, directory, keyring),
        registrar=_registrar(settings, database, keyring, directory, logos),
        logos=logos,
        session_ends=ends,
        discovery=discovery.document(
            discovery.metadata(
                settings.issuer,
                _assurance(settings),
                algorithms=keyring.algorithms,
                offered=_offered(settings),
                certificates=certificates_of(settings),
            )
        ),
        pseudonyms=pseudonyms,
        sessions=sessions,
        passkeys=_passkeys(settings, database, keyring),
        accounts=Accounts(database),
        recovery=Recovery(database, pseudonyms, sessions),
        erasure=Erasure(database, pseudonyms, sessions),
        throttles=throttles,
        proofing=Proofing.build(settings, database, keyring, throttles, pseudonyms),
        certificates=certificates_of(settings),
    )


def build_outbound(settings: Settings) -> Outbound:
    """Build the one way to addresses that sites name."""
    return Outbound(settings.outbound.allowed_hosts, settings.outbound.authorities)


def build_delivery(settings: Settings, database: Database, keyring: Keyholder, outbound: Outbound) -> Delivery:
    """Build what a worker delivers the outbox with."""
    directory = ClientDirectory(database, seconds=settings.oidc.client_cache_seconds)
    return Delivery(settings.issuer, database, directory, keyring, outbound)


def _authorize(
    settings: Settings,
    database: Database,
    keyring: Keyholder,
    apis: Apis,
    request_objects: RequestObjects,
) -> Authorize:
    return Authorize(
        issuer=settings.issuer,
        directory=apis.directory,
        apis=apis,
        database=database,
        keyring=keyring,
        bridge=keyring.bridge,
        ticket_seal=keyring.keyring.tickets,
        issuing=_issuing(settings, database, keyring),
        offered=_offered(settings),
        ticket_lifetime=timedelta(minutes=settings.oidc.ticket_minutes),
        consent_lifetime=timedelta(days=settings.oidc.consent_days),
        verified_claims=_verified_claims(settings, database, keyring),
        request_objects=request_objects,
        pushed=PushedRequests(
            database, keyring.keyring.records, timedelta(seconds=settings.oidc.pushed_request_seconds)
        ),
        devices=DeviceCodes(
            database,
            keyring.keyring.records,
            keyring.root.purpose(device_codes.KEY),
            timedelta(seconds=settings.oidc.device_seconds),
        ),
    )


def _verified_claims(settings: Settings, database: Database, keyring: Keyholder) -> VerifiedClaims:
    names = Names(database, keyring.keyring.records) if settings.release.legal_name else None
    return VerifiedClaims(settings.issuer, database, keyring.root.purpose(verified_claims.KEY), names)


def _assurance(settings: Settings) -> dict[str, object]:
    return assurance.members(settings.issuer, PRODUCIBLE, NAMES if settings.release.legal_name else ())


def _offered(settings: Settings) -> tuple[ResponseType, ...]:
    return response_types.offered(certification_profile=settings.oidc.certification_profile)


def _issuing(settings: Settings, database: Database, keyring: Keyholder) -> Issuing:
    return Issuing(
        issuer=settings.issuer,
        database=database,
        keyring=keyring,
        record_seal=keyring.keyring.records,
        code_lifetime=timedelta(seconds=settings.oidc.code_seconds),
        access_lifetime=timedelta(seconds=settings.oidc.access_token_seconds),
        id_token_lifetime=timedelta(seconds=settings.oidc.id_token_seconds),
        refresh_lifetime=timedelta(days=settings.oidc.refresh_days),
        session_lifetime=timedelta(hours=settings.session.hours),
        sid_key=keyring.root.purpose(session_id.KEY),
        access_key=keyring.root.purpose(access_tokens.KEY),
    )


def _authenticator(
    settings: Settings, directory: ClientDirectory, context: TokenContext, client_keys: ClientKeys
) -> ClientAuthenticator:
    names = ("token_endpoint", "pushed_authorization_request_endpoint", "device_authorization_endpoint")
    origins = (settings.issuer, settings.mtls.origin) if settings.mtls.origin else (settings.issuer,)
    endpoints = tuple(origin + discovery.ENDPOINTS[name] for origin in origins for name in names)
    trusted = settings.mtls.authorities
    return ClientAuthenticator(
        directory,
        context,
        audiences=(settings.issuer, *endpoints),
        client_keys=client_keys,
        authorities=Authorities(Path(trusted).read_bytes()) if trusted else None,
    )


def certificates_of(settings: Settings) -> Certificates:
    """Return what sites are offered by certificate: nothing where no proxy passes one on."""
    if settings.mtls.header is None:
        return discovery.NO_CERTIFICATES
    methods = (TLS_CLIENT_AUTH, SELF_SIGNED) if settings.mtls.authorities else (SELF_SIGNED,)
    return discovery.Certificates(methods, settings.mtls.origin or None)


def _registrar(
    settings: Settings, database: Database, keyring: Keyholder, directory: ClientDirectory, logos: Logos
) -> Registrar:
    return Registrar(
        issuer=settings.issuer,
        database=database,
        directory=directory,
        outbound=logos.outbound,
        logos=logos,
        open=settings.registration.open,
        production=settings.production,
        certification=settings.oidc.certification_profile,
        signing_algorithms=keyring.algorithms,
        certificates=certificates_of(settings),
    )


def _passkeys(settings: Settings, database: Database, keyring: Keyholder) -> Passkeys:
    return Passkeys(
        database=database,
        record_seal=keyring.keyring.records,
        ticket_seal=keyring.keyring.tickets,
        rp_id=settings.host,
        rp_name=RELYING_PARTY,
        origin=settings.issuer,
    )
