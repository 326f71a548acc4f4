"""The error catalogue: what each error code means to a site, how to mend it, and the clause that says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import Blueprint, abort, render_template

from idp.oidc.errors import Code
from idp.web.i18n import gettext
from idp.web.i18n import gettext_noop as _

blueprint = Blueprint("error_catalogue", __name__)


@dataclass(frozen=True, slots=True)
class Entry:
    """One error."""

    cause: str
    cure: str
    clause: str


CATALOGUE: Final = {
    Code.INVALID_REQUEST: Entry(
        _("A parameter is missing, malformed, repeated, or does not fit the others; the description says which."),
        _("Mend what the description names."),
        "RFC 6749 §4.1.2.1, §5.2",
    ),
    Code.INVALID_CLIENT: Entry(
        _("The client is unknown, or did not prove itself as it registered."),
        _("Check client_id, the credentials and the registered method; an assertion is good once."),
        "RFC 6749 §5.2",
    ),
    Code.INVALID_DPOP_PROOF: Entry(
        _("The proof of a key is missing, malformed, too old, used before, or about another request."),
        _("Make a new proof for every request, with this method and address and the present time."),
        "RFC 9449 §5, §7.1",
    ),
    Code.USE_DPOP_NONCE: Entry(
        _("The proof has no nonce, or one that is too old."),
        _("Repeat the request with a proof that holds the DPoP-Nonce of this answer."),
        "RFC 9449 §8, §9",
    ),
    Code.INVALID_REQUEST_OBJECT: Entry(
        _("The signed request was not accepted: its signature, audience, times or members."),
        _("Sign with a registered key and algorithm, for this issuer, and within its times."),
        "RFC 9101 §6, §7",
    ),
    Code.INVALID_REQUEST_URI: Entry(
        _("The request_uri is unknown, used up or too old."),
        _("Push the request again and use the new reference at once."),
        "RFC 9101 §7, RFC 9126 §4",
    ),
    Code.INVALID_GRANT: Entry(
        _("The code or token is spent, expired, revoked or not yours, or does not fit its redirect_uri or verifier."),
        _("Start anew at the authorization endpoint; keep redirect_uri and verifier as they were."),
        "RFC 6749 §5.2, RFC 7636 §4.6",
    ),
    Code.UNAUTHORIZED_CLIENT: Entry(
        _("The client is not registered for this grant or response type."),
        _("Add it to grant_types or response_types in the registration."),
        "RFC 6749 §4.1.2.1, §5.2",
    ),
    Code.UNSUPPORTED_GRANT_TYPE: Entry(
        _("There is no such grant type here."),
        _("Take one that discovery lists."),
        "RFC 6749 §5.2",
    ),
    Code.INVALID_SCOPE: Entry(
        _("A scope is unknown, or not one that the client is registered for."),
        _("Ask for registered scopes; a client that acts for itself asks for none."),
        "RFC 6749 §4.1.2.1, §5.2",
    ),
    Code.AUTHORIZATION_PENDING: Entry(
        _("The person has not decided yet."),
        _("Wait for the interval, then ask again."),
        "RFC 8628 §3.5",
    ),
    Code.SLOW_DOWN: Entry(
        _("The device asks more often than it may."),
        _("Wait five seconds longer before each further request."),
        "RFC 8628 §3.5",
    ),
    Code.EXPIRED_TOKEN: Entry(
        _("The device code is too old."),
        _("Ask for new codes."),
        "RFC 8628 §3.5",
    ),
    Code.INVALID_TARGET: Entry(
        _("The resource is unknown, given twice, or not the one that was authorized."),
        _("Name one registered resource, the same in both requests."),
        "RFC 8707 §2",
    ),
    Code.INVALID_TOKEN: Entry(
        _("The token is missing, unknown, expired, revoked, used up, or for somebody else."),
        _("Get a new one; send a bound one with its proof."),
        "RFC 6750 §3.1, RFC 7592 §2",
    ),
    Code.INSUFFICIENT_SCOPE: Entry(
        _("The token stands for a client, and for no person."),
        _("Use a token that a person has authorized."),
        "RFC 6750 §3.1",
    ),
    Code.UNSUPPORTED_RESPONSE_TYPE: Entry(
        _("There is no such response type here."),
        _("Use code."),
        "RFC 6749 §4.1.2.1",
    ),
    Code.ACCESS_DENIED: Entry(
        _("The person cancelled or did not agree."),
        _("Respect it; offer the sign-in again when they ask."),
        "RFC 6749 §4.1.2.1, RFC 8628 §3.5",
    ),
    Code.LOGIN_REQUIRED: Entry(
        _("Nobody is signed in, or not the person meant, and no page may be shown."),
        _("Send the person without prompt=none."),
        "OIDC Core §3.1.2.6",
    ),
    Code.CONSENT_REQUIRED: Entry(
        _("The person has yet to agree, and no page may be shown."),
        _("Send the person without prompt=none."),
        "OIDC Core §3.1.2.6",
    ),
    Code.INTERACTION_REQUIRED: Entry(
        _("A page is needed that may not be shown, or the person is not verified as well as the site demands."),
        _("Send the person without prompt=none; if they come back so, they cannot reach the level."),
        "OIDC Core §3.1.2.6",
    ),
    Code.UNMET_AUTHENTICATION_REQUIREMENTS: Entry(
        _("The person could not sign in by the acr that was demanded."),
        _("Ask for a value that discovery lists, or make it voluntary."),
        "OpenID Connect Core Error Code unmet_authentication_requirements",
    ),
    Code.SERVER_ERROR: Entry(
        _("Something is wrong on our side."),
        _("Try again after Retry-After, if there is one; else tell the operator the X-Error-Id."),
        "RFC 6749 §4.1.2.1",
    ),
    Code.INVALID_REDIRECT_URI: Entry(
        _("A redirect URI cannot be registered; the description says why."),
        _("Use https without a fragment, or for native apps what RFC 8252 allows."),
        "RFC 7591 §3.2.2",
    ),
    Code.INVALID_CLIENT_METADATA: Entry(
        _("A member of the registration is wrong, or not for a site to decide; the description names it."),
        _("Mend every member that is named; all faults are told at once."),
        "RFC 7591 §3.2.2",
    ),
    Code.REGISTRATION_NOT_SUPPORTED: Entry(
        _("The registration parameter is not taken in an authorization request."),
        _("Register at the registration endpoint first."),
        "OIDC Core §3.1.2.6",
    ),
}
BY_WORD: Final = {code.word: entry for code, entry in CATALOGUE.items()}


@blueprint.get("/errors/<word>")
def error(word: str) -> str:
    """Explain one error code to whoever builds a site."""
    entry = BY_WORD.get(word) or abort(404)
    return render_template(
        "oidc/error_help.html", word=word, cause=gettext(entry.cause), cure=gettext(entry.cure), clause=entry.clause
    )


def as_markdown() -> str:
    """Return docs/errors.md."""
    head = "# Errors a site can receive\n\n`error_uri` leads to a page that explains the code, in both languages.\n"
    sections = (
        f"\n## {word}\n\n{entry.cause}\n\n**Cure:** {entry.cure}\n\n**Clause:** {entry.clause}\n"
        for word, entry in BY_WORD.items()
    )
    return head + "".join(sections)
