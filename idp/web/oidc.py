"""The two pages that belong to the protocol itself, and the ways out of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request

from idp.oidc.errors import OAuthError, PageError
from idp.oidc.interactions import ChooseCodeName, Consent, first_needed
from idp.store.subjects import NameTaken, TooManyNames
from idp.web import current, endpoints, i18n, security
from idp.web.consent_view import lines, names_question, withheld
from idp.web.forms import CodeNameForm
from idp.web.i18n import gettext as _
from idp.web.journey import journey
from idp.web.sites import site_view

if TYPE_CHECKING:
    from flask import Response
    from werkzeug.wrappers import Response as AnyResponse

    from idp.oidc.authorization_request import AuthorizationRequest
    from idp.oidc.authorize import Authorize, Interact, Reply
    from idp.oidc.interactions import Visitor
    from idp.oidc.offer import Offer

blueprint = Blueprint("oidc", __name__)


@blueprint.post("/authorize/cancel")
def cancel() -> AnyResponse:
    """Tell the site that the person chose not to go on."""
    wish = endpoints.resumed(current.visit(), request.form.get("ticket", ""))
    return _answer(services_authorize().cancelled(wish, now=current.now()))


@blueprint.get("/consent")
def consent() -> AnyResponse | str:
    """Show exactly what the site gets and does not get."""
    way = journey()
    if way.wish is None:
        raise PageError("ticket_expired")
    offer = _offer(way.wish)
    if offer is None:
        return redirect(way.onward, 303)
    binding = current.browser().binding
    agreement = services_authorize().agreement(offer, binding=binding, now=current.now())
    code_name = offer.claims.get("preferred_username")
    return way.page(
        "oidc/consent.html",
        agreement=agreement,
        claims=lines(offer),
        code_name=code_name,
        names=names_question(offer),
        withheld=withheld(offer),
    )


@blueprint.post("/consent")
def decide() -> AnyResponse:
    """Record the person's decision and go back to the authorization endpoint."""
    way = journey()
    if way.wish is None:
        raise PageError("ticket_expired")
    if request.form.get("decision") != "allow":
        return _answer(services_authorize().cancelled(way.wish, now=current.now()))
    offer, service, now = _offer(way.wish), services_authorize(), current.now()
    shown = request.form.get("agreement", "")
    if offer is not None and service.is_about(shown, offer, binding=current.browser().binding, now=now):
        service.allow(offer, now=now, names=request.form.get("names") == "yes")
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


@blueprint.app_errorhandler(endpoints.FormPost)
def form_post(response: endpoints.FormPost) -> str:
    """Let the browser post the response to the site, by itself or by a button."""
    i18n.prefer((response.request.get("ui_locales") or "").split())
    post = response.post
    page = render_template(
        "oidc/form_post.html", site=site_view(response.request.client), action=post.action, fields=post.fields
    )
    return security.allow_form_to(post.action, page)


@blueprint.app_errorhandler(OAuthError)
def judged_anew(_error: OAuthError) -> AnyResponse:
    """Go back to the authorization endpoint, which tells the site, where a request no longer stands on a page."""
    return redirect(journey().onward, 303)


def services_authorize() -> Authorize:
    """Return the authorization endpoint's service."""
    return current.services().authorize


def _answer(outcome: Interact | Reply) -> Response:
    return current.response(endpoints.outcome(current.visit(), outcome))


def _comes_before_a_name(wish: AuthorizationRequest, visitor: Visitor) -> bool:
    """Tell whether the person has to sign in anew or be verified before they may take a name at this site."""
    step = first_needed(services_authorize().situation(wish, visitor, now=current.now()))
    return step is not None and step.page not in {ChooseCodeName.page, Consent.page}


def _offer(wish: AuthorizationRequest) -> Offer | None:
    """Return what the site would get, or None where nobody is signed in any more."""
    visitor = current.visitor()
    if visitor is None:
        return None
    service = services_authorize()
    return service.offer(service.situation(wish, visitor, now=current.now()), visitor)
