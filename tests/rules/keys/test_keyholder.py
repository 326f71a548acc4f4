"""A running process takes turned keys, and nothing else that may lie where its keys are kept."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

import keys
from idp.keyholder import LOOK_EVERY, OPEN_EVERY, Keyholder
from keys.rotation import LEAD

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from tests.leak_alarm import LeakAlarm


class Clock:
    """Counts the seconds that a test lets pass."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    """A monotonic clock that stands still."""
    return Clock()


@pytest.fixture
def running(url: str, clock: Clock) -> Keyholder:
    """The keys as a server holds them."""
    return Keyholder(keys.open_keyring(url), url=url, clock=clock)


@pytest.fixture
def other(tmp_path: Path, now: datetime) -> Path:
    """Keys of another provider."""
    keys.create_keyring(f"file:{tmp_path / 'other'}", now=now, offline=tmp_path / "o", algorithms=["ES256"])
    return tmp_path / "other"


def swap(one: Path, other: Path) -> None:
    """Let two folders change places."""
    aside = one.with_name("aside")
    shutil.move(one, aside)
    shutil.move(other, one)
    shutil.move(aside, other)


def test_turned_keys_are_taken_within_a_second(running: Keyholder, url: str, clock: Clock, now: datetime) -> None:
    before = running.signer("ES256").kid
    keys.rotate_keyring(url, now=now + LEAD)
    assert running.signer("ES256").kid == before

    clock.seconds += LOOK_EVERY
    assert running.signer("ES256").kid == keys.open_keyring(url).signer("ES256").kid != before
    assert running.readable()


def test_turned_keys_are_ready_at_once(running: Keyholder, url: str, now: datetime) -> None:
    keys.rotate_keyring(url, now=now + LEAD)
    assert running.readable()


def test_keys_of_another_provider_are_never_taken(
    running: Keyholder, folder: Path, other: Path, clock: Clock, leak_alarm: LeakAlarm
) -> None:
    mine, jwks = running.bridge.check_value, running.jwks
    swap(folder, other)

    clock.seconds += LOOK_EVERY
    assert running.jwks == jwks
    assert running.bridge.check_value == running.keyring.bridge.check_value == mine
    assert not running.readable()
    assert [(line["level"], line["event"]) for line in leak_alarm.events] == [("error", "keys_refused")]

    swap(folder, other)
    clock.seconds += OPEN_EVERY
    assert running.readable()
    assert running.jwks == jwks


def test_damaged_keys_are_told_in_the_log_and_the_last_good_ones_stay(
    running: Keyholder, folder: Path, clock: Clock, leak_alarm: LeakAlarm
) -> None:
    jwks = running.jwks
    (folder / "signing.json").write_text("damaged")

    for _ in range(5):
        clock.seconds += LOOK_EVERY
        assert running.jwks == jwks
    assert [line["event"] for line in leak_alarm.events] == ["keys_refused"], "once in a while, not at every look"
    assert not running.readable()


def test_a_missing_bridge_is_noticed_while_nothing_has_turned(running: Keyholder, folder: Path, clock: Clock) -> None:
    (folder / "bridge.json").unlink()
    clock.seconds += OPEN_EVERY
    assert not running.readable()


def test_asking_often_opens_the_keys_seldom(running: Keyholder, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    real = keys.open_keyring

    def counted(url: str) -> keys.Keyring:
        opened.append(url)
        return real(url)

    monkeypatch.setattr(keys, "open_keyring", counted)

    for _ in range(1000):
        clock.seconds += OPEN_EVERY / 500
        assert running.readable()
    assert len(opened) <= 2
