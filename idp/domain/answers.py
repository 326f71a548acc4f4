"""What the outside world may answer: closed vocabularies, so that no answer is ever a bare yes or no."""

from __future__ import annotations

from enum import StrEnum


class RegistryOutcome(StrEnum):
    """What the population register says of a name and a number, and ``unavailable`` for whatever is no answer."""

    MATCH = "match"
    NAME_MISMATCH = "name_mismatch"
    NOT_FOUND = "not_found"
    DECEASED = "deceased"
    TWO_HOLDERS = "two_holders"
    SUPERSEDED = "superseded"
    LOST_CARD = "lost_card"
    UNAVAILABLE = "unavailable"


class BankOutcome(StrEnum):
    """What the bank says when asked to pay two small deposits into an account held in a name."""

    SENT = "sent"
    HOLDER_MISMATCH = "holder_mismatch"
    ACCOUNT_CLOSED = "account_closed"
    JOINT_ACCOUNT = "joint_account"
    UNAVAILABLE = "unavailable"
