"""The two secrets that never turn: the root, from which purposes are derived, and the bridge, which makes subjects.

They are independent random keys: whoever learns one learns nothing of the other, so a copy of the root's purposes
(held by every online process) never yields a pseudonym.
"""

from __future__ import annotations

import hmac
import re
import secrets
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from keys.encoding import to_base64url
from keys.errors import WrongKey
from keys.secret import Secret

if TYPE_CHECKING:
    from typing import Self

KEY_BYTES = 32
CHECK_BYTES = 8

LABEL = re.compile(r"yufu/[a-z][a-z-]*(/[a-z][a-z-]*)*/[1-9][0-9]*")
"""``yufu/<purpose>/<version>``: a derivation is told from every other by its label alone."""

INDEX = "yufu/index/document/1"
"""Blind index over the document number."""
BANK_INDEX = "yufu/index/bank-account/1"
"""Blind index over the bank account: one card, one person."""
RECORD = "yufu/record/{version}"
"""Sealing of columns, see ``keys.seal.RecordSeal``."""
TICKET = "yufu/ticket/{version}"
"""Sealing of browser tickets, see ``keys.seal.TicketSeal``."""
ROOT_CHECK = "yufu/check/root/1"

SUBJECT = b"yufu/sub/1\0"
BRIDGE_CHECK = b"yufu/check/bridge/1"


class _NamedByCheckValue:
    """A secret of 32 bytes that is recognised by a check value, and shows nothing else of itself."""

    __slots__ = ("_secret", "check_value")

    def __init__(self, secret: Secret, check_value: str) -> None:
        self._secret = secret
        self.check_value = check_value

    @property
    def secret(self) -> Secret:
        """The key itself, for the backend that keeps it and for its backup in shares."""
        return self._secret

    def confirm(self, expected: str) -> None:
        """Raise :class:`WrongKey` unless its check value is ``expected``: the one noted when it was first used."""
        if not hmac.compare_digest(self.check_value.encode(), expected.encode()):
            raise WrongKey(
                f"the {type(self).__name__.lower()} key is not the one this data was made with "
                f"(check value {self.check_value}, expected {expected}); put the right key back from its shares",
            )

    def __repr__(self) -> str:
        return f"{type(self).__name__}(check_value={self.check_value!r})"


class Root(_NamedByCheckValue):
    """32 random bytes that are only ever used through labelled derivations (HKDF-SHA-256, RFC 5869)."""

    __slots__ = ()

    def __init__(self, secret: Secret) -> None:
        """Take the 32 bytes; ``ValueError`` if they are fewer or more."""
        _demand_length(secret)
        super().__init__(secret, _derive(secret, ROOT_CHECK)[:CHECK_BYTES].hex())

    @classmethod
    def generate(cls) -> Self:
        """Make a new root."""
        return cls(Secret(secrets.token_bytes(KEY_BYTES)))

    def purpose(self, label: str) -> bytes:
        """Derive the 32-byte key for ``label`` (``yufu/<purpose>/<version>``); ``ValueError`` for any other shape."""
        if not LABEL.fullmatch(label):
            raise ValueError(f"a purpose is labelled yufu/<purpose>/<version>, not {label!r}")
        return _derive(self._secret, label)


class Bridge(_NamedByCheckValue):
    """The key between the two halves of the data: the only way from a person to that person's subjects.

    It never turns, for a subject must stay the same for ever; ``yufu/sub/1`` names its version.
    """

    __slots__ = ("_keyed",)

    def __init__(self, secret: Secret) -> None:
        """Take the 32 bytes; ``ValueError`` if they are fewer or more."""
        _demand_length(secret)
        check = hmac.digest(secret.reveal(), BRIDGE_CHECK, "sha256")[:CHECK_BYTES].hex()
        super().__init__(secret, check)
        self._keyed = HMAC(secret.reveal(), SHA256())
        self._keyed.update(SUBJECT)

    @classmethod
    def generate(cls) -> Self:
        """Make a new bridge: new pseudonyms for everybody."""
        return cls(Secret(secrets.token_bytes(KEY_BYTES)))

    def subject(self, sector: str, person_id: str) -> str:
        """Return the pairwise subject, 43 characters of base64url (OIDC Core §8.1).

        ``ValueError`` if either part is empty or holds a NUL, which would let two pairs share one message.
        """
        if not sector or not person_id or "\0" in sector or "\0" in person_id:
            raise ValueError("a sector and a person id are not empty and hold no NUL")
        keyed = self._keyed.copy()
        keyed.update(f"{sector}\0{person_id}".encode())
        return to_base64url(keyed.finalize()).decode()


def _demand_length(secret: Secret) -> None:
    if len(secret.reveal()) != KEY_BYTES:
        raise ValueError(f"a key of {KEY_BYTES} bytes is needed")


def _derive(secret: Secret, label: str) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=label.encode()).derive(secret.reveal())
