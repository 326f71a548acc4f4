"""A keyring, opened: what the online processes may do with keys."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from keys.algorithms import ALGORITHMS
from keys.errors import UnknownKey
from keys.jwks import Jwks
from keys.rotation import State
from keys.seal import RecordSeal, TicketSeal

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping
    from typing import Self

    from keys import Backend, Signer
    from keys.algorithms import PublicKey, SigningKey
    from keys.contents import Contents
    from keys.root import Bridge, Root
    from keys.rotation import KeyInfo
    from keys.vault import VaultSeal

STATES = (State.CURRENT, State.COMING, State.RETIRING)


@dataclass(frozen=True, slots=True)
class Keyring:
    """Keys as they stood when it was opened; never changes. Holds no private key of an officer or the authority."""

    root: Root
    bridge: Bridge
    records: RecordSeal
    tickets: TicketSeal
    vault: VaultSeal
    jwks: Jwks
    """The key set to publish: current, coming and retiring keys of each algorithm."""
    _known: tuple[KeyInfo, ...] = field(repr=False)
    _sealing: KeyInfo = field(repr=False)
    _signers: Mapping[str, SigningKey] = field(repr=False)
    _published: Mapping[str, PublicKey] = field(repr=False)
    _backend: Backend = field(repr=False)
    _mark: Hashable = field(repr=False)

    @classmethod
    def load(cls, backend: Backend) -> Self:
        """Read what ``backend`` keeps; :class:`keys.errors.KeyFileError` if anything is not as it should be."""
        mark = backend.mark()  # taken first: what changes while we read makes this keyring stale
        return cls._of(backend.load(), backend=backend, mark=mark)

    @classmethod
    def _of(cls, contents: Contents, *, backend: Backend, mark: Hashable) -> Self:
        pairs = {pair.kid: pair for pair in contents.signing.pairs}
        known = tuple(sorted(contents.signing.known, key=_rank))
        published = {key.kid: pairs[key.kid].public for key in known}
        return cls(
            root=contents.root,
            bridge=contents.bridge,
            records=RecordSeal.from_root(contents.root, version=contents.sealing.version),
            tickets=TicketSeal.from_root(contents.root, version=contents.sealing.version),
            vault=contents.vault,
            jwks=Jwks.of(published.values()),
            _known=known,
            _sealing=contents.sealing.info,
            _signers={key.alg: pairs[key.kid] for key in known if key.state is State.CURRENT},
            _published=published,
            _backend=backend,
            _mark=mark,
        )

    @property
    def algorithms(self) -> tuple[str, ...]:
        """The algorithms that can be asked for, as discovery lists them."""
        return tuple(self._signers)

    def signer(self, alg: str = "ES256") -> Signer:
        """Return the current key for ``alg``; :class:`UnknownKey` if the algorithm is not turned on."""
        try:
            return self._signers[alg]
        except KeyError:
            raise UnknownKey(f"no key signs with {alg!r}") from None

    def public_key(self, kid: str) -> PublicKey:
        """Return the published key of that name; :class:`UnknownKey` if there is none, or no longer."""
        try:
            return self._published[kid]
        except KeyError:
            raise UnknownKey("no published key has this kid") from None

    def describe(self) -> list[KeyInfo]:
        """List the published signing keys, in the order of the key set, and which seal is in use."""
        return [*self._known, self._sealing]

    def stale(self) -> bool:
        """Tell whether the kept keys have changed since; a few microseconds, so ask about once a second."""
        return self._backend.mark() != self._mark


def _rank(key: KeyInfo) -> tuple[int, int]:
    """Order keys for sites that do not choose by ``kid`` but try one after the other.

    The default algorithm's keys are together and first, for python-jose gives up at the first key of another type;
    within an algorithm, a site that takes the first one gets the one in use.
    """
    return list(ALGORITHMS).index(key.alg), STATES.index(key.state)
