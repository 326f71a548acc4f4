"""The settings themselves: a class for each section, a string of documentation under each setting.

Bounds are part of the types and are checked where the values are read; a setting not written down here does not exist.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal
from urllib.parse import urlsplit

from msgspec import Meta

from idp.domain.secrecy import Private

Count = Annotated[int, Meta(ge=1)]
ADDRESS = r"^(\[[0-9a-fA-F:]+\]|[^:\s]+):[0-9]{1,5}$"
Address = Annotated[str, Meta(pattern=ADDRESS)]
VerifiedLevel = Literal["plausible", "vouched", "document", "registry", "high"]
Adapter = Literal["simulator", "http"]


@dataclass(frozen=True, slots=True)
class DbSettings:
    """The one database."""

    url: str = field(default="sqlite:///var/yufu.db", repr=False)
    """SQLAlchemy URL: `sqlite:///path` or `postgresql+psycopg://user:password@host/name`."""
    pool_size: Count = 8
    """Connections that a worker process keeps open; twice as many more may be opened under load."""


@dataclass(frozen=True, slots=True)
class KeySettings:
    """Where keys are held."""

    url: str = "file:var/keys"
    """Key backend: `file:FOLDER`. The folder belongs to the provider's user alone and is never in a database backup."""
    offline: str = "var/offline-keys"
    """Folder for the private keys of the officers and the authority when `idp keys init` makes them for a demo. Such
    keys belong to those people: in production the provider is given the public halves and this folder stays empty."""


@dataclass(frozen=True, slots=True)
class WebSettings:
    """The web server."""

    bind: Address = "127.0.0.1:9000"
    """Address and port that `idp serve` listens on."""
    workers: Count = 1
    """Worker processes. One to a core is enough."""
    threads: Count = 8
    """Threads in a worker process."""
    worker: bool = True
    """Run the background worker (`idp worker`) beside the server. False where it runs on its own."""
    trusted_proxies: Annotated[int, Meta(ge=0)] = 0
    """How many reverse proxies stand in front and set `X-Forwarded-For`; with 0 the header is not believed."""


@dataclass(frozen=True, slots=True)
class SessionSettings:
    """A person's signed-in session at the provider."""

    hours: Annotated[int, Meta(ge=1, le=720)] = 12
    """Hours after which a person has to sign in again."""


@dataclass(frozen=True, slots=True)
class OidcSettings:
    """What sites receive and how long it holds."""

    code_seconds: Annotated[int, Meta(ge=1, le=60)] = 60
    """Life of an authorization code."""
    access_token_seconds: Annotated[int, Meta(ge=60, le=3600)] = 600
    """Life of an access token."""
    id_token_seconds: Annotated[int, Meta(ge=60, le=3600)] = 600
    """Time within which a site has to accept an ID token."""
    jwks_max_age_seconds: Annotated[int, Meta(ge=60, le=86400)] = 300
    """How long sites may cache the public keys. A new key is published at least that long before it signs."""
    refresh_days: Annotated[int, Meta(ge=1, le=365)] = 90
    """Days for which a site may renew its access while the person is away; then it has to send them here again."""
    dpop_nonces: bool = False
    """Ask every sender of a DPoP proof for a nonce of ours. FAPI clients are always asked."""
    device_seconds: Annotated[int, Meta(ge=60, le=1800)] = 600
    """Time within which a person has to type the code that a device shows, and to decide."""
    pushed_request_seconds: Annotated[int, Meta(ge=5, le=90)] = 60
    """Time within which a person's browser has to arrive with a request that its site sent ahead."""
    consent_days: Annotated[int, Meta(ge=1, le=3650)] = 365
    """Days after which a person is asked again whether a site may have what it had."""
    client_cache_seconds: Annotated[float, Meta(ge=0, le=300)] = 5.0
    """How long a process remembers a site's registration: a site disabled elsewhere is turned away that much later."""
    sign_out_spread_seconds: Annotated[int, Meta(ge=0, le=3600)] = 20
    """When a session ends, each site that wants to know is told at a random moment within so many seconds, so that the
    moment does not join what the pseudonyms keep apart. The site that asked for the sign-out is told at once."""
    certification_profile: bool = False
    """Offer the implicit and hybrid response types, for a laboratory that certifies implementations. They put tokens
    into addresses, so that they are refused in production."""
    ticket_minutes: Annotated[int, Meta(ge=1, le=120)] = 30
    """How long a person may take between arriving from a site and going back to it."""


@dataclass(frozen=True, slots=True)
class OutboundSettings:
    """The one way to addresses that sites name: key sets, request objects, logos, sign-outs."""

    allowed_hosts: tuple[str, ...] = ()
    """Hosts (`name` or `name:port`) that may have an address outside of the public internet, and be called over plain
    http if they are this machine. For laboratories; refused in production."""
    authorities: str = ""
    """PEM file of authorities trusted besides those of the operating system."""


@dataclass(frozen=True, slots=True)
class MtlsSettings:
    """Certificates that sites show (mutual TLS, RFC 8705): asked for by the proxy in front, which passes them on."""

    header: Private | None = None
    """Name of the request header in which the proxy passes a certificate on: a few letters and 32 random hexadecimal
    digits, without a hyphen, as in `XClientCert` and what `openssl rand -hex 16` prints. Nobody but the proxy knows it.
    If unset, nothing is done with certificates."""
    format: Literal["rfc9440", "pem"] = "rfc9440"
    """How it is written there: `rfc9440`, base64 of DER between colons; `pem`, PEM that is percent-encoded or has
    spaces for line breaks."""
    proxies: Annotated[tuple[str, ...], Meta(min_length=1)] = ("127.0.0.1/32", "::1/128")
    """Addresses or small networks that the proxy connects from; from all others the header is not believed."""
    origin: str = ""
    """Address at which the proxy asks for certificates, as in `https://mtls.id.example.org`: told to sites as
    `mtls_endpoint_aliases`. If empty, the issuer's own, where browsers would ask people for a certificate too."""
    authorities: str = ""
    """PEM file of those who issue certificates for `tls_client_auth`, each with `basicConstraints` (critical, CA),
    `keyUsage` with `keyCertSign`, no name constraints, and a key of RSA 2048 or P-256 at least. If empty, that method
    is not offered."""


@dataclass(frozen=True, slots=True)
class RegistrationSettings:
    """Sites that register themselves (RFC 7591)."""

    open: bool = False
    """Whether anybody may register a site. If false, it takes a token that `idp client invite` makes."""


@dataclass(frozen=True, slots=True)
class AssuranceSettings:
    """What counts as a verified person."""

    verified_levels: Annotated[tuple[VerifiedLevel, ...], Meta(min_length=1)] = ("document", "registry", "high")
    """Levels at which sites are told `verified: true`."""


@dataclass(frozen=True, slots=True)
class ReleaseSettings:
    """What may leave the house beyond pseudonyms and predicates."""

    legal_name: bool = False
    """Let people give their legal name and date of birth to sites whose legal basis an operator approved, each by a
    separate consent. They are then kept readable for that purpose; otherwise no online process can read them. Turning
    it off destroys what was kept."""


@dataclass(frozen=True, slots=True)
class RegistrySettings:
    """The population registry that answers whether a name and a resident number belong together."""

    adapter: Adapter = "simulator"
    """`http` for a real registry; `simulator` answers from invented people and is refused in production."""
    url: str = ""
    """Address of the registry's service, with adapter `http`."""
    token: Private | None = None
    """Credential at the registry, with adapter `http`."""
    authorities: str = ""
    """PEM file of the authorities trusted to vouch for the registry. If empty, those of the operating system."""
    certificate: str = ""
    """PEM file of the certificate that we show to a registry which demands one (mutual TLS)."""
    certificate_key: str = ""
    """PEM file of that certificate's private key."""
    timeout_seconds: Annotated[float, Meta(gt=0, le=60)] = 5.0
    """How long to wait for the registry before telling the person to try later."""
    fee_fen: Annotated[int, Meta(ge=0)] = 500
    """Price of one query, in fen."""


@dataclass(frozen=True, slots=True)
class BankSettings:
    """The bank that pays micro-deposits."""

    adapter: Adapter = "simulator"
    """`http` for a real bank; `simulator` moves no money and is refused in production."""
    url: str = ""
    """Address of the bank's service, with adapter `http`."""
    token: Private | None = None
    """Credential at the bank, with adapter `http`."""
    authorities: str = ""
    """PEM file of the authorities trusted to vouch for the bank. If empty, those of the operating system."""
    certificate: str = ""
    """PEM file of the certificate that we show to a bank which demands one (mutual TLS)."""
    certificate_key: str = ""
    """PEM file of that certificate's private key."""
    timeout_seconds: Annotated[float, Meta(gt=0, le=60)] = 5.0
    """How long to wait for the bank before telling the person to try later."""


@dataclass(frozen=True, slots=True)
class LimitSettings:
    """How often something may be tried; beyond it the person is asked to wait."""

    registry_queries_per_person_per_day: Count = 3
    """Registry queries that one person may start in 24 hours."""
    registry_queries_per_number_per_day: Count = 5
    """Registry queries about one resident number in 24 hours, whoever asks: the form is no oracle."""
    registry_queries_per_hour: Count = 500
    """Registry queries of the whole provider in an hour."""
    deposits_per_person_per_month: Count = 5
    """Pairs of micro-deposits that one person may ask for in 30 days. Each pair can be guessed at three times."""
    deposits_per_card_per_month: Count = 5
    """Pairs of micro-deposits to one bank card in 30 days, whoever asks."""
    deposits_per_hour: Count = 500
    """Pairs of micro-deposits of the whole provider in an hour."""
    sign_ins_per_address_per_minute: Count = 30
    """Sign-in ceremonies that one network address may start in a minute."""
    sign_ups_per_address_per_hour: Count = 30
    """Accounts that one network address may open in an hour."""
    user_codes_per_address_per_hour: Count = 20
    """Codes of devices that one network address may type in an hour, right or wrong."""
    user_codes_per_hour: Count = 5000
    """Wrong codes of devices that may be typed at the whole provider in an hour; then none is taken, right or wrong."""
    registrations_per_address_per_hour: Count = 120
    """Registrations of sites, and changes to them, that one network address may try in an hour."""
    public_requests_per_address_per_minute: Count = 120
    """Requests of clients without credentials at `/par` and `/device_authorization`, of one address in a minute."""


@dataclass(frozen=True, slots=True)
class DemoSettings:
    """Things that exist to be looked at; refused in production and wherever the issuer is https."""

    people: bool = False
    """Offer a list of invented people on the sign-in page, each with one click and no passkey."""
    sites: tuple[str, ...] = ()
    """Addresses of the demo sites, for the home page to link to."""


@dataclass(frozen=True, slots=True)
class LogSettings:
    """The log, on standard error."""

    format: Literal["auto", "json", "text"] = "auto"
    """`json`: one object to a line. `text`: for reading at a terminal. `auto`: text at a terminal, otherwise json."""
    level: Literal["debug", "info", "warning", "error"] = "info"
    """The least that is worth a line."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All of them; every one has a default, and the defaults are those of a try-out on one's own machine."""

    issuer: str = "http://localhost:9000"
    """The provider's own address as people and sites see it. It can never change: sites know people under it."""
    production: bool = False
    """Real people are verified here: whatever is simulated is refused. If unset, true where the issuer is https."""
    db: DbSettings = DbSettings()
    keys: KeySettings = KeySettings()
    web: WebSettings = WebSettings()
    session: SessionSettings = SessionSettings()
    oidc: OidcSettings = OidcSettings()
    mtls: MtlsSettings = MtlsSettings()
    registration: RegistrationSettings = RegistrationSettings()
    outbound: OutboundSettings = OutboundSettings()
    assurance: AssuranceSettings = AssuranceSettings()
    release: ReleaseSettings = ReleaseSettings()
    registry: RegistrySettings = RegistrySettings()
    bank: BankSettings = BankSettings()
    limits: LimitSettings = LimitSettings()
    demo: DemoSettings = DemoSettings()
    log: LogSettings = LogSettings()

    @property
    def host(self) -> str:
        """Host name of the issuer; passkeys are bound to it (WebAuthn's relying party id)."""
        return urlsplit(self.issuer).hostname or ""

    @property
    def secure(self) -> bool:
        """Whether people reach the provider over TLS, so that cookies can be for TLS only."""
        return self.issuer.startswith("https://")
