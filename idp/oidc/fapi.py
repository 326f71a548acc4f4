"""What a client under a FAPI 2.0 profile is held to beyond everybody else, judged with each of its requests.

Registration refuses what could never fit (``clients/protocol_members.py``); here nothing relies on that having been so
when the client was registered. Other rules of the profiles bind every client, or follow from ``client.is_fapi`` where
they are judged:

=========================================  =============================================
PS256, ES256 and EdDSA only                ``clients/assertion.py``, ``request_object.py``, ``jarm.py``, ``dpop.py``
the issuer as an assertion's one audience  ``clients/assertion.py``
tokens bound to a key, or none             ``senders.py``
a nonce in every DPoP proof                ``senders.py``
signed objects: who, for whom, how long    ``request_object.py``
codes of 60 seconds, good once             ``settings/shape.py``, ``grants/authorization_code.py``
refresh tokens that stay                   ``grants/refresh_token.py``
``iss`` in every response, status 303      ``authorize.py``, ``web/answers.py``
=========================================  =============================================
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from idp.oidc.errors import Code, OAuthError

if TYPE_CHECKING:
    from collections.abc import Callable

    from idp.oidc.authorization_request import AuthorizationRequest

MESSAGE_SIGNING = "fapi2_message_signing"


def require_pushing(request: AuthorizationRequest) -> None:
    """Requests come by PAR, where the client proves itself (FAPI 2.0 Security Profile §5.3.2.2)."""
    if request.origin.pushed is None:
        raise OAuthError(Code.INVALID_REQUEST, "this client has to push its authorization requests")


def require_code_alone(request: AuthorizationRequest) -> None:
    """No token comes through the browser: ``response_type`` is ``code`` (FAPI 2.0 Security Profile §5.3.2.2)."""
    if request.get("response_type") not in {None, "code"}:
        raise OAuthError(Code.UNSUPPORTED_RESPONSE_TYPE, "this client gets codes only")


def require_challenge(request: AuthorizationRequest) -> None:
    """PKCE, whatever else the client registered (FAPI 2.0 Security Profile §5.3.2.2); S256 it is for everybody."""
    if request.get("code_challenge") is None:
        raise OAuthError(Code.INVALID_REQUEST, "code_challenge is missing: PKCE is required")


def require_signed_response(request: AuthorizationRequest) -> None:
    """Under Message Signing the response is signed, so that it is asked for (FAPI 2.0 Message Signing §5.4)."""
    if request.client.profile == MESSAGE_SIGNING and not request.response_mode.signed:
        raise OAuthError(Code.INVALID_REQUEST, "response_mode has to be one of the signed ones for this client")


REQUEST_CHECKS: tuple[Callable[[AuthorizationRequest], None], ...] = (
    require_pushing,
    require_code_alone,
    require_challenge,
    require_signed_response,
)
"""That Message Signing wants the request signed is ``request_object.must_sign``, which others may register for too."""


def hold_to_profile(request: AuthorizationRequest) -> None:
    """A client under a FAPI 2.0 profile keeps to it (``REQUEST_CHECKS``)."""
    if request.client.is_fapi:
        for check in REQUEST_CHECKS:
            check(request)
