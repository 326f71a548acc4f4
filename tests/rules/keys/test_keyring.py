"""What every place for keys promises, and what a keyring tells of itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

import keys
from keys import BACKENDS, KeyFileError, KeyringExists, RotationRefused, State, UnknownKey
from keys.contents import SEALING_LIFE
from keys.rotation import LEAD, MARGIN

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

CELL = {"table": "t", "column": "c", "row": "r"}


@pytest.fixture(params=sorted(BACKENDS))
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Name an empty place of each kind."""
    return f"{request.param}:{tmp_path / 'keys'}"


@pytest.fixture
def offline(tmp_path: Path) -> Path:
    """Name a folder for what is carried away."""
    return tmp_path / "offline"


def test_nothing_is_opened_where_nothing_was_made(place: str) -> None:
    for _ in range(2):
        with pytest.raises(KeyFileError):
            keys.open_keyring(place)


def test_what_was_made_is_opened_again_and_never_made_twice(place: str, offline: Path, now: datetime) -> None:
    made = keys.create_keyring(place, now=now, offline=offline, algorithms=["ES256"])
    opened = keys.open_keyring(place)

    assert opened.bridge.subject("shop", "person") == made.bridge.subject("shop", "person")
    assert opened.records.open(made.records.seal(b"value", **CELL), **CELL) == b"value"
    assert opened.signer("ES256").kid == made.signer("ES256").kid
    assert opened.jwks == made.jwks
    with pytest.raises(KeyringExists):
        keys.create_keyring(place, now=now, offline=offline, algorithms=["ES256"])


def test_a_turn_is_kept_and_noticed(place: str, offline: Path, now: datetime) -> None:
    before = keys.create_keyring(place, now=now, offline=offline, algorithms=["ES256"])

    changes = keys.rotate_keyring(place, now=now + LEAD)

    after = keys.open_keyring(place)
    assert (before.stale(), after.stale()) == (True, False)
    assert after.jwks.etag != before.jwks.etag
    assert set(changes) <= set(after.describe())
    assert after.public_key(before.signer("ES256").kid).kid == before.signer("ES256").kid
    assert after.bridge.check_value == before.bridge.check_value


def test_a_turn_before_its_time_changes_nothing(place: str, offline: Path, now: datetime) -> None:
    before = keys.create_keyring(place, now=now, offline=offline, algorithms=["ES256"])

    assert keys.rotate_keyring(place, now=now + LEAD - timedelta(seconds=1)) == []
    assert not before.stale()
    with pytest.raises(RotationRefused):
        keys.rotate_keyring(place, now=now - timedelta(seconds=1))


def test_a_key_is_not_used_before_sites_have_dropped_the_set_without_it(
    place: str, offline: Path, now: datetime
) -> None:
    before = keys.create_keyring(place, now=now, offline=offline, algorithms=["ES256"])
    day = timedelta(days=1)

    assert keys.rotate_keyring(place, now=now + day, max_age=day) == []
    assert not before.stale()
    assert keys.rotate_keyring(place, now=now + day + MARGIN, max_age=day)


def test_a_turn_that_cannot_be_witnessed_does_not_happen(place: str, offline: Path, now: datetime) -> None:
    before = keys.create_keyring(place, now=now, offline=offline, algorithms=["ES256"])
    told: list[Sequence[keys.KeyInfo]] = []

    def full(changes: Sequence[keys.KeyInfo]) -> None:
        told.append(changes)
        raise OSError("no room for the entry")

    assert keys.rotate_keyring(place, now=now, witness=full) == []
    with pytest.raises(OSError, match="no room"):
        keys.rotate_keyring(place, now=now + LEAD, witness=full)
    assert [{change.state for change in each} for each in told] == [{State.RETIRING, State.CURRENT, State.COMING}]
    assert not before.stale()


def test_an_emergency_leaves_no_older_key_to_trust(place: str, offline: Path, now: datetime) -> None:
    before = keys.create_keyring(place, now=now, offline=offline, algorithms=["ES256", "EdDSA"])

    changes = keys.rotate_keyring(place, now=now, alg="ES256", emergency=True)

    after = keys.open_keyring(place)
    assert [change.state for change in changes].count(State.GONE) == 2
    with pytest.raises(UnknownKey):
        after.public_key(before.signer("ES256").kid)
    assert after.signer("EdDSA").kid == before.signer("EdDSA").kid


def test_seals_turn_by_age_and_what_they_sealed_stays_readable(place: str, offline: Path, now: datetime) -> None:
    before = keys.create_keyring(place, now=now, offline=offline, algorithms=["ES256"])
    sealed = before.records.seal(b"value", **CELL)

    changes = keys.rotate_keyring(place, now=now + SEALING_LIFE)

    after = keys.open_keyring(place)
    assert "seal-2" in {change.kid for change in changes}
    assert after.records.seal(b"", **CELL)[:3] == b"\x01\x00\x02"
    assert after.records.open(sealed, **CELL) == b"value"
    assert before.records.open(after.records.seal(b"new", **CELL), **CELL) == b"new"


def test_the_list_for_operators_tells_state_and_times_of_each_key(place: str, offline: Path, now: datetime) -> None:
    keyring = keys.create_keyring(place, now=now, offline=offline, algorithms=["EdDSA", "ES256"])

    assert [(key.alg, key.state, key.since, key.until) for key in keyring.describe()] == [
        ("ES256", State.CURRENT, now, None),
        ("ES256", State.COMING, now, now + LEAD),
        ("EdDSA", State.CURRENT, now, None),
        ("EdDSA", State.COMING, now, now + LEAD),
        ("A256GCM", State.CURRENT, now, None),
    ]


def test_a_time_without_a_zone_makes_no_keys(place: str, offline: Path, now: datetime) -> None:
    with pytest.raises(ValueError, match="zone"):
        keys.create_keyring(place, now=now.replace(tzinfo=None), offline=offline)
    with pytest.raises(KeyFileError):
        keys.open_keyring(place)


def test_two_keyrings_have_nothing_in_common(now: datetime) -> None:
    one, other = (keys.create_keyring(f"memory:apart-{n}", now=now, algorithms=["ES256"]) for n in (1, 2))

    assert one.bridge.subject("shop", "person") != other.bridge.subject("shop", "person")
    assert one.root.purpose("yufu/x/1") != other.root.purpose("yufu/x/1")
    assert one.bridge.secret != one.root.secret
    assert {key.kid for key in one.describe()} & {key.kid for key in other.describe()} == {"seal-1"}
