"""Everything that can go wrong on a site, each with a sentence for people and a way on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Trouble:
    """One kind of failure: HTTP status, headline, explanation, and whether trying the sign-in again may help."""

    status: int
    title: str
    words: str
    again: bool = True


TROUBLES = {
    "access_denied": Trouble(
        403,
        "Nothing was sent to us",
        "You said no, or what this site asks for could not be shown. Either way we learned nothing about you.",
    ),
    "login_required": Trouble(
        401,
        "You are not signed in yet",
        "Your identity provider wants to see you before it vouches for you.",
    ),
    "provider_trouble": Trouble(
        503,
        "The identity provider has trouble",
        "It could not answer just now. Please try again in a minute.",
    ),
    "provider_unreachable": Trouble(
        503,
        "The identity provider does not answer",
        "We cannot reach it. Everything that needs no sign-in works as always.",
    ),
    "state_mismatch": Trouble(
        400,
        "This sign-in lost its thread",
        "It began in another tab or browser, or too long ago. Nothing has happened; simply begin again.",
    ),
    "answer_refused": Trouble(
        400,
        "The answer did not check out",
        "What came back failed one of our checks, so we threw it away.",
    ),
    "not_verified": Trouble(
        403,
        "Only verified people",
        "The identity provider does not say that you are verified. You can change that there, once, and come back.",
    ),
    "not_adult": Trouble(
        403,
        "Only adults",
        "Stalls are for people over 18. The identity provider does not say so of you.",
    ),
    "site_mistake": Trouble(
        502,
        "This site asked wrongly",
        "The identity provider refused the way we asked. That is for us to mend, not for you.",
        again=False,
    ),
    "not_found": Trouble(404, "There is no such page", "Perhaps the address has a slip in it.", again=False),
    "bad_request": Trouble(
        400, "We could not read that", "Something was missing or too long. Go back and try again.", again=False
    ),
    "signed_out": Trouble(401, "You are signed out", "Sign in again to go on."),
    "partner_unreachable": Trouble(
        503,
        "The other site does not answer",
        "Comparing notes takes two. Start the other site and try again.",
        again=False,
    ),
    "unexpected": Trouble(500, "Something broke", "That was our fault. Nothing was lost.", again=False),
}

TO_MEND = frozenset({"site_mistake", "answer_refused", "provider_trouble"})
"""Troubles whose cause the site's developer wants to read in the log."""

_OF_THE_PROTOCOL = {
    "access_denied": "access_denied",
    "login_required": "login_required",
    "interaction_required": "login_required",
    "consent_required": "login_required",
    "account_selection_required": "login_required",
    "server_error": "provider_trouble",
    "temporarily_unavailable": "provider_trouble",
    "mismatching_state": "state_mismatch",
    "invalid_grant": "state_mismatch",
}


class SiteError(Exception):
    """A request that ends on the error page; ``code`` is one of :data:`TROUBLES`, ``detail`` is for the site's log."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code


def code_for(error: str) -> str:
    """Give our name for an OAuth error (RFC 6749 §4.1.2.1, OIDC Core §3.1.2.6)."""
    return _OF_THE_PROTOCOL.get(error, "site_mistake")
