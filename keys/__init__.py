"""The operators' library: where keys are kept, how they turn, and everything that is done with them.

Owns the root and bridge secrets, the signing keys and their rotation, the seals over records, tickets and the vault.
Never imports ``idp`` or ``clients``, nor a web framework or a database, and logs nothing.
The one invariant: a key that is missing, damaged or not the expected one stops its user; none is ever made silently in
its place, because a new bridge would give every person a new pseudonym everywhere.

    keyring = keys.open_keyring("file:/var/lib/yufu/keys")
    keyring.bridge.subject("shop.example", person_id)
    keys.jws.sign_compact(keyring.signer("ES256"), payload)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from keys import jws
from keys import offline as carried_away
from keys.algorithms import DEFAULT_ALGORITHMS
from keys.backends import file, memory
from keys.contents import Contents
from keys.errors import (
    InvalidToken,
    KeyFileError,
    KeyringExists,
    KeysError,
    RotationRefused,
    UnknownKey,
    WrongKey,
    WrongSeal,
    WrongShares,
)
from keys.jwks import Jwks
from keys.keyring import Keyring
from keys.offices import Offices
from keys.root import Bridge, Root
from keys.rotation import JWKS_MAX_AGE, MARGIN, KeyInfo, State
from keys.seal import RecordSeal, TicketSeal
from keys.secret import Secret
from keys.vault import VaultSeal

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime, timedelta
    from pathlib import Path

__all__ = [
    "BACKENDS",
    "DEFAULT_ALGORITHMS",
    "Backend",
    "Bridge",
    "InvalidToken",
    "Jwks",
    "KeyFileError",
    "KeyInfo",
    "Keyring",
    "KeyringExists",
    "KeysError",
    "Offices",
    "RecordSeal",
    "Root",
    "RotationRefused",
    "Secret",
    "Signer",
    "State",
    "TicketSeal",
    "UnknownKey",
    "VaultSeal",
    "WrongKey",
    "WrongSeal",
    "WrongShares",
    "create_keyring",
    "jws",
    "open_keyring",
    "rotate_keyring",
]


class Signer(Protocol):
    """A private signing key, wherever it lives."""

    @property
    def kid(self) -> str:
        """Its name in the published key set."""

    @property
    def alg(self) -> str:
        """The one JWS algorithm it signs with."""

    def sign(self, message: bytes, /) -> bytes:
        """Sign a message; the signature is in JOSE form (for ES256: r ‖ s)."""


class Backend(Protocol):
    """A place where one keyring is kept."""

    @property
    def lasting(self) -> bool:
        """Whether the keys outlive the process."""

    def demand_vacancy(self) -> None:
        """Raise :class:`KeyringExists` if there is anything already."""

    def load(self) -> Contents:
        """Read everything; :class:`KeyFileError` if a part is missing, damaged or open to others."""

    def create(self, contents: Contents) -> None:
        """Keep a new keyring; :class:`KeyringExists` if there is anything already."""

    def turn(self, contents: Contents) -> None:
        """Replace the parts that turn: signing and sealing."""

    def exclusive(self) -> AbstractContextManager[None]:
        """Keep other processes from turning the same keyring meanwhile."""

    def mark(self) -> Hashable:
        """Return, cheaply, something that differs after every :meth:`turn`."""


BACKENDS: Mapping[str, Callable[[str], Backend]] = {
    "file": file.FileBackend.at,
    "memory": memory.MemoryBackend,
}
"""By the scheme of the URL; each takes what follows the colon."""


def open_keyring(url: str) -> Keyring:
    """Open the keyring at ``file:/folder`` or ``memory:name``; :class:`KeyFileError` if it is not as it should be."""
    return Keyring.load(_backend(url))


def create_keyring(
    url: str,
    *,
    now: datetime,
    officers: Offices | VaultSeal | None = None,
    offline: Path | None = None,
    algorithms: Iterable[str] = DEFAULT_ALGORITHMS,
) -> Keyring:
    """Make a new keyring where there is none; :class:`KeyringExists` if there is anything already.

    ``officers`` is a :class:`VaultSeal` when the officers and the authority made their own keys, as real ones do.
    Without it their keys are made here, and the private halves go to the folder ``offline``, to be carried away; so do,
    in any case, shares of the root and the bridge. ``offline`` may be left out only for keys that do not outlive the
    process (``memory:``).
    """
    if now.utcoffset() is None:
        raise ValueError("now needs a time zone")
    backend = _backend(url)
    if offline is None and backend.lasting:
        raise ValueError("name a folder for the offices' private keys and the backup shares (offline)")
    backend.demand_vacancy()
    given = officers or Offices.generate()
    vault, offices = (given, None) if isinstance(given, VaultSeal) else (given.vault, given)
    contents = Contents.fresh(now=now, vault=vault, wanted=algorithms)
    if offline is not None:
        carried_away.write(offline, contents, offices=offices)
    backend.create(contents)
    return Keyring.load(backend)


def rotate_keyring(
    url: str,
    *,
    now: datetime,
    alg: str | None = None,
    emergency: bool = False,
    max_age: timedelta = JWKS_MAX_AGE,
    wanted: Iterable[str] = (),
    witness: Callable[[Sequence[KeyInfo]], None] = lambda _changes: None,
) -> list[KeyInfo]:
    """Move the keys at ``url`` one step on and return those that changed, as they stand now (see ``keys.rotation``).

    ``max_age`` is how long sites may cache the key set. ``witness`` is told of the changes just before they are made;
    if it raises, nothing turns. Nothing changed, nothing told. Algorithms of ``wanted`` that the keyring lacks start.
    """
    backend = _backend(url)
    with backend.exclusive():
        contents, changes = backend.load().turned(
            now=now, alg=alg, emergency=emergency, lead=max_age + MARGIN, wanted=wanted
        )
        if changes:
            witness(changes)
            backend.turn(contents)
    return list(changes)


def _backend(url: str) -> Backend:
    scheme, _, location = url.partition(":")
    if scheme not in BACKENDS:
        raise ValueError(f"a keyring URL starts with one of {', '.join(f'{name}:' for name in BACKENDS)}")
    return BACKENDS[scheme](location)
