"""The one shape of an error about something a person entered."""

from __future__ import annotations

from enum import StrEnum
from typing import Generic, TypeVar

Reason = TypeVar("Reason", bound=StrEnum)


class EntryError(ValueError, Generic[Reason]):
    """An entry breaks a rule. ``reason`` is a word from a closed list; what was entered is never part of the error."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason
