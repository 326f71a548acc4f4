"""Why a ceremony did not convince. Words for people stand with the pages; the detail is for the log alone."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """What a page has to explain."""

    CHALLENGE_SPENT = "challenge_spent"  # unknown, old, used, made for another browser or purpose
    UNKNOWN_PASSKEY = "unknown_passkey"
    NOT_CONVINCING = "not_convincing"  # a step of the specification failed
    PASSKEY_COPIED = "passkey_copied"  # the signature counter went back
    PASSKEY_TAKEN = "passkey_taken"
    LAST_PASSKEY = "last_passkey"
    NOT_CONFIRMED = "not_confirmed"  # the act needs a fresh assertion
    NO_ACCOUNT = "no_account"


class PasskeyRefused(Exception):
    """A ceremony or an act on passkeys that is refused."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.detail = detail
