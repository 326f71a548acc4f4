"""What can go wrong with keys. No message holds a secret or the thing that was sealed."""

from __future__ import annotations


class KeysError(Exception):
    """Root of every error of this package."""


class KeyFileError(KeysError):
    """A key cannot be read as it should be; names the place, the fault and the cure."""

    def __init__(self, place: str, fault: str, *, cure: str) -> None:
        super().__init__(f"{place}: {fault}. {cure}")
        self.place = place
        self.fault = fault
        self.cure = cure


class KeyringExists(KeysError):
    """There are keys already where new ones were to be made; they are never overwritten."""


class WrongKey(KeysError):
    """A key is whole, but not the one that was expected: its check value differs."""


class UnknownKey(KeysError):
    """No published key has that ``kid``, or no key signs with that algorithm."""


class WrongSeal(KeysError):
    """Sealed bytes do not open: altered, moved, expired, or sealed under another key or for another purpose."""


class WrongShares(KeysError):
    """Shares do not make up a secret: too few, of different secrets, or damaged."""


class InvalidToken(KeysError):
    """A compact JWS is not one that a published key of ours signed as it stands."""


class RotationRefused(KeysError):
    """Turning the keys now would leave a site unable to verify, or history out of order."""
