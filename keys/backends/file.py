"""Keys in a folder: one text file per thing, readable by one user only.

Trusts the file system and that user; what it adds is that nothing damaged, missing, mixed up or open to others is used.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, TypeVar

from keys import documents, keyfiles
from keys.contents import Contents
from keys.errors import KeyFileError, KeyringExists
from keys.parts import BridgePart, Part, RootPart, SealingPart, SigningPart, VaultPart

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping
    from contextlib import AbstractContextManager
    from typing import Self

ROOT, BRIDGE, VAULT = "root.json", "bridge.json", "vault-public.json"
SIGNING, SEALING = "signing.json", "sealing.json"
FILES: Mapping[str, type[Part]] = {
    ROOT: RootPart,
    BRIDGE: BridgePart,
    VAULT: VaultPart,
    SIGNING: SigningPart,
    SEALING: SealingPart,
}
TURNING = (SIGNING, SEALING)
"""The only files that are ever replaced."""

OnePart = TypeVar("OnePart", bound=Part)
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class FileBackend:
    """The keyring in ``folder``."""

    lasting: ClassVar[bool] = True
    folder: Path

    @classmethod
    def at(cls, location: str) -> Self:
        """Take what follows ``file:`` in the URL: a path, with or without ``//`` before it."""
        path = location.removeprefix("//")
        if not path:
            raise ValueError("a file: URL names a folder, such as file:/var/lib/yufu/keys")
        return cls(Path(path))

    def demand_vacancy(self) -> None:
        """Refuse if the folder holds anything that could be a part of a keyring, or is not fit for one."""
        if os.path.lexists(self.folder):
            keyfiles.check_folder(self.folder)
        for name in FILES:
            if os.path.lexists(self.folder / name):
                raise KeyringExists(f"{self.folder / name} is there already; keys are never overwritten")

    def load(self) -> Contents:
        """Read every file and check that they belong together."""
        keyfiles.check_folder(self.folder)
        root = self._read(ROOT, RootPart)
        bridge = self._read(BRIDGE, BridgePart, beside=root)
        vault = self._read(VAULT, VaultPart, beside=root)
        signing = self._read(SIGNING, SigningPart, beside=root)
        sealing = self._read(SEALING, SealingPart, beside=root)
        return Contents(
            name=root.keyring,
            created_at=root.created_at,
            root=self._made(ROOT, root.value),
            bridge=self._made(BRIDGE, bridge.value),
            vault=self._made(VAULT, vault.value),
            signing=self._made(SIGNING, signing.value),
            sealing=self._made(SEALING, sealing.value),
        )

    def create(self, contents: Contents) -> None:
        """Write every file of a new keyring."""
        keyfiles.make_folder(self.folder)
        with self.exclusive():
            self.demand_vacancy()
            for name, part in FILES.items():
                keyfiles.write(self.folder / name, documents.encode(part.of(contents)), replace=False)

    def turn(self, contents: Contents) -> None:
        """Replace the files that turn."""
        for name in TURNING:
            keyfiles.write(self.folder / name, documents.encode(FILES[name].of(contents)), replace=True)

    def exclusive(self) -> AbstractContextManager[None]:
        """Hold the folder's lock: two operators who turn the keys at once do so one after the other."""
        return keyfiles.locked(self.folder)

    def mark(self) -> Hashable:
        """Look at the turning files from outside: each rotation puts a new file in their place."""
        return tuple(self._outside(name) for name in TURNING)

    def _outside(self, name: str) -> tuple[int, int, int] | None:
        try:
            found = (self.folder / name).stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size

    def _read(self, name: str, kind: type[OnePart], *, beside: RootPart | None = None) -> OnePart:
        path = self.folder / name
        try:
            document = documents.decode(keyfiles.read(path), kind)
        except documents.Damaged as fault:
            raise _not_as_written(path, str(fault)) from None
        if beside is not None and document.keyring != beside.keyring:
            raise KeyFileError(
                str(path),
                f"it belongs to another keyring than {ROOT}",
                cure="Put back the files of one backup together; parts of two keyrings do not fit.",
            )
        return document

    def _made(self, name: str, build: Callable[[], Value]) -> Value:
        try:
            return build()
        except ValueError:
            raise _not_as_written(self.folder / name, "it is whole, but holds no usable key") from None


def _not_as_written(path: Path, fault: str) -> KeyFileError:
    return KeyFileError(str(path), fault, cure="Put it back from a backup; do not edit or replace it.")
