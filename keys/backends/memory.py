"""Keys that live and die with the process: for tests and for looking around."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, ClassVar

from keys.errors import KeyFileError, KeyringExists

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from keys.contents import Contents

# The one state that this package keeps: a name in a URL must lead to the same keys each time it is opened.
_kept: dict[str, _Kept] = {}
_turning = Lock()


@dataclass(frozen=True, slots=True)
class _Kept:
    contents: Contents
    mark: object
    """New at every turn; whoever compares with it keeps it alive, so that its identity is never used again."""


@dataclass(frozen=True, slots=True)
class MemoryBackend:
    """The keyring of that name in this process."""

    lasting: ClassVar[bool] = False
    name: str

    def demand_vacancy(self) -> None:
        """Refuse if the name is taken."""
        if self.name in _kept:
            raise KeyringExists(f"memory:{self.name} is there already; keys are never overwritten")

    def load(self) -> Contents:
        """Return what was kept under the name."""
        if self.name not in _kept:
            raise KeyFileError(
                f"memory:{self.name}",
                "it is missing",
                cure="Keys in memory end with the process that made them: make them first.",
            )
        return _kept[self.name].contents

    def create(self, contents: Contents) -> None:
        """Keep a new keyring under the name."""
        with _turning:
            self.demand_vacancy()
            _kept[self.name] = _Kept(contents, object())

    def turn(self, contents: Contents) -> None:
        """Replace what is kept under the name."""
        _kept[self.name] = _Kept(contents, object())

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Keep other threads from turning meanwhile."""
        with _turning:
            yield

    def mark(self) -> Hashable:
        """Return what tells the present contents from earlier ones."""
        return _kept[self.name].mark if self.name in _kept else None
