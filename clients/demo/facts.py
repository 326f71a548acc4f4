"""What the claims mean, in words for the person they are about."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clients.demo.records import Received
    from clients.demo.words import Words

EXPLAINED = {
    "sub": "Your pseudonym here: the same at every visit, and no other site gets it.",
    "nickname": "The code name you go by here.",
    "preferred_username": "The code name again, for sites that look for it under this name.",
    "verified": "That a real person stands behind the pseudonym.",
    "assurance_level": "How that was established, as one word.",
    "verified_on": "The day on which it was established.",
    "age_over_18": "That you are an adult; not your birthday.",
}
NOT_RECEIVED = (
    "Your name",
    "Your resident number",
    "Your birthday",
    "Your picture",
    "Your bank card",
    "Your phone number or e-mail address",
    "Which other sites you visit",
)


def facts_about(received: Received, words: Words) -> list[tuple[str, str, str]]:
    """Give (claim, value, what it means) for every claim of userinfo."""
    return [(claim, _said(value, words), words(EXPLAINED.get(claim, ""))) for claim, value in received.userinfo.items()]


def _said(value: object, words: Words) -> str:
    if isinstance(value, bool):
        return words("yes") if value else words("no")
    return str(value)
