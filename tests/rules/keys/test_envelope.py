"""A value under a key of its own: it opens where it was put, with that key, and nowhere else."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import pytest

from keys import WrongSeal
from keys.envelope import Envelope, open_under, seal_under, unwrap, wrap

if TYPE_CHECKING:
    from keys import Keyring

PLAIN = "王小明".encode()


def test_a_wrapped_value_opens_in_its_row_only(keyring: Keyring) -> None:
    envelope = wrap(PLAIN, records=keyring.records, table="t", row="r")
    assert unwrap(envelope, records=keyring.records, table="t", row="r") == PLAIN
    for table, row in (("t", "other"), ("other", "r")):
        with pytest.raises(WrongSeal):
            unwrap(envelope, records=keyring.records, table=table, row=row)


def test_every_value_has_a_key_of_its_own(keyring: Keyring) -> None:
    one, other = (wrap(PLAIN, records=keyring.records, table="t", row="r") for _ in range(2))
    assert one.sealed != other.sealed
    with pytest.raises(WrongSeal):
        unwrap(Envelope(one.wrapped_key, other.sealed), records=keyring.records, table="t", row="r")


@pytest.mark.parametrize("damage", [b"", b"short", bytes(60)])
def test_what_was_damaged_does_not_open(keyring: Keyring, damage: bytes) -> None:
    envelope = wrap(PLAIN, records=keyring.records, table="t", row="r")
    with pytest.raises(WrongSeal):
        unwrap(Envelope(envelope.wrapped_key, damage), records=keyring.records, table="t", row="r")


def test_what_is_sealed_under_a_secret_opens_when_it_comes_back() -> None:
    secret, other = secrets.token_bytes(32), secrets.token_bytes(32)
    sealed = seal_under(secret, PLAIN, context="here")
    assert PLAIN not in sealed
    assert open_under(secret, sealed, context="here") == PLAIN
    for key, context in ((other, "here"), (secret, "there")):
        with pytest.raises(WrongSeal):
            open_under(key, sealed, context=context)


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        seal_under(b"guessable", PLAIN, context="here")
