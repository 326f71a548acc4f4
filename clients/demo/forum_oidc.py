"""OpenID Connect by hand: the standard library and python-jose, whose checks are switched on one by one.

python-jose by itself takes a token without an audience and one with unknown critical headers, so neither is left to it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from jose import jwt
from jose.exceptions import JOSEError

from clients.demo.errors import SiteError, code_for
from clients.demo.records import Received

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clients.demo.settings import SiteSettings
    from clients.demo.site_key import SiteKey

Json = dict[str, Any]
LARGEST_ANSWER = 100_000
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
STRICT = {f"require_{claim}": True for claim in ("iss", "sub", "aud", "exp", "iat", "at_hash")} | {"leeway": 60}


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A sign-in that was sent off; it stays with the browser's session until the answer comes."""

    url: str
    state: str
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


class RelyingParty:
    """The site's side of the authorization code flow."""

    def __init__(self, site: SiteSettings, key: SiteKey) -> None:
        self._site = site
        self._key = key
        self._documents: dict[str, Json] = {}
        self._lock = threading.Lock()

    # [shown]
    def begin(self, language: str) -> Begun:
        """Make an authorization request (OIDC Core §3.1.2.1) with PKCE (RFC 7636 §4)."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        query = {
            "response_type": "code",
            "client_id": self._site.client_id,
            "redirect_uri": self._site.redirect_uri,
            "scope": "openid profile verified",
            "state": state,
            "nonce": nonce,
            "code_challenge": _base64url(hashlib.sha256(verifier.encode()).digest()),
            "code_challenge_method": "S256",
            "ui_locales": language,
        }
        url = f"{self.provider()['authorization_endpoint']}?{urlencode(query)}"
        return Begun(url=url, state=state, nonce=nonce, verifier=verifier)

    def finish(self, begun: Begun, answer: Mapping[str, str]) -> Received:
        """Turn the answer at the redirect URI into a person, or raise SiteError. ``begun`` was found by its state."""
        if answer.get("iss") != self._site.issuer:  # RFC 9207: this answer is of the provider that we asked
            raise SiteError("answer_refused", "another issuer answers")
        if "error" in answer:
            raise SiteError(code_for(answer["error"]), answer["error"])
        tokens = self._redeem(answer.get("code", ""), begun.verifier)
        header, claims = self._verified(tokens["id_token"], tokens["access_token"], nonce=begun.nonce)
        userinfo = _fetch(self.provider()["userinfo_endpoint"], bearer=tokens["access_token"])
        if userinfo.get("sub") != claims["sub"]:
            raise SiteError("answer_refused", "userinfo is of somebody else")
        return Received(
            userinfo=userinfo,
            header=header,
            claims=claims,
            id_token=tokens["id_token"],
            access_token_hash=hashlib.sha256(tokens["access_token"].encode()).hexdigest(),
        )

    def _redeem(self, code: str, verifier: str) -> Json:
        """Exchange the code, authenticated by a JWT signed with the site's own key (RFC 7523 §2.2)."""
        now = int(time.time())
        claims = {
            "iss": self._site.client_id,
            "sub": self._site.client_id,
            "aud": self._site.issuer,
            "jti": secrets.token_urlsafe(16),
            "iat": now,
            "exp": now + 60,
        }
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._site.redirect_uri,
            "code_verifier": verifier,
            "client_assertion_type": ASSERTION,
            "client_assertion": jwt.encode(claims, self._key.pem, algorithm="ES256", headers={"kid": self._key.kid}),
        }
        tokens = _fetch(self.provider()["token_endpoint"], form=form)
        if not all(isinstance(tokens.get(name), str) for name in ("id_token", "access_token")):
            raise SiteError("answer_refused", "no tokens")
        return tokens

    def _verified(self, id_token: str, access_token: str, *, nonce: str) -> tuple[Json, Json]:
        """Check an ID token (OIDC Core §3.1.3.7) and give its header and claims."""
        try:
            header = jwt.get_unverified_header(id_token)
            if header.get("alg") != "ES256" or "crit" in header:
                raise SiteError("answer_refused", "not the algorithm we registered")
            claims: Json = jwt.decode(
                id_token,
                self._signing_key(header.get("kid")),
                algorithms=["ES256"],
                issuer=self._site.issuer,
                audience=self._site.client_id,
                access_token=access_token,
                options=STRICT,
            )
        except JOSEError as error:
            raise SiteError("answer_refused", str(error)) from error
        if claims["aud"] not in (self._site.client_id, [self._site.client_id]) or claims.get("nonce") != nonce:
            raise SiteError("answer_refused", "made for another audience or sign-in")
        return header, claims

    # [/shown]

    def sign_out_url(self, id_token: str) -> str:
        """Give the address that signs the person out at the provider too (RP-Initiated Logout §2)."""
        query = {"id_token_hint": id_token, "post_logout_redirect_uri": f"{self._site.base}/", "state": "signed-out"}
        return f"{self.provider()['end_session_endpoint']}?{urlencode(query)}"

    def provider(self) -> Json:
        """Give the provider's metadata: read at the first need and tried again until it is there."""
        metadata = self._document(f"{self._site.issuer}/.well-known/openid-configuration")
        if metadata.get("issuer") != self._site.issuer:
            raise SiteError("answer_refused", "metadata of another issuer")
        return metadata

    def _signing_key(self, kid: object) -> Json:
        """Find the key by its identifier; an unknown one may be new, so the keys are read once more."""
        for fresh in (False, True):
            jwks = self._document(self.provider()["jwks_uri"], fresh=fresh)
            for key in jwks.get("keys", []):
                if key.get("kid") == kid and key.get("kty") == "EC":
                    return dict(key)
        raise SiteError("answer_refused", "signed with an unknown key")

    def _document(self, url: str, *, fresh: bool = False) -> Json:
        with self._lock:
            if fresh or url not in self._documents:
                self._documents[url] = _fetch(url)
            return self._documents[url]


def _fetch(url: str, *, form: Mapping[str, str] | None = None, bearer: str | None = None) -> Json:
    """Ask for JSON by GET, or by POST with a form; no redirect is followed."""
    parts = urlsplit(url)
    connection = (HTTPSConnection if parts.scheme == "https" else HTTPConnection)(parts.netloc, timeout=10)
    headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {bearer}"} if bearer else {})
    body = None if form is None else urlencode(form)
    if form is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        connection.request("GET" if form is None else "POST", parts.path, body, headers)
        response = connection.getresponse()
        text = response.read(LARGEST_ANSWER)
    except (OSError, HTTPException) as error:
        raise SiteError("provider_unreachable", type(error).__name__) from error
    finally:
        connection.close()
    try:
        answer = json.loads(text)
    except ValueError as error:
        raise SiteError("provider_trouble", f"status {response.status}, no JSON") from error
    if not isinstance(answer, dict):
        raise SiteError("provider_trouble", "no JSON object")
    if response.status != 200:
        raise SiteError("provider_trouble" if response.status >= 500 else code_for(str(answer.get("error"))))
    return answer


def _base64url(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
