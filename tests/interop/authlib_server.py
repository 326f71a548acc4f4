"""Authlib's authorization server as its documentation builds it, in memory: a second opinion on ours."""

from __future__ import annotations

import secrets
from typing import Any

import flask
from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin, list_to_scope, scope_to_list
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge

CALLBACK = "https://shop.example/callback"


class Client(ClientMixin):  # type: ignore[misc] # Authlib has no types
    """A confidential client with one redirect URI."""

    def __init__(self, client_id: str) -> None:
        self.client_id, self.secret = client_id, secrets.token_urlsafe(32)

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> str:
        return CALLBACK

    def get_allowed_scope(self, scope: str) -> str:
        return str(list_to_scope([each for each in scope_to_list(scope) or [] if each == "openid"]))

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == CALLBACK

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == self.secret

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return (method, endpoint) == ("client_secret_basic", "token")

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


class Code(AuthorizationCodeMixin):  # type: ignore[misc] # Authlib has no types
    """A code and what it was asked for with."""

    def __init__(self, request: Any) -> None:
        asked = request.payload
        self.client_id: str = request.client.client_id
        self.scope = asked.scope
        self.redirect_uri, self.code_challenge = asked.redirect_uri, asked.data.get("code_challenge")
        self.code_challenge_method = asked.data.get("code_challenge_method")

    def get_redirect_uri(self) -> Any:
        return self.redirect_uri

    def get_scope(self) -> Any:
        return self.scope


def build(*clients: Client) -> flask.Flask:
    """Build the server; whoever asks it is signed in and agrees."""
    app = flask.Flask(__name__)
    known = {client.client_id: client for client in clients}
    codes: dict[str, Code] = {}
    server = AuthorizationServer(app, query_client=known.get, save_token=lambda _token, _request: None)

    class Grant(AuthorizationCodeGrant):  # type: ignore[misc] # Authlib has no types
        TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic",)

        def save_authorization_code(self, code: str, request: Any) -> None:
            codes[code] = Code(request)

        def query_authorization_code(self, code: str, client: Client) -> Code | None:
            found = codes.get(code)
            return found if found is not None and found.client_id == client.client_id else None

        def delete_authorization_code(self, authorization_code: Code) -> None:
            codes.pop(next(code for code, each in codes.items() if each is authorization_code))

        def authenticate_user(self, authorization_code: Code) -> str:
            return authorization_code.client_id

    server.register_grant(Grant, [CodeChallenge(required=True)])

    def authorize() -> Any:
        grant = server.get_consent_grant(end_user="somebody")
        return server.create_authorization_response(grant_user="somebody", grant=grant)

    app.add_url_rule("/authorize", "authorize", authorize)
    app.add_url_rule("/token", "token", server.create_token_response, methods=["POST"])
    return app
