"""A person's passkeys: listed, renamed, and, once confirmed with one of them, added to and removed from."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request

from idp.authentication.refusals import PasskeyRefused
from idp.web import account_view, ceremonies, current

if TYPE_CHECKING:
    from flask import Response
    from werkzeug.wrappers import Response as AnyResponse

blueprint = Blueprint("passkeys", __name__, url_prefix="/passkeys")

CHANGE_PASSKEYS = "change-passkeys"


@blueprint.get("")
def listed() -> str:
    """List the person's passkeys; once confirmed, they can be added to and removed from."""
    session = current.require_session()
    confirmed = request.args.get("confirmed") or None
    if confirmed is not None:
        try:
            ceremonies.require_confirmed(CHANGE_PASSKEYS, confirmed)
        except PasskeyRefused:
            confirmed = None  # too old by now: the page asks anew
    step = "add" if confirmed else "confirm"
    return render_template(
        "account/passkeys.html",
        passkeys=account_view.passkeys(current.services().passkeys.of(session.person_id)),
        confirmed=confirmed,
        options_url=f"/account/passkeys/{step}/options",
        verify_url=f"/account/passkeys/{step}/verify",
        done=request.args.get("done"),
    )


@blueprint.post("/confirm/options")
def confirm_options() -> Response:
    """Ask for a confirmation that passkeys may be changed."""
    return ceremonies.ask_to_confirm(CHANGE_PASSKEYS)


@blueprint.post("/confirm/verify")
def confirm_verify() -> Response:
    """Unlock the page for five minutes."""
    return ceremonies.onward("/account/passkeys?" + urlencode({"confirmed": ceremonies.confirm(CHANGE_PASSKEYS)}))


@blueprint.post("/add/options")
def add_options() -> Response:
    """Begin to make one more passkey."""
    session = current.require_session()
    ceremonies.require_confirmed(CHANGE_PASSKEYS, ceremonies.posted().confirmed)
    body = current.services().passkeys.begin_add(
        session.person_id,
        user_name=ceremonies.account_name(),
        browser=current.browser().binding,
        now=current.now(),
    )
    return ceremonies.options(body)


@blueprint.post("/add/verify")
def add_verify() -> Response:
    """Let one more passkey open the account."""
    session = current.require_session()
    posted = ceremonies.posted()
    current.services().passkeys.finish_add(
        session.person_id,
        posted.credential,
        label=ceremonies.label_of(posted.label),
        browser=current.browser().binding,
        now=current.now(),
    )
    return ceremonies.onward("/account/passkeys?" + urlencode({"done": "added"}))


@blueprint.post("/rename")
def rename_passkey() -> AnyResponse:
    """Give a passkey another label."""
    session = current.require_session()
    label = ceremonies.label_of(request.form.get("label", ""))
    renamed = current.services().passkeys.rename(session.person_id, request.form.get("passkey", ""), label=label)
    return redirect("/account/passkeys" + ("?done=renamed" if renamed else ""), 303)


@blueprint.post("/remove")
def remove_passkey() -> AnyResponse:
    """Let a passkey no longer open the account."""
    session = current.require_session()
    confirmed = request.form.get("confirmed", "")
    ceremonies.require_confirmed(CHANGE_PASSKEYS, confirmed)
    removed = current.services().passkeys.remove(session.person_id, request.form.get("passkey", ""), now=current.now())
    carried = {"confirmed": confirmed} | ({"done": "removed"} if removed else {})
    return redirect("/account/passkeys?" + urlencode(carried), 303)
