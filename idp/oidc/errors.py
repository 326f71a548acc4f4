"""The errors a site can receive, and the two ways an error can travel.

An :class:`OAuthError` knows nothing of redirects: the *context* decides whether it becomes a redirect (the reply
address is proven), a JSON answer (token endpoint) or a page.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Code(Enum):
    """Error codes and the HTTP status they have where they are answered as JSON."""

    INVALID_REQUEST = ("invalid_request", 400)
    INVALID_CLIENT = ("invalid_client", 401)
    INVALID_DPOP_PROOF = ("invalid_dpop_proof", 400)
    USE_DPOP_NONCE = ("use_dpop_nonce", 400)
    INVALID_REQUEST_OBJECT = ("invalid_request_object", 400)
    INVALID_REQUEST_URI = ("invalid_request_uri", 400)
    INVALID_GRANT = ("invalid_grant", 400)
    UNAUTHORIZED_CLIENT = ("unauthorized_client", 400)
    UNSUPPORTED_GRANT_TYPE = ("unsupported_grant_type", 400)
    INVALID_SCOPE = ("invalid_scope", 400)
    AUTHORIZATION_PENDING = ("authorization_pending", 400)
    SLOW_DOWN = ("slow_down", 400)
    EXPIRED_TOKEN = ("expired_token", 400)
    INVALID_TARGET = ("invalid_target", 400)
    INVALID_TOKEN = ("invalid_token", 401)
    INSUFFICIENT_SCOPE = ("insufficient_scope", 403)
    UNSUPPORTED_RESPONSE_TYPE = ("unsupported_response_type", 400)
    ACCESS_DENIED = ("access_denied", 400)
    LOGIN_REQUIRED = ("login_required", 400)
    CONSENT_REQUIRED = ("consent_required", 400)
    INTERACTION_REQUIRED = ("interaction_required", 400)
    UNMET_AUTHENTICATION_REQUIREMENTS = ("unmet_authentication_requirements", 400)
    SERVER_ERROR = ("server_error", 500)
    INVALID_REDIRECT_URI = ("invalid_redirect_uri", 400)
    INVALID_CLIENT_METADATA = ("invalid_client_metadata", 400)
    REGISTRATION_NOT_SUPPORTED = ("registration_not_supported", 400)

    @property
    def word(self) -> str:
        """The code as it goes over the wire."""
        return self.value[0]

    @property
    def status(self) -> int:
        """The HTTP status of a JSON answer with this code."""
        return self.value[1]


@dataclass(slots=True)
class OAuthError(Exception):
    """An error of RFC 6749 §4.1.2.1, §5.2 or OIDC Core §3.1.2.6.

    ``description`` goes to the site (printable ASCII without quotes); ``detail`` goes to the log only.
    """

    code: Code
    description: str
    detail: str = ""

    def members(self, issuer: str) -> dict[str, str]:
        """Return what the site is told, with the page of ours that explains the code."""
        page = f"{issuer}/errors/{self.code.word}"
        return {"error": self.code.word, "error_description": self.description, "error_uri": page}


@dataclass(slots=True)
class PageError(Exception):
    """An authorization request whose reply address is not proven: told to the person, sent to nobody.

    ``reason`` is one of the keys the error page has words for.
    """

    reason: str
    detail: str = ""
