"""What an authorization request has to look like: one function a rule, in the order of the table at the end.

A check returns nothing or raises :class:`OAuthError`. The reply address is proven before the first of them runs.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from idp.oidc.claims import SCOPES
from idp.oidc.errors import Code, OAuthError
from idp.oidc.fapi import hold_to_profile
from idp.oidc.request_object import must_sign
from idp.oidc.verified_claims.service import wishes

if TYPE_CHECKING:
    from collections.abc import Callable

    from idp.oidc.authorization_request import AuthorizationRequest

KNOWN = frozenset(
    {
        "response_type",
        "client_id",
        "redirect_uri",
        "scope",
        "state",
        "nonce",
        "display",
        "prompt",
        "max_age",
        "ui_locales",
        "id_token_hint",
        "login_hint",
        "acr_values",
        "claims",
        "claims_locales",
        "response_mode",
        "code_challenge",
        "code_challenge_method",
        "dpop_jkt",
        "resource",
        "request",
        "request_uri",
        "registration",
    }
)
PROMPTS = ("none", "login", "consent", "select_account", "create")
DISPLAYS = ("page", "popup", "touch", "wap")
"""One page serves them all, so that an unknown one does too (OIDC Core §3.1.2.1)."""
CODE_CHALLENGE_METHODS = ("S256",)
LONGEST = {"state": 2048, "nonce": 512}
LONGEST_REQUEST = 5000

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}\Z")
_NUMBER = re.compile(r"[0-9]{1,9}\Z")


def require_each_parameter_once(request: AuthorizationRequest) -> None:
    """A parameter we know comes at most once (RFC 6749 §3.1)."""
    repeated = request.parameters.repeated & KNOWN
    if repeated:
        raise OAuthError(Code.INVALID_REQUEST, f"{min(repeated)} was given more than once")


def refuse_self_registration(request: AuthorizationRequest) -> None:
    """Self-issued registration is not offered, and said so by name (OIDC Core §3.1.2.6)."""
    if request.get("registration") is not None:
        raise OAuthError(Code.REGISTRATION_NOT_SUPPORTED, "the registration parameter is not supported")


def require_pushing_where_registered(request: AuthorizationRequest) -> None:
    """A client that has to send its requests ahead does so (RFC 9126 §6)."""
    if request.client.require_pushed_authorization_requests and request.origin.pushed is None:
        raise OAuthError(Code.INVALID_REQUEST, "this client has to push its authorization requests")


def require_signing_where_registered(request: AuthorizationRequest) -> None:
    """A client that has to sign its requests does so (RFC 9101 §10.5)."""
    if must_sign(request.client) and not request.origin.signed:
        raise OAuthError(Code.INVALID_REQUEST, "this client has to sign its authorization requests")


def require_offered_response_type(request: AuthorizationRequest) -> None:
    """``response_type`` is one that is offered (OIDC Core §3.1.2.1)."""
    if request.get("response_type") is None:
        raise OAuthError(Code.INVALID_REQUEST, "response_type is missing")
    if request.response_type is None:
        raise OAuthError(Code.UNSUPPORTED_RESPONSE_TYPE, "this response_type is not supported")


def require_registered_response_type(request: AuthorizationRequest) -> None:
    """A client uses the response types it registered (OIDC Registration §2)."""
    kind, client = request.response_type, request.client
    registered = kind is not None and kind.name in client.response_types
    if kind is None or not registered or (kind.code and "authorization_code" not in client.grant_types):
        raise OAuthError(Code.UNAUTHORIZED_CLIENT, "this client is not registered for this response_type")
    if kind.token and client.sender_constrained:  # the browser proves no key
        raise OAuthError(Code.UNAUTHORIZED_CLIENT, "this client's access tokens are bound to a key: ask for a code")


def require_fitting_response_mode(request: AuthorizationRequest) -> None:
    """``response_mode``, if given, is one we offer, and no token travels in a query (Response Types §2.1, §3)."""
    given = request.get("response_mode")
    if given is not None and request.response_mode.name != given:
        raise OAuthError(Code.INVALID_REQUEST, "this response_mode is not supported, or not for such a response")


def require_nonce_where_tokens_are_exposed(request: AuthorizationRequest) -> None:
    """An ID token that comes through the browser is bound by a ``nonce`` (OIDC Core §3.2.2.1)."""
    kind = request.response_type
    if kind is not None and kind.id_token and request.get("nonce") is None:
        raise OAuthError(Code.INVALID_REQUEST, "nonce is missing: this response_type needs one")


def require_openid_scope(request: AuthorizationRequest) -> None:
    """``scope`` holds ``openid`` (OIDC Core §3.1.2.1)."""
    if "openid" not in request.scopes:
        raise OAuthError(Code.INVALID_SCOPE, "scope has to include openid")


def require_registered_scopes(request: AuthorizationRequest) -> None:
    """Of the scopes we offer, a client asks only for those it registered (RFC 7591 §2)."""
    foreign = (request.scopes & SCOPES.keys()) - set(request.client.scopes)
    if foreign:
        raise OAuthError(Code.INVALID_SCOPE, f"this client is not registered for the scope {min(foreign)}")


def require_pkce(request: AuthorizationRequest) -> None:
    """A code is bound to its requester by PKCE with S256 (RFC 7636 §4.3, RFC 9700 §2.1.1)."""
    if request.response_type is not None and not request.response_type.code:
        return
    challenge = request.get("code_challenge")
    method = request.get("code_challenge_method")
    if challenge is None:
        if request.client.require_pkce or method is not None:
            raise OAuthError(Code.INVALID_REQUEST, "code_challenge is missing: PKCE is required")
        return
    if method != "S256":
        raise OAuthError(Code.INVALID_REQUEST, "code_challenge_method has to be S256")
    if not _CHALLENGE.match(challenge):
        raise OAuthError(Code.INVALID_REQUEST, "code_challenge is not a base64url SHA-256 digest")


def require_plausible_key(request: AuthorizationRequest) -> None:
    """``dpop_jkt`` is the SHA-256 thumbprint of a key (RFC 9449 §10)."""
    given = request.get("dpop_jkt")
    if given is None:
        return
    if not _CHALLENGE.match(given):
        raise OAuthError(Code.INVALID_REQUEST, "dpop_jkt is not the thumbprint of a key")
    if request.client.tls_client_certificate_bound_access_tokens:
        raise OAuthError(Code.INVALID_REQUEST, "dpop_jkt is not for a client whose tokens are bound to its certificate")


def require_sensible_prompt(request: AuthorizationRequest) -> None:
    """``prompt`` holds known values, and ``none`` stands alone (OIDC Core §3.1.2.1)."""
    prompts = request.prompts
    if not prompts <= set(PROMPTS):
        raise OAuthError(Code.INVALID_REQUEST, "prompt holds an unknown value")
    if "none" in prompts and len(prompts) > 1:
        raise OAuthError(Code.INVALID_REQUEST, "prompt=none goes with no other value")


def require_readable_claims(request: AuthorizationRequest) -> None:
    """``claims`` is a JSON object of the form of OIDC Core §5.5; no name of a claim and no value is ever at fault."""
    _ = request.claims


def require_reachable_acr(request: AuthorizationRequest) -> None:
    """An essential ``acr`` that nobody could sign in by here is said to be unmet at once (docs/divergences.md)."""
    wanted = request.acr
    if wanted.essential and not wanted.reachable:
        raise OAuthError(Code.UNMET_AUTHENTICATION_REQUIREMENTS, "none of the acr values asked for is offered here")


def require_readable_verified_claims(request: AuthorizationRequest) -> None:
    """``verified_claims`` is of the request syntax of OIDC4IDA §5.3 and §5.4; what cannot be answered is no fault."""
    wishes(request)


def require_numeric_max_age(request: AuthorizationRequest) -> None:
    """``max_age`` is a number of seconds (OIDC Core §3.1.2.1)."""
    given = request.get("max_age")
    if given is not None and not _NUMBER.match(given):
        raise OAuthError(Code.INVALID_REQUEST, "max_age is not a number of seconds")


def cap_what_we_store(request: AuthorizationRequest) -> None:
    """``state`` and ``nonce`` are the site's own, within a size, and the whole fits a ticket (docs/divergences.md)."""
    for name, longest in LONGEST.items():
        if len((request.get(name) or "").encode()) > longest:
            raise OAuthError(Code.INVALID_REQUEST, f"{name} is longer than {longest} bytes")
    if len(msgspec.json.encode({name: value for name, value in request.parameters.values.items() if name in KNOWN})) > (
        LONGEST_REQUEST
    ):
        raise OAuthError(Code.INVALID_REQUEST, f"the request is longer than {LONGEST_REQUEST} bytes")


CHECKS: tuple[Callable[[AuthorizationRequest], None], ...] = (
    require_each_parameter_once,
    refuse_self_registration,
    hold_to_profile,
    require_pushing_where_registered,
    require_signing_where_registered,
    require_offered_response_type,
    require_registered_response_type,
    require_fitting_response_mode,
    require_nonce_where_tokens_are_exposed,
    require_openid_scope,
    require_registered_scopes,
    require_pkce,
    require_plausible_key,
    require_sensible_prompt,
    require_readable_claims,
    require_reachable_acr,
    require_readable_verified_claims,
    require_numeric_max_age,
    cap_what_we_store,
)

DEVICE_CHECKS: tuple[Callable[[AuthorizationRequest], None], ...] = (
    require_openid_scope,
    require_registered_scopes,
    cap_what_we_store,
)
"""Of these, what holds for a device too: it has nothing to return to (RFC 8628 §3.1)."""
