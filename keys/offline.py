"""The folder that is carried away after a first run: what the online processes must not have.

Each file is for another pair of hands: three officers, the authority, and three holders of backup shares, any two of
whom can put back a root or a bridge that is lost (:func:`restore`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec

from keys import documents, keyfiles
from keys.documents import Moment
from keys.errors import KeyFileError, WrongShares
from keys.hpke import OfficePrivateKey
from keys.parts import BridgePart, RootPart
from keys.secret import Secret
from keys.shares import Share, combine, split

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from keys.contents import Contents
    from keys.offices import Offices

HOLDERS = 3
THRESHOLD = 2
Backed = RootPart | BridgePart
BACKED: dict[str, type[Backed]] = {"root": RootPart, "bridge": BridgePart}
Document = TypeVar("Document", bound=msgspec.Struct)


class OfficeDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="holds", tag="office-private"):
    """The private key of one office."""

    keyring: str
    office: str
    secret: Secret


class ShareDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="holds", tag="share"):
    """One share of the root or the bridge, and what is needed to recognise the right one."""

    keyring: str
    created_at: Moment
    of: str
    check_value: str
    number: int
    threshold: int
    value: Secret


def write(folder: Path, contents: Contents, *, offices: Offices | None) -> None:
    """Write backup shares of the root and the bridge and, if they were made here, the offices' private keys."""
    keyfiles.make_folder(folder)
    files: dict[str, msgspec.Struct] = {}
    for name, kind in BACKED.items():
        files |= {f"{name}-share-{share.number}.json": share for share in _shares(name, kind.of(contents))}
    if offices is not None:
        named = {f"officer-{number}": key for number, key in enumerate(offices.officers, start=1)}
        for office, key in (named | {"authority": offices.authority}).items():
            files[f"{office}.json"] = OfficeDocument(contents.name, office, key.secret)
    for name, document in files.items():
        keyfiles.write(folder / name, documents.encode(document), replace=False)


def read_office(path: Path) -> OfficePrivateKey:
    """Read the private key of an officer or the authority; :class:`KeyFileError` if its file is not as written."""
    return OfficePrivateKey(_read(path, OfficeDocument).secret)


def restore(folder: Path, share_files: Iterable[Path]) -> Path:
    """Put the root or the bridge back into a keyring's folder from its shares; returns the file that was written.

    :class:`WrongShares` if they do not make up one secret, :class:`keys.errors.KeyringExists` if it is not missing.
    """
    shares = [_read(path, ShareDocument) for path in share_files]
    if len({(share.keyring, share.of, share.check_value) for share in shares}) != 1 or shares[0].of not in BACKED:
        raise WrongShares("these are not shares of one secret")
    first = shares[0]
    secret = combine([Share(share.number, share.threshold, share.value) for share in shares])
    part = BACKED[first.of](first.keyring, first.created_at, first.check_value, secret)
    try:
        part.value()
    except ValueError:
        raise WrongShares("what they make up is not the secret they name") from None
    path = folder / f"{first.of}.json"
    keyfiles.check_folder(folder)
    keyfiles.write(path, documents.encode(part), replace=False)
    return path


def _shares(name: str, part: Backed) -> Iterable[ShareDocument]:
    for share in split(part.secret, count=HOLDERS, threshold=THRESHOLD):
        yield ShareDocument(
            part.keyring, part.created_at, name, part.check_value, share.number, share.threshold, share.value
        )


def _read(path: Path, kind: type[Document]) -> Document:
    try:
        return documents.decode(keyfiles.read(path), kind)
    except documents.Damaged as fault:
        raise KeyFileError(str(path), str(fault), cure="Use another copy of it.") from None
