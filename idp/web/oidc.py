"""The endpoints relying sites talk to, and the two pages that belong to the protocol itself."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import msgspec
from flask import Blueprint, Response, redirect, request

from clients.redirect_uris import with_parameters
from idp.oidc.authorize import Interact, Reply
from idp.oidc.checks import KNOWN
from idp.oidc.claims import CLAIMS
from idp.oidc.errors import Code, OAuthError, PageError
from idp.oidc.interactions import SignIn, VerifyIdentity, first_needed
from idp.oidc.parameters import Parameters, UnreadableParameters, parse
from idp.oidc.userinfo import bearer_token
from idp.store.subjects import NameTaken, TooManyNames
from idp.web import current
from idp.web.errors import error_json
from idp.web.forms import CodeNameForm
from idp.web.i18n import gettext as _
from idp.web.journey import journey

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from idp.oidc.authorization_request import AuthorizationRequest
    from idp.oidc.authorize import Authorize
    from idp.oidc.discovery import Document
    from idp.oidc.interactions import Visitor
    from idp.oidc.offer import Offer

blueprint = Blueprint("oidc", __name__)

NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
FORM = "application/x-www-form-urlencoded"


# ── authorization ────────────────────────────────────────────────────────────────────────────────────────────────────


@blueprint.get("/authorize")
def authorize() -> AnyResponse:
    """Answer an authorization request, or show the next page it needs (OIDC Core §3.1.2)."""
    if request.method == "HEAD":
        return Response()  # asks what is here; no code is issued by asking
    wish = _request_of(parse_or_page(request.query_string))
    return _answer(services_authorize().proceed(wish, current.visitor(), now=current.now()))


@blueprint.post("/authorize")
def authorize_by_post() -> AnyResponse:
    """Turn a posted authorization request into the same request by GET (OIDC Core §3.1.2.1).

    A post from another site carries none of our cookies; the redirect that follows carries them. What would be refused
    for its form is answered at once, since a query built anew would hide it.
    """
    if request.mimetype != FORM:
        raise PageError("request_unreadable", detail="not a form")
    parameters = parse_or_page(_form_body())
    if parameters.repeated:
        return _answer(services_authorize().proceed(_request_of(parameters), None, now=current.now()))
    known = {name: value for name, value in parameters.values.items() if name in KNOWN}
    return redirect("/authorize?" + urlencode(known), 303)


@blueprint.post("/authorize/cancel")
def cancel() -> AnyResponse:
    """Tell the site that the person chose not to go on."""
    return _answer(services_authorize().cancelled(_resumed(request.form.get("ticket", ""))))


@blueprint.get("/consent")
def consent() -> AnyResponse | str:
    """Show exactly what the site gets and does not get."""
    way = journey()
    if way.wish is None:
        raise PageError("ticket_expired")
    offer = _offer(way.wish)
    if offer is None:
        return redirect(way.onward, 303)
    labels = {claim.name: claim.label for claim in CLAIMS}
    claims = [{"name": name, "label": _(labels[name]), "value": value} for name, value in offer.claims.items()]
    binding = current.browser().binding
    agreement = services_authorize().agreement(offer, binding=binding, now=current.now())
    code_name = offer.claims.get("preferred_username")
    return way.page("oidc/consent.html", agreement=agreement, claims=claims, code_name=code_name)


@blueprint.post("/consent")
def decide() -> AnyResponse:
    """Record the person's decision and go back to the authorization endpoint."""
    way = journey()
    if way.wish is None:
        raise PageError("ticket_expired")
    if request.form.get("decision") != "allow":
        return _answer(services_authorize().cancelled(way.wish))
    offer, service, now = _offer(way.wish), services_authorize(), current.now()
    shown = request.form.get("agreement", "")
    if offer is not None and service.is_about(shown, offer, binding=current.browser().binding, now=now):
        service.allow(offer, now=now)
    return redirect(way.onward, 303)


@blueprint.route("/code-name", methods=["GET", "POST"])
def code_name() -> AnyResponse | str:
    """Let the person choose what this one site calls them."""
    way = journey()
    visitor = current.visitor()
    if way.wish is None:
        raise PageError("ticket_expired")
    if visitor is None or _comes_before_a_name(way.wish, visitor):
        return redirect(way.onward, 303)
    pseudonyms = current.services().pseudonyms
    form = CodeNameForm()
    if form.validate_on_submit():
        sector = way.wish.client.sector
        try:
            pseudonyms.choose(visitor.person_id, sector=sector, name=form.chosen, now=current.now())
            return redirect(way.onward, 303)
        except NameTaken:
            form.refuse(_("Somebody at this site goes by a name that looks the same. Please choose another."))
        except TooManyNames:
            form.refuse(_("You have had many names at this site. Please go back to one of them."))
    return way.page("oidc/code_name.html", form=form, suggestions=pseudonyms.suggestions())


def services_authorize() -> Authorize:
    """Return the authorization endpoint's service."""
    return current.services().authorize


def parse_or_page(raw: bytes) -> Parameters:
    """Read parameters that nobody can be answered about yet; what cannot be read is a page."""
    try:
        return parse(raw)
    except UnreadableParameters as unreadable:
        raise PageError("request_unreadable", detail=str(unreadable)) from unreadable


def _request_of(parameters: Parameters) -> AuthorizationRequest:
    ticket = parameters.get("ticket")
    if ticket is not None and parameters.get("client_id") is None:
        return _resumed(ticket)
    return services_authorize().begin(parameters, now=current.now())


def _resumed(ticket: str) -> AuthorizationRequest:
    return services_authorize().resume(ticket, binding=current.browser().binding, now=current.now())


def _ticket(wish: AuthorizationRequest) -> str:
    return services_authorize().ticket(wish, binding=current.browser().binding, now=current.now())


def _answer(outcome: Interact | Reply) -> AnyResponse:
    if isinstance(outcome, Interact):
        return redirect(f"{outcome.page}?{urlencode({'ticket': _ticket(outcome.request)})}", 303)
    response = redirect(with_parameters(outcome.redirect_uri, outcome.parameters, mode="query"), 303)
    response.headers["Cache-Control"] = "no-store"
    return response


def _comes_before_a_name(wish: AuthorizationRequest, visitor: Visitor) -> bool:
    """Tell whether the person has to sign in anew or be verified before they may take a name at this site."""
    step = first_needed(services_authorize().situation(wish, visitor, now=current.now()))
    return step is not None and step.page in {SignIn.page, VerifyIdentity.page}


def _offer(wish: AuthorizationRequest) -> Offer | None:
    """Return what the site would get, or None where nobody is signed in any more."""
    visitor = current.visitor()
    if visitor is None:
        return None
    service = services_authorize()
    return service.offer(service.situation(wish, visitor, now=current.now()), visitor)


# ── direct endpoints ─────────────────────────────────────────────────────────────────────────────────────────────────


@blueprint.post("/token")
def token() -> Response:
    """Exchange a code (RFC 6749 §3.2)."""
    authorization = request.headers.get("Authorization")
    try:
        parameters = _direct_parameters()
        answer = current.services().token.answer(parameters, authorization, now=current.now())
    except OAuthError as error:
        challenge = 'Basic realm="token"' if error.code is Code.INVALID_CLIENT and authorization else None
        return error_json(error, challenge=challenge)
    return _json(answer)


@blueprint.route("/userinfo", methods=["GET", "POST"])
def userinfo() -> Response:
    """Return the claims an access token stands for (OIDC Core §5.3.1)."""
    try:
        answer = current.services().userinfo.answer(_presented_token(), now=current.now())
    except OAuthError as error:
        return error_json(error, challenge=_bearer_challenge(error))
    return _json(answer)


@blueprint.get("/jwks")
def jwks() -> Response:
    """Serve the public signing keys (RFC 7517 §5)."""
    keys = current.services().keyring.jwks
    return _document(keys.body, keys.etag, kind="application/jwk-set+json")


@blueprint.get("/.well-known/openid-configuration")
@blueprint.get("/.well-known/oauth-authorization-server")
def discovery() -> Response:
    """Serve the provider's metadata (OIDC Discovery §4, RFC 8414 §3)."""
    metadata: Document = current.services().discovery
    return _document(metadata.body, metadata.etag, kind="application/json")


def _presented_token() -> str | None:
    """Return the access token of the header, or of a form body where there is no header (RFC 6750 §2.1, §2.2)."""
    header = request.headers.get("Authorization")
    if header is not None or request.method != "POST" or request.mimetype != FORM:
        return bearer_token(header)
    return _direct_parameters().get("access_token")


def _direct_parameters() -> Parameters:
    if request.mimetype != FORM:
        raise OAuthError(Code.INVALID_REQUEST, f"the body has to be {FORM}")
    try:
        return parse(_form_body())
    except UnreadableParameters as unreadable:
        raise OAuthError(Code.INVALID_REQUEST, f"the body cannot be read: {unreadable}") from unreadable


def _form_body() -> bytes:
    return request.get_data(cache=False)


def _json(answer: dict[str, object]) -> Response:
    return Response(msgspec.json.encode(answer), mimetype="application/json", headers=NO_STORE)


def _bearer_challenge(error: OAuthError) -> str:
    if request.headers.get("Authorization") is None:
        return 'Bearer realm="userinfo"'  # no token was presented: no error code either (RFC 6750 §3.1)
    return f'Bearer realm="userinfo", error="{error.code.word}", error_description="{error.description}"'


def _document(body: bytes, etag: str, *, kind: str) -> Response:
    age = current.services().settings.oidc.jwks_max_age_seconds
    headers = {"ETag": etag, "Cache-Control": f"public, max-age={age}", "Access-Control-Allow-Origin": "*"}
    if request.headers.get("If-None-Match") == etag:
        return Response(status=304, headers=headers)
    return Response(body, mimetype=kind, headers=headers)
