"""DPoP (RFC 9449): a request proves that its sender holds a key, so that tokens are of no use to whoever finds them."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from clients import jws
from clients.jwks import InvalidJwks, parse_jwks
from clients.jws import JwsRefused
from idp.oidc.errors import Code, OAuthError
from idp.oidc.token_response import JKT
from idp.store import grants
from idp.value import Value

if TYPE_CHECKING:
    from datetime import datetime

    from clients.jwks import PublicKey
    from clients.jws import Parsed
    from idp.store.database import Database

KEY = "yufu/dpop-nonce/1"
"""The purpose of the root that nonces are keyed with."""
ALGORITHMS = ("ES256", "PS256", "EdDSA")
TYPE = "dpop+jwt"
SKEW_S = 60
"""How far a client's clock may be off, either way; a ``jti`` is remembered for as long."""
NONCE_S = 300
"""A nonce is good for its own span of so many seconds, and for the next one."""
LONGEST_JTI = 255

Place = Literal["as", "rs"]
"""Whose nonce it is: the authorization server's, or that of the resources behind it (RFC 9449 §8, §9)."""


class Request(Value, frozen=True):
    """What a proof has to be about. ``token`` is the access token that comes with it, if one does."""

    header: str | None
    """The ``DPoP`` header as received; several of them come as one with commas."""
    method: str
    url: str
    place: Place = "as"
    token: str | None = None


@dataclass(frozen=True, slots=True)
class Nonces:
    """Nonces that follow from the time, so that nothing has to be stored (RFC 9449 §8)."""

    key: bytes

    def current(self, place: Place, *, now: datetime) -> str:
        """Return the nonce to be used from now on."""
        return self._of(place, int(now.timestamp()) // NONCE_S)

    def accepts(self, place: Place, nonce: str, *, now: datetime) -> bool:
        """Tell whether a nonce is the current one or the one before."""
        span = int(now.timestamp()) // NONCE_S
        return any(hmac.compare_digest(nonce.encode(), self._of(place, each).encode()) for each in (span, span - 1))

    def _of(self, place: Place, span: int) -> str:
        digest = hmac.digest(self.key, f"{place}\0{span}".encode(), "sha256")
        return urlsafe_b64encode(digest[:18]).decode()


@dataclass(frozen=True, slots=True)
class Dpop:
    """Judges proofs. ``nonces_for_all`` demands a nonce of everybody, and not of FAPI clients alone."""

    database: Database
    nonces: Nonces
    nonces_for_all: bool

    def confirmation(self, request: Request, *, now: datetime, with_nonce: bool) -> str | None:
        """Return the key that a request proved, as ``jkt:`` and its thumbprint; None where it brings no proof.

        A proof is used up (RFC 9449 §11.1). Raises OAuthError.
        """
        if request.header is None:
            return None
        try:
            key, claims, jti = _judge(request, now=now)
            self._demand_nonce(request, claims, now=now, with_nonce=with_nonce or self.nonces_for_all)
        except JwsRefused as refused:
            raise OAuthError(Code.INVALID_DPOP_PROOF, "the DPoP proof was refused", str(refused)) from refused
        thumbprint = key.thumbprint
        self._spend(thumbprint, jti, now=now)
        return JKT + thumbprint

    def _demand_nonce(self, request: Request, claims: dict[str, object], *, now: datetime, with_nonce: bool) -> None:
        nonce = claims.get("nonce")
        if nonce is None and not with_nonce:
            return
        if not isinstance(nonce, str) or not self.nonces.accepts(request.place, nonce, now=now):
            raise OAuthError(Code.USE_DPOP_NONCE, "the proof needs the nonce that comes with this answer")

    def _spend(self, thumbprint: str, jti: str, *, now: datetime) -> None:
        jti_hash = hashlib.sha256(f"dpop\0{thumbprint}\0{jti}".encode()).digest()
        until = int(now.timestamp()) + 2 * SKEW_S
        if not self.database.once(lambda here: grants.use_jti(here, jti_hash=jti_hash, until_at=until)):
            raise OAuthError(Code.INVALID_DPOP_PROOF, "the proof was used before")


def _judge(request: Request, *, now: datetime) -> tuple[PublicKey, dict[str, object], str]:
    """Check a proof but for its nonce and single use (RFC 9449 §4.3), and return its key, claims and ``jti``.

    Raises :class:`JwsRefused`.
    """
    proof = jws.parse(request.header or "")
    key = _own_key(proof)
    if str(proof.header.get("typ", "")).lower() != TYPE:
        raise JwsRefused("typ is not dpop+jwt")
    # The key is the proof's own: which `kid` its sender calls it by says nothing.
    proof.header.pop("kid", None)
    jws.verify(proof, keys=(key,), algorithms=ALGORITHMS, types=(TYPE,))
    claims = proof.payload
    if claims.get("htm") != request.method:
        raise JwsRefused("htm is not this method")
    if not _same_place(claims.get("htu"), request.url):
        raise JwsRefused("htu is not this address")
    _check_times(claims, int(now.timestamp()))
    if request.token is not None and claims.get("ath") != _hash(request.token):
        raise JwsRefused("ath is not of this access token")
    jti = claims.get("jti")
    if not isinstance(jti, str) or not 0 < len(jti) <= LONGEST_JTI:
        raise JwsRefused("no usable jti")
    return key, claims, jti


def _own_key(proof: Parsed) -> PublicKey:
    """Read the key that a proof brings along: a public one, which is all that it may prove (RFC 9449 §4.2)."""
    try:
        (key,) = parse_jwks({"keys": [proof.header.get("jwk")]})
    except (InvalidJwks, ValueError) as invalid:
        raise JwsRefused(f"jwk {invalid}") from invalid
    return key


def _check_times(claims: dict[str, object], now: int) -> None:
    moments = {name: claims[name] for name in ("iat", "nbf", "exp") if name in claims}
    if any(isinstance(moment, bool) or not isinstance(moment, int | float) for moment in moments.values()):
        raise JwsRefused("a time that is none")
    numbers = {name: float(moment) for name, moment in moments.items() if isinstance(moment, int | float)}
    if "iat" not in numbers or not now - SKEW_S <= numbers["iat"] <= now + SKEW_S:
        raise JwsRefused("iat is not now")
    if numbers.get("nbf", 0) > now + SKEW_S or numbers.get("exp", now + 1) <= now - SKEW_S:
        raise JwsRefused("not valid at this time")


def _same_place(htu: object, url: str) -> bool:
    """Compare addresses as RFC 9449 §4.3 has it: without query and fragment, after normalising (RFC 3986 §6.2)."""
    if htu == url:
        return True
    if not isinstance(htu, str) or len(htu) > 2000:
        return False
    try:
        return _normalised(htu) == _normalised(url)
    except ValueError:
        return False


def _normalised(url: str) -> tuple[str, str | None, int | None, str]:
    parts = urlsplit(url)
    default = {"https": 443, "http": 80}.get(parts.scheme)
    return parts.scheme, parts.hostname, parts.port or default, parts.path or "/"


def _hash(token: str) -> str:
    return urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).rstrip(b"=").decode()
