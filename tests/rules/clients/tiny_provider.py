"""An identity provider for one test: it says yes to everybody, and can be told to answer wrongly."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from joserfc import jws
from joserfc.jwk import ECKey, RSAKey

from clients import authentication

if TYPE_CHECKING:
    from collections.abc import Iterator

    from clients.client import Client

Json = dict[str, Any]


def base64url(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


class TinyProvider:
    """Its state, and what a test may bend: members of ``None`` are left out."""

    def __init__(self, keys: dict[str, Any] | None = None) -> None:
        self.issuer = ""
        self.clients: dict[str, Client] = {}
        self.keys = keys or {
            "ES256": ECKey.generate_key("P-256", {"kid": "es"}),
            "RS256": RSAKey.generate_key(2048, {"kid": "rs"}),
        }
        self.person = "somebody"
        self.code_names = {"demo-shop": "Lamplighter Chen", "demo-forum": "Old Kettle"}
        self.userinfo: Json = {"verified": True, "age_over_18": True}
        self.answer: Json = {}
        self.claims: Json = {}
        self.header: Json = {}
        self.tokens: Json = {}
        self.status = 200
        self.requests: list[tuple[str, Json]] = []
        self._codes: dict[str, Json] = {}

    def get(self, path: str, query: Json, bearer: str | None) -> tuple[int, Json | str]:
        """Answer a GET with a status and JSON or a location."""
        self.requests.append((path, query))
        match path if self.status == 200 else "":
            case "/.well-known/openid-configuration":
                return 200, self._metadata()
            case "/jwks":
                return 200, {"keys": [key.as_dict(private=False) | {"use": "sig"} for key in self.keys.values()]}
            case "/authorize":
                return 303, self._authorize(query)
            case "/userinfo":
                return 200, self._userinfo(str(bearer).removeprefix("Bearer token-of-"))
            case "/logout":
                return 303, f"{query['post_logout_redirect_uri']}?{urlencode({'state': query.get('state', '')})}"
        return 404 if self.status == 200 else self.status, {}

    def token(self, form: Json, authorization: str | None) -> tuple[int, Json]:
        """Redeem a code, with client authentication and PKCE as they should be."""
        self.requests.append(("/token", form))
        credentials = authentication.credentials_from(authorization=authorization, form=form)
        client = self.clients[credentials.client_id]
        try:
            authentication.authenticate(client, credentials, now=datetime.now(UTC), audiences=[self.issuer])
        except authentication.ClientAuthenticationFailed as failed:
            return 401, {"error": failed.error}
        begun = self._codes.pop(form["code"], None)
        if (
            begun is None
            or base64url(hashlib.sha256(form["code_verifier"].encode()).digest()) != begun["code_challenge"]
        ):
            return 400, {"error": "invalid_grant"}
        token = f"token-of-{client.client_id}"
        tokens = {"access_token": token, "token_type": "Bearer", "expires_in": 300}
        return 200, _without_none(tokens | {"id_token": self.id_token(client, begun["nonce"], token)} | self.tokens)

    def id_token(self, client: Client, nonce: str, access_token: str) -> str:
        """Sign an ID token by the client's algorithm, bent as told."""
        algorithm = client.id_token_signed_response_alg
        key = self.keys[algorithm]
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": self.sub(client.client_id),
            "aud": client.client_id,
            "iat": now,
            "exp": now + 300,
            "nonce": nonce,
            "at_hash": base64url(hashlib.sha256(access_token.encode()).digest()[:16]),
        }
        header = _without_none({"alg": algorithm, "kid": key.kid} | self.header)
        text = ".".join(base64url(json.dumps(part).encode()) for part in (header, _without_none(claims | self.claims)))
        return f"{text}.{base64url(jws.JWSRegistry.algorithms[algorithm].sign(text.encode(), key))}"

    def sub(self, client_id: str) -> str:
        """Give the pseudonym at a site."""
        return base64url(hashlib.sha256(f"{self.person} at {client_id}".encode()).digest())

    def _userinfo(self, client_id: str) -> Json:
        names = dict.fromkeys(("nickname", "preferred_username"), self.code_names[client_id])
        return _without_none({"sub": self.sub(client_id)} | names | self.userinfo)

    def _authorize(self, query: Json) -> str:
        client = self.clients[query["client_id"]]
        assert query["redirect_uri"] in client.redirect_uris
        assert query["code_challenge_method"] == "S256"
        code = base64url(hashlib.sha256(query["state"].encode()).digest())
        self._codes[code] = query
        answer = {"code": code, "state": query["state"], "iss": self.issuer} | self.answer
        return f"{query['redirect_uri']}?{urlencode(_without_none(answer))}"

    def _metadata(self) -> Json:
        ends = {"authorization": "authorize", "token": "token", "userinfo": "userinfo", "end_session": "logout"}
        return {
            "issuer": self.issuer,
            "jwks_uri": f"{self.issuer}/jwks",
            "id_token_signing_alg_values_supported": ["ES256", "RS256"],
            "authorization_response_iss_parameter_supported": True,
        } | {f"{name}_endpoint": f"{self.issuer}/{path}" for name, path in ends.items()}


@contextmanager
def running(provider: TinyProvider, *, port: int = 0) -> Iterator[TinyProvider]:
    """Run a provider on a port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            self._send(*provider.get(parts.path, dict(parse_qsl(parts.query)), self.headers.get("Authorization")))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._send(*provider.token(dict(parse_qsl(body)), self.headers.get("Authorization")))

        def _send(self, status: int, answer: Json | str) -> None:
            body = b"" if isinstance(answer, str) else json.dumps(answer).encode()
            self.send_response(status)
            if isinstance(answer, str):
                self.send_header("Location", answer)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            """Stay quiet."""

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        provider.issuer = f"http://localhost:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join()


def _without_none(members: Json) -> Json:
    return {name: value for name, value in members.items() if value is not None}
