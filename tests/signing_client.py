"""A client that signs: its assertions, its request objects, each with keys of its own."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from joserfc import jws
from joserfc.jwk import ECKey, OKPKey, RSAKey

from tests.house import CHALLENGE, ISSUER, VERIFIER
from tests.specs.rfc7523_private_key_jwt.test_client_assertion import encoded

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

    from tests.house import House, Site

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
Key = ECKey | RSAKey | OKPKey


def new_key(algorithm: str) -> Key:
    """Make a key that signs with ``algorithm``; its ``kid`` is its own."""
    kid: Any = {"kid": secrets.token_hex(4)}
    if algorithm == "ES256":
        return ECKey.generate_key("P-256", kid)
    return OKPKey.generate_key("Ed25519", kid) if algorithm == "EdDSA" else RSAKey.generate_key(2048, kid)


def sign(payload: object, key: Key, algorithm: str, **header: Any) -> str:
    """Sign as an honest or dishonest client would, with no library's rules in the way."""
    protected = {"alg": algorithm, "kid": key.kid} | header
    text = f"{encoded({name: value for name, value in protected.items() if value is not None})}.{encoded(payload)}"
    if protected["alg"] == "none":
        return text + "."
    return f"{text}.{encoded(jws.JWSRegistry.algorithms[protected['alg']].sign(text.encode(), key))}"


@dataclass
class SigningClient:
    """A site that authenticates by ``private_key_jwt`` and may sign its requests."""

    house: House
    site: Site
    key: Key
    algorithm: str
    more: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def register(
        cls, house: House, client_id: str = "shop", *, algorithm: str = "ES256", **metadata: Any
    ) -> SigningClient:
        """Register a client with a key of its own."""
        key = new_key(algorithm)
        site = house.site(
            client_id,
            token_endpoint_auth_method="private_key_jwt",
            jwks={"keys": [key.as_dict(private=False)]},
            redirect_uris=metadata.pop("redirect_uris", [f"https://{client_id}.example/callback"]),
            **metadata,
        )
        return cls(house, site, key, algorithm)

    @property
    def client_id(self) -> str:
        """Its id."""
        return self.site.client.client_id

    @property
    def now(self) -> int:
        """The time it is, in seconds."""
        return int(self.house.now.timestamp())

    def wish(self, **changes: Any) -> dict[str, Any]:
        """Return the parameters of an authorization request; a change of None leaves one out."""
        usual = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.site.client.redirect_uris[0],
            "scope": "openid profile",
            "state": "some state",
            "nonce": "some nonce",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }
        return {name: value for name, value in (usual | changes).items() if value is not None}

    def assertion(self, **changes: Any) -> str:
        """Sign a client assertion."""
        usual = {
            "iss": self.client_id, "sub": self.client_id, "aud": ISSUER, "jti": secrets.token_hex(8),
            "iat": self.now, "exp": self.now + 60,
        }  # fmt: skip
        payload = {name: value for name, value in (usual | changes).items() if value is not None}
        return sign(payload, self.key, self.algorithm)

    def proof(self, **changes: Any) -> dict[str, str]:
        """Return the form members that authenticate it."""
        return {"client_assertion_type": ASSERTION, "client_assertion": self.assertion(**changes)}

    def request_object(self, *, key: Key | None = None, header: dict[str, Any] | None = None, **changes: Any) -> str:
        """Sign a request object; a change of None leaves a claim out."""
        about = {"iss": self.client_id, "aud": ISSUER, "nbf": self.now, "exp": self.now + 300}
        payload = {name: value for name, value in (about | self.wish() | changes).items() if value is not None}
        return sign(payload, key or self.key, self.algorithm, **({"typ": "oauth-authz-req+jwt"} | (header or {})))

    def post(self, path: str, form: dict[str, Any], **headers: str) -> TestResponse:
        """Post a form to an endpoint, authenticated unless the form says otherwise."""
        return self.house.app.test_client().post(path, base_url=ISSUER, data=self.proof() | form, headers=headers)

    def push(self, **changes: Any) -> TestResponse:
        """Push a request."""
        return self.post("/par", self.wish(**changes))

    def pushed(self, **changes: Any) -> str:
        """Push a request and return where the browser goes with it."""
        answer = self.push(**changes)
        assert answer.status_code == 201, answer.text
        return self.address(answer.get_json()["request_uri"])

    def address(self, request_uri: str, **more: str) -> str:
        """Return the authorization URL of a reference."""
        return "/authorize?" + urlencode({"client_id": self.client_id, "request_uri": request_uri} | more)

    def redeem(self, code: str, **changes: Any) -> TestResponse:
        """Exchange a code."""
        form = {
            "grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER,
            "redirect_uri": self.site.client.redirect_uris[0],
        }  # fmt: skip
        return self.post("/token", form | changes)
