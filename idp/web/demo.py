"""The demo's shortcut: sign in as an invented person with one click.

Registered only where the settings allow demo people, which they refuse under an https issuer and in production. The
sessions it makes carry an ``acr`` of their own, for nobody was authenticated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import Blueprint, abort, redirect, request

from idp import demo
from idp.authentication.sessions import SignedIn
from idp.web import current

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

blueprint = Blueprint("demo", __name__, url_prefix="/demo")

ACR = "urn:yufu:acr:demo"
"""Nobody was authenticated."""


@blueprint.post("/sign-in")
def sign_in_as() -> AnyResponse:
    """Sign in as one of the demo's people and go on with the site's request, if there is one."""
    person = demo.BY_KEY.get(request.form.get("person", ""))
    if person is None:
        abort(404)
    moment = current.now()
    current.browser().sign_in(SignedIn(person.person_id, moment, acr=ACR, amr=("user",)))
    ticket = request.form.get("ticket")
    return redirect("/authorize?" + urlencode({"ticket": ticket}) if ticket else "/account", 303)


@blueprint.app_context_processor
def _people() -> dict[str, object]:
    """Give the sign-in page its list; without this blueprint there is none."""
    return {"demo_people": demo.PEOPLE}
