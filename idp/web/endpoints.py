"""The endpoints that sites, and browsers on their behalf, call directly. A line in the table at the end each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from idp.oidc import dpop
from idp.oidc import introspection as introspecting
from idp.oidc.authorize import Interact
from idp.oidc.checks import KNOWN
from idp.oidc.errors import Code, OAuthError, PageError
from idp.oidc.parameters import UnreadableParameters, parse
from idp.oidc.presented import Presented
from idp.oidc.response_modes import Post
from idp.oidc.userinfo import bearer_token, dpop_token
from idp.value import replaced
from idp.web import answers, limits
from idp.web.answers import Answer
from idp.web.direct import Endpoint
from idp.web.registration import register
from idp.web.visit import FORM

if TYPE_CHECKING:
    from idp.oidc.authorization_request import AuthorizationRequest
    from idp.oidc.authorize import Reply
    from idp.oidc.parameters import Parameters
    from idp.web.visit import Visit


JWT = "application/jwt"


@dataclass(slots=True)
class FormPost(Exception):
    """A response that a page of ours has to post (Form Post Response Mode)."""

    request: AuthorizationRequest
    post: Post


# ── authorization ────────────────────────────────────────────────────────────────────────────────────────────────────


def authorize(visit: Visit) -> Answer:
    """Answer an authorization request, or lead to the next page it needs (OIDC Core §3.1.2)."""
    if visit.method == "POST":
        return _the_same_by_get(visit)
    if visit.method == "HEAD":
        return Answer(kind="text/html; charset=utf-8")  # asks what is here; no code is issued by asking
    wish = request_of(visit, parse_or_page(visit.query))
    return outcome(visit, visit.services.authorize.proceed(wish, visit.visitor(), now=visit.now))


def _the_same_by_get(visit: Visit) -> Answer:
    """Turn a posted authorization request into the same request by GET (OIDC Core §3.1.2.1).

    A post from another site carries none of our cookies; the redirect that follows carries them. What would be refused
    for its form is answered at once, since a query built anew would hide it.
    """
    if not visit.is_form:
        raise PageError("request_unreadable", detail="not a form")
    parameters = parse_or_page(visit.body())
    if parameters.repeated & KNOWN:
        wish = request_of(visit, parameters)
        return outcome(visit, visit.services.authorize.proceed(wish, None, now=visit.now))
    known = {name: value for name, value in parameters.values.items() if name in KNOWN}
    return answers.redirect("/authorize?" + urlencode(known))


def request_of(visit: Visit, parameters: Parameters) -> AuthorizationRequest:
    """Prove the address of a new request, or of one that comes back from a page in its ticket."""
    ticket = parameters.get("ticket")
    if ticket is not None and parameters.get("client_id") is None:
        return resumed(visit, ticket)
    return visit.services.authorize.begin(parameters, now=visit.now)


def resumed(visit: Visit, ticket: str) -> AuthorizationRequest:
    """Open a ticket that this browser carries."""
    return visit.services.authorize.resume(ticket, binding=visit.browser.binding, now=visit.now)


def outcome(visit: Visit, result: Interact | Reply) -> Answer:
    """Send the browser to the next page, or back to the site."""
    if isinstance(result, Interact):
        ticket = visit.services.authorize.ticket(result.request, binding=visit.browser.binding, now=visit.now)
        return answers.redirect(f"{result.page}?{urlencode({'ticket': ticket})}")
    transport = result.transport
    if isinstance(transport, Post):
        raise FormPost(result.request, transport)
    return answers.redirect(transport.location)


def parse_or_page(raw: bytes) -> Parameters:
    """Read parameters that nobody can be answered about yet; what cannot be read is a page."""
    try:
        return parse(raw)
    except UnreadableParameters as unreadable:
        raise PageError("request_unreadable", detail=str(unreadable)) from unreadable


# ── what sites call themselves ───────────────────────────────────────────────────────────────────────────────────────


def token(visit: Visit) -> Answer:
    """Give tokens for what a client presents (RFC 6749 §3.2)."""
    return answers.json(visit.services.token.answer(form_of(visit), presented(visit), now=visit.now))


def revocation(visit: Visit) -> Answer:
    """End a token (RFC 7009 §2)."""
    visit.services.revocation.answer(form_of(visit), presented(visit), now=visit.now)
    return Answer()


def introspection(visit: Visit) -> Answer:
    """Tell what a token is worth (RFC 7662 §2)."""
    wants_jwt = introspecting.MEDIA_TYPE in (visit.header("HTTP_ACCEPT") or "")
    content = visit.services.introspection.answer(form_of(visit), presented(visit), signed=wants_jwt, now=visit.now)
    if isinstance(content, str):
        return Answer(body=content.encode(), kind=introspecting.MEDIA_TYPE)
    return answers.json(content)


def pushed_authorization(visit: Visit) -> Answer:
    """Take an authorization request that a client sends ahead (RFC 9126 §2)."""
    limits.count_public(visit, form := form_of(visit))
    answer = visit.services.pushed_authorization.answer(form, presented(visit), now=visit.now)
    return answers.json(answer, status=201)


def device_authorization(visit: Visit) -> Answer:
    """Give a device the codes that it waits with (RFC 8628 §3.1)."""
    limits.count_public(visit, form := form_of(visit))
    return answers.json(visit.services.device_authorization.answer(form, presented(visit), now=visit.now))


def userinfo(visit: Visit) -> Answer:
    """Return the claims an access token stands for (OIDC Core §5.3.1)."""
    try:
        token, proof = _presented_token(visit)
        told = visit.services.userinfo.answer(token, presented=presented(visit, proof), now=visit.now)
        visit.client, content = told.client, told.content
        return Answer(body=content.encode(), kind=JWT) if isinstance(content, str) else answers.json(content)
    except OAuthError as error:
        return answers.oauth_error(
            visit, error, challenge=_resource_challenge(visit, error), status=_status_at_resource(error)
        )


def presented(visit: Visit, proof: dpop.Request | None = None) -> Presented:
    """Return what a request to one of our own endpoints brings to prove who sends it."""
    return Presented(visit.header("HTTP_AUTHORIZATION"), proof or proof_of(visit), lambda: visit.certificate)


def proof_of(visit: Visit) -> dpop.Request:
    """Return what a DPoP proof that comes to one of our own endpoints has to be about."""
    return dpop.Request(visit.header("HTTP_DPOP"), visit.method, visit.origin + visit.environ["PATH_INFO"])


def form_of(visit: Visit) -> Parameters:
    """Read the form that a site posts. Raises OAuthError for what is none."""
    if not visit.is_form:
        raise OAuthError(Code.INVALID_REQUEST, f"the body has to be {FORM}")
    try:
        return parse(visit.body())
    except UnreadableParameters as unreadable:
        raise OAuthError(Code.INVALID_REQUEST, f"the body cannot be read: {unreadable}") from unreadable


def _presented_token(visit: Visit) -> tuple[str | None, dpop.Request]:
    """Return the access token and the proof that came with it.

    The token is in the header or in a form body, and in one place only (RFC 6750 §2.1, §2.2, §3.1). A proof counts
    beside the scheme that announces it, and no other (RFC 9449 §7.2).
    """
    posted = _posted_token(visit)
    header, about = visit.header("HTTP_AUTHORIZATION"), replaced(proof_of(visit), place="rs")
    if header is not None and posted is not None:
        raise OAuthError(Code.INVALID_REQUEST, "the access token was presented in two ways")
    proved = dpop_token(header)
    if proved is not None:
        if about.header is None:
            raise OAuthError(Code.INVALID_DPOP_PROOF, "the DPoP scheme comes with a proof")
        return proved, replaced(about, token=proved)
    return bearer_token(header) or posted, replaced(about, header=None)


def _posted_token(visit: Visit) -> str | None:
    """Return the access token of a form body (RFC 6750 §2.2)."""
    if visit.method != "POST" or not visit.is_form:
        return None
    form = form_of(visit)
    if "access_token" in form.repeated:
        raise OAuthError(Code.INVALID_REQUEST, "access_token was given more than once")
    return form.get("access_token")


def _resource_challenge(visit: Visit, error: OAuthError) -> str:
    """Say how to present a token, and what was wrong with the one that was (RFC 6750 §3, RFC 9449 §7.1)."""
    header = visit.header("HTTP_AUTHORIZATION")
    if header is None:
        return 'Bearer realm="userinfo"'  # no token was presented: no error code either (RFC 6750 §3.1)
    words = f'error="{error.code.word}", error_description="{error.description}"'
    if dpop_token(header) is not None:
        return f'DPoP algs="{" ".join(dpop.ALGORITHMS)}", {words}'
    return f'Bearer realm="userinfo", {words}'


def _status_at_resource(error: OAuthError) -> int:
    """A resource asks for a better proof as it asks for a better token (RFC 9449 §9)."""
    return 401 if error.code in {Code.USE_DPOP_NONCE, Code.INVALID_DPOP_PROOF} else error.code.status


# ── documents ────────────────────────────────────────────────────────────────────────────────────────────────────────


def jwks(visit: Visit) -> Answer:
    """Serve the public signing keys (RFC 7517 §5)."""
    return answers.document(visit, visit.services.keyring.jwks, kind="application/jwk-set+json")


def discovery(visit: Visit) -> Answer:
    """Serve the provider's metadata (OIDC Discovery §4, RFC 8414 §3)."""
    return answers.document(visit, visit.services.discovery)


def description(visit: Visit) -> Answer:
    """Serve the description of these endpoints (OpenAPI 3.1); few ask, so that no worker loads it before one does."""
    from idp.web import openapi

    services = visit.services
    return answers.document(visit, openapi.document(services.settings.issuer, ENDPOINTS, services.certificates))


ENDPOINTS = (
    Endpoint("/authorize", ("GET", "POST"), authorize, for_programs=False),
    Endpoint("/token", ("POST",), token, for_scripts=True),
    Endpoint("/par", ("POST",), pushed_authorization),
    Endpoint("/device_authorization", ("POST",), device_authorization),
    Endpoint("/revoke", ("POST",), revocation, for_scripts=True),
    Endpoint("/introspect", ("POST",), introspection),
    Endpoint("/userinfo", ("GET", "POST"), userinfo, for_scripts=True),
    Endpoint("/register", ("POST", "GET", "PUT", "DELETE"), register),
    Endpoint("/jwks", ("GET",), jwks, for_programs=False),
    Endpoint("/.well-known/openid-configuration", ("GET",), discovery, for_programs=False),
    Endpoint("/.well-known/oauth-authorization-server", ("GET",), discovery, for_programs=False),
    Endpoint("/openapi.json", ("GET",), description, for_programs=False),
)
