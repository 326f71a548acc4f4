"""Files that hold keys: private to one user, replaced atomically, read without trusting anything about them."""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
import stat
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from keys.errors import KeyFileError, KeyringExists

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILE_MODE = 0o600
FOLDER_MODE = 0o700
OTHERS = 0o077
MAX_BYTES = 1 << 20


def make_folder(folder: Path) -> None:
    """Make a folder for keys, or take an existing one that is fit for them."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
    except OSError as fault:
        raise _unusable(folder, fault) from None
    check_folder(folder)


def check_folder(folder: Path) -> None:
    """Raise :class:`KeyFileError` unless ``folder`` is a folder of this user that nobody else may enter."""
    try:
        found = folder.stat()
    except FileNotFoundError:
        raise KeyFileError(
            str(folder),
            "there is no such folder",
            cure="Make a keyring with 'idp keys init', or correct the setting that names it.",
        ) from None
    except OSError as fault:
        raise _unusable(folder, fault) from None
    if not stat.S_ISDIR(found.st_mode):
        raise KeyFileError(str(folder), "it is not a folder", cure="Name the folder that holds the keys.")
    _check_owner_and_mode(folder, found, wanted=FOLDER_MODE)


def read(path: Path) -> bytes:
    """Return what a key file holds; :class:`KeyFileError` unless only this user may read it."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode):
                raise KeyFileError(str(path), "it is not a plain file", cure="Put the key file itself here.")
            _check_owner_and_mode(path, found, wanted=FILE_MODE)
            return os.read(descriptor, MAX_BYTES)
        finally:
            os.close(descriptor)
    except FileNotFoundError:
        raise KeyFileError(
            str(path),
            "it is missing",
            cure="Put it back from a backup; a new one would not open what the old one sealed.",
        ) from None
    except OSError as fault:
        raise _unusable(path, fault) from None


def write(path: Path, content: bytes, *, replace: bool) -> None:
    """Write a key file so that after a crash it is the old one or the new one, whole.

    With ``replace`` false, :class:`KeyringExists` if there is a file of that name.
    """
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, FILE_MODE)
        try:
            with os.fdopen(descriptor, "wb") as file:
                os.fchmod(descriptor, FILE_MODE)
                file.write(content)
                file.flush()
                os.fsync(descriptor)
            if replace:
                beside.replace(path)
            else:
                path.hardlink_to(beside)
        finally:
            with suppress(FileNotFoundError):
                beside.unlink()
        _sync_folder(path.parent)
    except FileExistsError:
        raise KeyringExists(f"{path} is there already; keys are never overwritten") from None
    except OSError as fault:
        raise _unusable(path, fault) from None


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder for oneself among all processes that ask for it this way; the lock ends with the process."""
    check_folder(folder)
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as fault:
        raise _unusable(folder, fault) from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _sync_folder(folder: Path) -> None:
    """Make a rename last through a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _check_owner_and_mode(path: Path, found: os.stat_result, *, wanted: int) -> None:
    user = os.geteuid()
    if found.st_uid != user:
        raise KeyFileError(
            str(path),
            f"it belongs to user {found.st_uid}, not to user {user} who runs this",
            cure=f"Run this as its owner, or 'chown {user} {path}'.",
        )
    if found.st_mode & OTHERS:
        raise KeyFileError(
            str(path),
            f"other users may reach it (mode {stat.S_IMODE(found.st_mode):04o})",
            cure=f"'chmod {wanted:o} {path}'; if others had access to this machine, turn the keys.",
        )


def _unusable(path: Path, fault: OSError) -> KeyFileError:
    if fault.errno == errno.ELOOP:
        return KeyFileError(str(path), "it is a symbolic link", cure="Put the key file itself here.")
    return KeyFileError(str(path), f"it cannot be used ({fault.strerror})", cure="Check the path and its rights.")
