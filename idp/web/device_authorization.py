"""The pages of a device that waits elsewhere: its code is typed, compared, and at the end the person goes back to it.

A code that somebody sent is how people are robbed of a sign-in (BCP 247), so nothing here happens by opening a link.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from flask import Blueprint, redirect, render_template, request

from idp.oidc.authorization_request import AskingDevice, Origin, of_device
from idp.oidc.errors import PageError
from idp.value import replaced
from idp.web import ceremonies, current, endpoints
from idp.web.errors import error_page
from idp.web.journey import Journey, journey

if TYPE_CHECKING:
    from flask import Response
    from werkzeug.wrappers import Response as AnyResponse

    from idp.oidc.authorization_request import AuthorizationRequest

blueprint = Blueprint("device_authorization", __name__)
LONGEST = 40


@blueprint.get("/device")
def device() -> str:
    """Ask for the code that the device shows; one in the address is only filled in (RFC 8628 §3.3.1)."""
    return render_template("oidc/device.html", user_code=request.args.get("user_code", "")[:LONGEST], wrong=False)


@blueprint.post("/device")
def enter() -> AnyResponse | tuple[str, int]:
    """Find the device that waits under a code, and begin what an authorization request begins (RFC 8628 §5.1)."""
    refusal = _throttled()
    if refusal is not None:
        return refusal
    typed, now = request.form.get("user_code", "")[:LONGEST], current.now()
    services = current.services()
    found = services.devices.waiting(typed, now=now)
    client = services.directory.find(found[0].client_id, now=now) if found is not None else None
    if found is None or client is None:
        services.throttles.hit("user-code", now=now)
        return render_template("oidc/device.html", user_code=typed, wrong=True), 400
    waiting, user_code, scope = found
    wish = of_device(client, scope, AskingDevice(waiting.device_hash, user_code), started=now)
    return _answer(wish)


@blueprint.get("/device/confirm")
def confirm() -> AnyResponse | str:
    """Show who asks and the code to compare, and warn."""
    way, asking = _asking()
    if current.visitor() is None:
        return redirect(way.onward, 303)
    return way.page("oidc/device_confirm.html", user_code=asking.user_code)


@blueprint.post("/device/confirm")
def decide() -> AnyResponse:
    """Go on with a device that the person says is theirs, or answer it with no."""
    way, asking = _asking()
    assert way.wish is not None  # noqa: S101 — a device asks
    if request.form.get("decision") != "continue":
        denied = current.services().authorize.cancelled(way.wish, now=current.now())
        return current.response(endpoints.outcome(current.visit(), denied))
    if current.visitor() is None:
        return redirect(way.onward, 303)
    confirmed = msgspec.structs.replace(asking, confirmed=True)
    return _answer(replaced(way.wish, origin=Origin(device=confirmed)))


@blueprint.get("/device/end")
def end() -> AnyResponse | str:
    """Tell the person what became of it, and send them back to the device."""
    way, asking = _asking()
    state = current.services().devices.state(asking.device_hash)
    if state not in {"allowed", "denied", "spent"}:
        return redirect(way.onward, 303)
    assert way.wish is not None  # noqa: S101 — a device asks
    return Journey(None, way.wish).page("oidc/device_end.html", allowed=state != "denied")


def _asking() -> tuple[Journey, AskingDevice]:
    way = journey()
    asking = way.wish.origin.device if way.wish is not None else None
    if asking is None:
        raise PageError("ticket_expired")
    return way, asking


def _answer(wish: AuthorizationRequest) -> AnyResponse:
    """Ask the authorization endpoint what comes next."""
    outcome = current.services().authorize.proceed(wish, current.visitor(), now=current.now())
    return current.response(endpoints.outcome(current.visit(), outcome))


def _throttled() -> Response | None:
    """Count a code that is tried, right or wrong, against its network address; and see whether all guesses are used up.

    Only wrong ones count against all there are, so that ordinary use exhausts nothing. Then no code is taken, as else
    the right one would be told from the others.
    """
    refusal = ceremonies.throttled("user-code-address")
    if refusal is not None:
        return refusal
    overall = current.services().throttles.used_up("user-code", now=current.now())
    return error_page("too_many", retry_after=overall.retry_after) if overall is not None else None
