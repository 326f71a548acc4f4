"""What the market uses of Authlib's Flask client, which itself has no types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug import Response

    from clients.demo.settings import SiteSettings


class OpenIdClient(Protocol):
    """``authlib.integrations.flask_client``: one provider, registered by its metadata address."""

    def load_server_metadata(self) -> Mapping[str, Any]:
        """Give the provider's metadata, read at the first need."""

    def authorize_redirect(self, redirect_uri: str, **parameters: str) -> Response:
        """Begin a sign-in; state, nonce and PKCE verifier go into the session."""

    def authorize_access_token(self, *, claims_options: Mapping[str, object]) -> Mapping[str, Any]:
        """Redeem the code of the current request and verify the ID token, whose claims are ``userinfo``."""

    def userinfo(self, *, token: Mapping[str, Any]) -> Mapping[str, Any]:
        """Ask the userinfo endpoint."""

    def logout_redirect(self, post_logout_redirect_uri: str, *, id_token_hint: str) -> Response:
        """Begin a sign-out at the provider."""


def expected(site: SiteSettings) -> dict[str, object]:
    """Say which issuer and audience an ID token must have; Authlib does not insist on the audience by itself."""
    return {
        "iss": {"essential": True, "value": site.issuer},
        "aud": {"essential": True, "value": site.client_id},
    }
