"""A person's own pages: what is known of them, where they are signed in, and the end of the account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request

from idp.authentication.refusals import PasskeyRefused, Reason
from idp.web import account_passkeys, account_sites, account_view, ceremonies, current
from keys.encoding import from_base64url

if TYPE_CHECKING:
    from flask import Response
    from werkzeug.wrappers import Response as AnyResponse

blueprint = Blueprint("account", __name__, url_prefix="/account")

ERASE = "erase"
OTHERS = "others"

blueprint.register_blueprint(account_passkeys.blueprint)
blueprint.register_blueprint(account_sites.blueprint)


@blueprint.get("")
def account() -> str:
    """Show what there is to know about oneself."""
    session = current.require_session()
    visitor = current.visitor()
    shown = current.services().accounts.overview(session.person_id)
    if shown is None:
        raise current.SignedOut
    return render_template(
        "account/account.html",
        person=account_view.person(shown, verified=visitor is not None and visitor.verified),
        evidence=account_view.evidence(shown, on=current.now().date()),
        notices=account_view.notices(shown),
        passkeys=account_view.passkeys(shown.passkeys),
        site_count=account_sites.connected(session).total,
        sessions=account_view.sessions(
            current.services().sessions.listed(session.person_id, now=current.now()), session
        ),
    )


@blueprint.post("/notices/seen")
def put_notice_away() -> AnyResponse:
    """Put a notice away that the person has read."""
    session = current.require_session()
    current.services().accounts.dismiss(session.person_id, request.form.get("notice", ""))
    return redirect("/account", 303)


@blueprint.post("/sessions/end")
def end_session() -> AnyResponse:
    """End one of the person's sessions, or all but this one."""
    session = current.require_session()
    which = request.form.get("session", "")
    if which == OTHERS:
        current.services().sessions.end_others(session, now=current.now())
    else:
        current.services().sessions.end_one(session.person_id, _hash_of(which), now=current.now())
    return redirect("/account", 303)


@blueprint.get("/erase")
def erase() -> str:
    """Say what erasing means, and ask for a passkey."""
    current.require_session()
    visitor = current.visitor()
    return render_template(
        "account/erase.html",
        verified=visitor is not None and visitor.verified,
        options_url="/account/erase/options",
        verify_url="/account/erase/verify",
    )


@blueprint.post("/erase/options")
def erase_options() -> Response:
    """Ask for a confirmation that the account is to be erased."""
    return ceremonies.ask_to_confirm(ERASE)


@blueprint.post("/erase/verify")
def erase_verify() -> Response:
    """Erase the account, confirmed by the passkey that answered."""
    session = current.require_session()
    if not ceremonies.posted().understood:
        raise PasskeyRefused(Reason.NOT_CONFIRMED, "the box was not ticked")
    ceremonies.confirm(ERASE)
    current.services().erasure.erase(session.person_id, now=current.now())
    current.browser().forget_session()
    return ceremonies.onward("/")


def _hash_of(key: str) -> bytes:
    try:
        return from_base64url(key)
    except ValueError:
        return b""
