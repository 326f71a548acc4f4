"""Errors as people and sites see them: what happened, what to do next, and an id an operator can find.

The id is random and stands in the log line beside the reason; it names no person and no site.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import msgspec
from flask import Response, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from idp.log import log_event
from idp.oidc.errors import Code, OAuthError, PageError
from idp.store.database import DatabaseError
from idp.web import current
from idp.web.answers import new_error_id, oauth_error
from idp.web.direct import asked_by_program
from idp.web.i18n import gettext
from idp.web.i18n import gettext_noop as _

if TYPE_CHECKING:
    from flask import Flask


@dataclass(frozen=True, slots=True)
class Words:
    """Status and the three sentences of an error page."""

    status: int
    title: str
    what: str
    next: str


BACK_TO_SITE = _("Go back to the site you came from and start again. If it happens again, tell the site.")
TELL_THE_SITE = _(
    "This is a mistake in the site's set-up that only its operator can mend. Nothing was sent to anybody."
)

PAGES = {
    "client_missing": Words(400, _("This request is incomplete"), _("The site did not say who it is."), TELL_THE_SITE),
    "client_unknown": Words(
        400, _("This site is not registered here"), _("No site is registered under the name it gave."), TELL_THE_SITE
    ),
    "redirect_uri_missing": Words(
        400, _("This request is incomplete"), _("The site did not say where you should return to."), TELL_THE_SITE
    ),
    "redirect_uri_unregistered": Words(
        400,
        _("We do not send you there"),
        _("The address you would return to is not one the site has registered. It may belong to somebody else."),
        TELL_THE_SITE,
    ),
    "request_object_refused": Words(
        400,
        _("This request cannot be read"),
        _("The site signed it in a way that we do not accept."),
        TELL_THE_SITE,
    ),
    "request_uri_unusable": Words(
        400,
        _("This request is not there any more"),
        _("It was answered before, it is too old, or it belongs to another site."),
        BACK_TO_SITE,
    ),
    "device_not_waiting": Words(
        400,
        _("This device is not waiting any more"),
        _("Its code has expired, or was answered before. Nothing was changed."),
        _("Look at your device. If it still asks, start again there."),
    ),
    "ticket_expired": Words(
        400,
        _("This page has expired"),
        _("It was open for too long, or was opened in another browser."),
        BACK_TO_SITE,
    ),
    "request_unreadable": Words(
        400,
        _("This request cannot be read"),
        _("It is too large or damaged."),
        BACK_TO_SITE,
    ),
    "logout_unreadable": Words(
        400, _("This request cannot be read"), _("A part of it was given twice."), TELL_THE_SITE
    ),
    "logout_hint_mismatch": Words(
        400, _("We could not sign you out for this site"), _("What it sent belongs to another site."), TELL_THE_SITE
    ),
    "logout_uri_unregistered": Words(
        400,
        _("We do not send you there"),
        _("The address you would return to after signing out is not one the site has registered."),
        TELL_THE_SITE,
    ),
    "wrong_host": Words(
        400,
        _("This is not our address"),
        _("The request named a host that is not ours."),
        _("Open the site again from its own address."),
    ),
    "csrf": Words(
        400,
        _("This page has expired"),
        _("The form was open for too long, or did not come from us. Nothing was changed."),
        _("Go back, reload the page and try again."),
    ),
    "signed_out": Words(
        401,
        _("You are signed out"),
        _("Your session has ended, here or on another device of yours. Nothing was changed."),
        _("Sign in and try again."),
    ),
    "challenge_spent": Words(
        400,
        _("That took too long"),
        _("What we asked your device was too old, or had been answered already. Nothing was changed."),
        _("Try again."),
    ),
    "unknown_passkey": Words(
        400,
        _("This passkey opens no account"),
        _("It was removed from its account, or the account was erased."),
        _("Use another passkey, or create a new identity."),
    ),
    "not_convincing": Words(
        400,
        _("The passkey's answer was not accepted"),
        _("Something in it was not as it has to be, so nothing was changed."),
        _("Try again. If it happens again, use another passkey or another browser."),
    ),
    "passkey_copied": Words(
        403,
        _("This passkey may have been copied"),
        _("Its counter went back, as it does when two devices hold the same key, so it was refused."),
        _("Use another passkey, and remove this one from your account."),
    ),
    "passkey_taken": Words(
        400,
        _("This passkey is in use already"),
        _("It belongs to an account."),
        _("Sign in with it, or make a new one."),
    ),
    "last_passkey": Words(
        400,
        _("This is your only passkey"),
        _("Without it nobody could sign in to your account, not even you. Nothing was changed."),
        _("Add another one first."),
    ),
    "not_confirmed": Words(
        403,
        _("Please confirm once more"),
        _(
            "This needs a confirmation by one of your passkeys"
            " that is not older than five minutes. Nothing was changed."
        ),
        _("Go back and confirm with your passkey."),
    ),
    "no_account": Words(
        400,
        _("This account does not exist any more"),
        _("It was erased, or became part of your earlier one."),
        _("Sign in again."),
    ),
    "not_found": Words(
        404,
        _("There is no such page"),
        _("The address does not lead anywhere here."),
        _("Check the address, or start from the home page."),
    ),
    "method_not_allowed": Words(
        405,
        _("This address does not work that way"),
        _("It was called in a way it does not offer."),
        _("Start from the home page."),
    ),
    "too_large": Words(
        413, _("That was too much at once"), _("What was sent is larger than we accept."), _("Send less and try again.")
    ),
    "too_many": Words(
        429,
        _("Too many attempts"),
        _("To protect everybody's data we limit how often this can be done."),
        _("Wait a while, then try again."),
    ),
    "unavailable": Words(
        503,
        _("We cannot do this right now"),
        _("A part of our service is not available. Nothing was changed."),
        _("Try again in a few minutes."),
    ),
    "internal": Words(
        500,
        _("Something went wrong on our side"),
        _("We could not finish what you asked for. Nothing was half done."),
        _("Try again. If it happens again, tell us the id below."),
    ),
}

BY_STATUS = {
    400: "request_unreadable",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    429: "too_many",
    503: "unavailable",
}


def error_page(reason: str, *, detail: str = "", retry_after: int | None = None) -> Response:
    """Render the page (or, to a caller that wants JSON, the object) for one of :data:`PAGES` and log it."""
    words = PAGES[reason]
    error_id = new_error_id()
    level: Literal["error", "info"] = "error" if words.status >= 500 else "info"
    log_event("error_page", level=level, error_id=error_id, reason=reason, detail=detail, status=words.status)
    sentences = {"title": gettext(words.title), "what": gettext(words.what), "next": gettext(words.next)}
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        body = msgspec.json.encode({"error": {**sentences, "id": error_id}})
        response = Response(body, words.status, mimetype="application/json")
    else:
        response = make_response(render_template("error.html", **sentences, error_id=error_id), words.status)
    response.headers["Cache-Control"] = "no-store"
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response


def install(app: Flask) -> None:
    """Turn every error into one of our pages, or into JSON for programs; what is unforeseen tells no detail."""

    @app.errorhandler(PageError)
    def _page(error: PageError) -> Response:
        return _told(error.reason, detail=error.detail)

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Response:
        status = error.code or 500
        fallback = "request_unreadable" if 400 <= status < 500 else "internal"
        reason = "csrf" if type(error).__name__ == "CSRFError" else BY_STATUS.get(status, fallback)
        response = _told(reason, status=status)
        for name, value in error.get_headers():
            if name in {"Allow", "Content-Range", "Retry-After"}:
                response.headers[name] = value
        return response

    @app.errorhandler(DatabaseError)
    def _database(error: DatabaseError) -> Response:
        return _told("unavailable", detail=type(error).__name__, retry_after=5)

    @app.errorhandler(Exception)
    def _unforeseen(error: Exception) -> Response:
        del error  # the log tells its type and place; its words may quote what somebody typed
        return _told("internal")


def _told(reason: str, *, detail: str = "", status: int | None = None, retry_after: int | None = None) -> Response:
    """Answer a person with a page and a program with an OAuth error, under the same status."""
    status = status or PAGES[reason].status
    if asked_by_program(request.environ):
        code = Code.SERVER_ERROR if status >= 500 else Code.INVALID_REQUEST
        error = OAuthError(code, reason.replace("_", " "), detail)
        response = current.response(oauth_error(current.visit(), error, status=status))
        if retry_after is not None:
            response.headers["Retry-After"] = str(retry_after)
        return response
    response = error_page(reason, detail=detail, retry_after=retry_after)
    response.status_code = status
    return response
