"""Signing up, signing in, and the way back to an identity whose passkeys are lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, request

from idp.authentication.refusals import PasskeyRefused
from idp.authentication.sessions import SignedIn
from idp.oidc.errors import PageError
from idp.web import ceremonies, current
from idp.web.errors import error_page
from idp.web.journey import journey, journey_of

if TYPE_CHECKING:
    from flask import Response
    from werkzeug.wrappers import Response as AnyResponse

    from idp.authentication.sessions import Session
    from idp.domain.ids import PersonId
    from idp.web.journey import Journey

blueprint = Blueprint("sign_in", __name__)


@blueprint.app_errorhandler(PasskeyRefused)
def refused(error: PasskeyRefused) -> Response:
    """Say in words why a ceremony, or an act that needs one, was refused."""
    return error_page(error.reason.value, detail=error.detail)


@blueprint.app_errorhandler(current.SignedOut)
def signed_out(_error: current.SignedOut) -> AnyResponse:
    """Lead to the sign-in page; the script and other programs are told instead."""
    if request.is_json:
        return error_page("signed_out")
    try:
        return redirect(journey().path("/sign-in"), 303)
    except PageError:  # a ticket past its time: there is no journey to go on with
        return redirect("/sign-in", 303)


# ── signing in ───────────────────────────────────────────────────────────────────────────────────────────────────────


@blueprint.get("/sign-in")
def sign_in() -> str:
    """Offer to sign in with a passkey."""
    way = journey()
    return way.page(
        "sign_in/sign_in.html",
        options_url="/sign-in/options",
        verify_url="/sign-in/verify",
        stays_put=way.wish is not None and way.wish.acr.needs_hardware,
    )


@blueprint.post("/sign-in/options")
def sign_in_options() -> Response:
    """Begin a sign-in: any passkey may answer."""
    refusal = ceremonies.throttled("sign-in")
    if refusal is not None:
        return refusal
    browser = current.browser()
    return ceremonies.options(current.services().passkeys.begin_sign_in(browser=browser.binding, now=current.now()))


@blueprint.post("/sign-in/verify")
def sign_in_verify() -> Response:
    """Sign in whoever's passkey answered."""
    posted = ceremonies.posted()
    browser = current.browser()
    signed_in = current.services().passkeys.finish_sign_in(
        posted.credential, browser=browser.binding, now=current.now()
    )
    browser.sign_in(signed_in)
    way = journey_of(posted.ticket)
    return ceremonies.onward(way.path("/recovery") if _recovery_is_news(signed_in.person_id) else way.onward)


# ── signing up ───────────────────────────────────────────────────────────────────────────────────────────────────────


@blueprint.get("/sign-up")
def sign_up() -> str:
    """Offer to create an account with its first passkey."""
    return journey().page("sign_in/sign_up.html", options_url="/sign-up/options", verify_url="/sign-up/verify")


@blueprint.post("/sign-up/options")
def sign_up_options() -> Response:
    """Begin a sign-up."""
    refusal = ceremonies.throttled("sign-up")
    if refusal is not None:
        return refusal
    body = current.services().passkeys.begin_sign_up(
        user_name=ceremonies.account_name(), browser=current.browser().binding, now=current.now()
    )
    return ceremonies.options(body)


@blueprint.post("/sign-up/verify")
def sign_up_verify() -> Response:
    """Open the account and sign its person in."""
    posted = ceremonies.posted()
    browser = current.browser()
    signed_in = current.services().passkeys.finish_sign_up(
        posted.credential, label=ceremonies.label_of(posted.label), browser=browser.binding, now=current.now()
    )
    browser.sign_in(signed_in)
    return ceremonies.onward(journey_of(posted.ticket).onward)


# ── recovery ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@blueprint.get("/recovery")
def recovery() -> str:
    """Show where a recovery stands: to whoever lost their passkeys, to a claimant, or to the holder of an account."""
    way = journey()
    session = current.browser().session
    service = current.services().recovery
    wait_hours = int(service.wait.total_seconds() // 3600)
    if session is None:
        return way.page("sign_in/recovery.html", state="ask", wait_hours=wait_hours)
    claims = service.claims_on(session.person_id)
    if claims:
        return way.page("sign_in/recovery.html", state="claimed", ready_at=claims[0].ready, onward=way.onward)
    claim = service.claim_of(session.person_id)
    if claim is None:
        return way.page("sign_in/recovery.html", state="ask", wait_hours=wait_hours)
    if claim.ready is None:
        return way.page("sign_in/recovery.html", state="found", wait_hours=wait_hours)
    state = "ready" if claim.is_ready(current.now()) else "waiting"
    return way.page("sign_in/recovery.html", state=state, ready_at=claim.ready)


@blueprint.post("/recovery")
def decide_recovery() -> AnyResponse:
    """Start, stop or finish a recovery; each is refused by the service where it is not this person's to decide."""
    session = current.require_session()
    way = journey()
    service, now = current.services().recovery, current.now()
    action = request.form.get("action")
    if action == "start":
        service.start(session.person_id, now=now)
        return redirect(way.path("/recovery"), 303)
    if action == "finish":
        return _finish_recovery(session, way)
    if action == "cancel":
        service.withdraw(session.person_id, now=now)
    elif action == "object":
        service.object_to(session.person_id, now=now)
    return redirect(way.onward, 303)


def _finish_recovery(session: Session, way: Journey) -> AnyResponse:
    person_id = current.services().recovery.complete(session.person_id, now=current.now())
    if person_id is None:
        return redirect(way.path("/recovery"), 303)
    # The same sign-in now means another account: it gets a session id of its own.
    current.browser().sign_in(SignedIn(person_id, session.auth_time, session.acr, session.amr))
    return redirect(way.onward, 303)


def _recovery_is_news(person_id: PersonId) -> bool:
    """Tell whether whoever signs in has to hear first of a recovery: of this account, or of their own that is ready."""
    service = current.services().recovery
    claim = service.claim_of(person_id)
    return (claim is not None and claim.is_ready(current.now())) or bool(service.claims_on(person_id))
