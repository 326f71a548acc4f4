"""What is wrong with the settings, in words an operator can act on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to put right: the setting or variable as the operator wrote it, and what is the matter with it.

    Never quotes a value that might be a secret.
    """

    where: str
    says: str

    def __str__(self) -> str:
        return f"{self.where}: {self.says}"


class SettingsError(Exception):
    """The settings cannot be used; :attr:`faults` holds everything that is wrong with them, not just the first."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))
