"""The end-session endpoint as pages: asked first unless the site's hint leaves no question."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request
from flask_wtf.csrf import validate_csrf
from wtforms import ValidationError

from clients.redirect_uris import with_parameters
from idp.oidc.parameters import Parameters
from idp.web import current, i18n, security
from idp.web.endpoints import parse_or_page
from idp.web.sites import site_view

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from clients.client import Client
    from idp.oidc.logout import SignOut

blueprint = Blueprint("logout", __name__)

CARRIED = ("id_token_hint", "client_id", "post_logout_redirect_uri", "state", "ui_locales", "logout_hint")


@blueprint.get("/logout")
def logout() -> AnyResponse | str:
    """Sign out at a site's or the person's request (RP-Initiated Logout §2)."""
    if request.method == "HEAD":
        return ""  # asks what is here; nobody is signed out by asking
    parameters = parse_or_page(request.query_string)
    i18n.prefer((parameters.get("ui_locales") or "").split())
    wish = _read(parameters)
    if wish.confirmed or current.browser().session is None:
        return _sign_out(wish)
    carried = {name: value for name in CARRIED if (value := parameters.get(name)) is not None}
    page = render_template("oidc/logout_confirm.html", site=wish.client and site_view(wish.client), parameters=carried)
    return security.allow_form_to(wish.return_to, page)


@blueprint.post("/logout")
def confirmed() -> AnyResponse | str:
    """Sign out once the person has said so on our own page; a site's post becomes the same request by GET.

    A post from another site carries neither our cookies nor our token, so it cannot sign anybody out by itself.
    """
    parameters = parse_or_page(request.get_data())
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        carried = {name: value for name in CARRIED if (value := parameters.get(name)) is not None}
        return redirect("/logout?" + urlencode(carried), 303)
    return _sign_out(_read(parameters))


def _read(parameters: Parameters) -> SignOut:
    session = current.browser().session
    carried = {name: value for name in CARRIED if (value := parameters.get(name)) is not None}
    known = Parameters(carried, parameters.repeated & set(CARRIED))
    return current.services().logout.read(known, session.person_id if session else None, now=current.now())


def _sign_out(wish: SignOut) -> AnyResponse | str:
    told = current.browser().sign_out(asked_by=wish.client.client_id if wish.client else None)
    onward = _onward(wish)
    if onward is not None and not told:
        return redirect(onward, 303)
    frames = [_frame(client, sid) for client, sid in told if client.frontchannel_logout_uri]
    security.allow_frames_of(frames)
    site = wish.client and site_view(wish.client)
    return render_template("oidc/logged_out.html", site=site, frames=frames, onward=onward)


def _onward(wish: SignOut) -> str | None:
    if wish.return_to is None:
        return None
    state = {} if wish.state is None else {"state": wish.state}
    return with_parameters(wish.return_to, state, mode="query")


def _frame(client: Client, sid: str) -> str:
    """Return the address that signs this browser out at a site (Front-Channel Logout §2)."""
    named = {"iss": current.services().settings.issuer, "sid": sid}
    return with_parameters(client.frontchannel_logout_uri or "", named, mode="query")
