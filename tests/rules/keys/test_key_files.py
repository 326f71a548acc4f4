from __future__ import annotations

import json
import os
import shutil
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import keys
from keys import KeyFileError, KeyringExists
from keys.backends.file import FILES, FileBackend
from keys.rotation import LEAD

if TYPE_CHECKING:
    from datetime import datetime

    from tests.rules.keys.conftest import Rewritten

NAMES = sorted(FILES)
DAMAGE = settings(max_examples=500, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def refusal(url: str) -> KeyFileError:
    """Open a keyring that must not open, and see that trying it changed nothing."""
    before = seen(Path(url.removeprefix("file:")))
    with pytest.raises(KeyFileError) as caught:
        keys.open_keyring(url)
    assert seen(Path(url.removeprefix("file:"))) == before
    return caught.value


def seen(folder: Path) -> dict[str, int]:
    """Return each file's name and the time of its last change."""
    return {path.name: path.lstat().st_mtime_ns for path in folder.iterdir()} if folder.is_dir() else {}


def test_a_keyring_comes_back_from_its_folder_as_it_was_made(url: str) -> None:
    one, again = keys.open_keyring(url), keys.open_keyring(url)

    assert (one.root.check_value, one.bridge.check_value) == (again.root.check_value, again.bridge.check_value)
    assert one.jwks == again.jwks
    assert one.describe() == again.describe()
    assert one.vault == again.vault


def test_only_the_owner_may_reach_the_files(url: str, folder: Path) -> None:
    offline = folder.parent / "offline"

    for place in (folder, offline):
        assert stat.S_IMODE(place.stat().st_mode) == 0o700
        assert {stat.S_IMODE(file.stat().st_mode) for file in place.iterdir()} == {0o600}
    assert sorted(file.name for file in folder.iterdir()) == NAMES


@DAMAGE
@given(name=st.sampled_from(NAMES), position=st.integers(0), flip=st.integers(1, 255))
def test_any_altered_byte_in_any_file_is_noticed(url: str, folder: Path, name: str, position: int, flip: int) -> None:
    path = folder / name
    good = path.read_bytes()
    bad = bytearray(good)
    bad[position % len(bad)] ^= flip
    path.write_bytes(bad)
    try:
        fault = refusal(url)
    finally:
        path.write_bytes(good)

    assert fault.place == str(path)
    assert "damaged" in fault.fault


@pytest.mark.parametrize("flip", [0x01, 0x20])
def test_any_altered_byte_of_a_checksum_is_noticed(url: str, folder: Path, flip: int) -> None:
    """0x20 turns small letters into capitals, which a hexadecimal number would read alike."""
    path = folder / "root.json"
    good = path.read_bytes()
    for at in range(len(good) - len("sha256 ") - 65, len(good)):
        path.write_bytes(good[:at] + bytes([good[at] ^ flip]) + good[at + 1 :])
        assert "damaged" in refusal(url).fault


@settings(DAMAGE, max_examples=100)
@given(name=st.sampled_from(NAMES), cut=st.integers(1), more=st.binary(max_size=3))
def test_a_file_cut_short_or_with_more_behind_it_is_noticed(
    url: str, folder: Path, name: str, cut: int, more: bytes
) -> None:
    path = folder / name
    good = path.read_bytes()
    path.write_bytes(good + more if more else good[: -(1 + cut % len(good))])
    try:
        fault = refusal(url)
    finally:
        path.write_bytes(good)

    assert (fault.place, "damaged" in fault.fault) == (str(path), True)


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_file_stops_the_start_and_is_not_made_anew(url: str, folder: Path, name: str) -> None:
    (folder / name).unlink()

    fault = refusal(url)

    assert (fault.place, fault.fault) == (str(folder / name), "it is missing")
    assert "backup" in fault.cure
    assert not (folder / name).exists()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("mode", [0o604, 0o640, 0o620, 0o601])
def test_a_file_that_others_may_reach_is_refused(url: str, folder: Path, name: str, mode: int) -> None:
    (folder / name).chmod(mode)

    fault = refusal(url)

    assert fault.place == str(folder / name)
    assert f"(mode {mode:04o})" in fault.fault
    assert f"chmod 600 {folder / name}" in fault.cure


def test_a_folder_that_others_may_enter_is_refused(url: str, folder: Path) -> None:
    folder.chmod(0o711)

    assert f"chmod 700 {folder}" in refusal(url).cure


def test_files_of_another_user_are_refused(url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    me = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: me + 1)

    fault = refusal(url)

    assert fault.fault == f"it belongs to user {me}, not to user {me + 1} who runs this"
    assert f"chown {me + 1} {folder}" in fault.cure


def test_a_file_of_another_user_in_a_folder_of_ours_is_refused(url: str, folder: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a file away")
    os.chown(folder / "bridge.json", 65534, -1)

    assert refusal(url).place == str(folder / "bridge.json")


def test_what_is_no_plain_file_is_refused(url: str, folder: Path) -> None:
    path = folder / "bridge.json"
    elsewhere = folder.parent / "elsewhere.json"
    path.rename(elsewhere)

    path.symlink_to(elsewhere)
    assert "symbolic link" in refusal(url).fault
    path.unlink()
    path.mkdir(mode=0o700)
    assert "not a plain file" in refusal(url).fault
    path.rmdir()
    os.mkfifo(path, mode=0o600)
    assert "not a plain file" in refusal(url).fault


def test_a_folder_that_is_not_there_is_named_with_the_cure(tmp_path: Path) -> None:
    fault = refusal(f"file:{tmp_path / 'nowhere'}")

    assert fault.place == str(tmp_path / "nowhere")
    assert "idp keys init" in fault.cure
    assert not (tmp_path / "nowhere").exists()


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("")

    assert refusal(f"file:{tmp_path / 'keys'}").fault == "it is not a folder"


@pytest.mark.parametrize("name", [name for name in NAMES if name != "root.json"])
def test_parts_of_two_keyrings_are_not_mixed(url: str, folder: Path, now: datetime, tmp_path: Path, name: str) -> None:
    """A bridge restored from another machine would give everybody new pseudonyms."""
    keys.create_keyring(f"file:{tmp_path / 'other'}", now=now, offline=tmp_path / "away", algorithms=["ES256"])
    shutil.copy(tmp_path / "other" / name, folder / name)

    assert "another keyring" in refusal(url).fault


def test_a_file_under_the_name_of_another_is_refused(url: str, folder: Path) -> None:
    shutil.copy(folder / "root.json", folder / "bridge.json")

    assert refusal(url).fault == "it is whole, but not what belongs here"


@pytest.mark.parametrize(
    ("name", "members"),
    [
        ("root.json", {"check_value": "0" * 16}),
        ("bridge.json", {"secret": "AAAA"}),
        ("bridge.json", {"secret": "AAAA" * 8}),
        ("bridge.json", {"secret": "*" * 44}),
        ("bridge.json", {"secret": 7}),
        ("bridge.json", {"surprise": 1}),
        ("root.json", {"created_at": "2026-11-24T08:30:15"}),
        ("signing.json", {"keys": [{"kid": "a"}]}),
        ("sealing.json", {"version": 0}),
        ("vault-public.json", {"threshold": 1}),
        ("vault-public.json", {"authority": "AAAA"}),
        ("vault-public.json", {"officers": []}),
    ],
)
def test_a_file_edited_by_hand_is_refused_without_showing_what_it_holds(
    url: str, folder: Path, rewritten: Rewritten, name: str, members: dict[str, object]
) -> None:
    rewritten(folder / name, **members)

    fault = refusal(url)

    assert fault.place == str(folder / name)
    assert "whole" in fault.fault
    assert not any(str(value) in str(fault) for value in members.values() if len(str(value)) > 3)


def test_signing_keys_under_each_other_s_names_are_refused(url: str, folder: Path, rewritten: Rewritten) -> None:
    body, _, _ = (folder / "signing.json").read_bytes().rpartition(b"sha256 ")
    entries = json.loads(body)["keys"]
    entries[0]["kid"], entries[1]["kid"] = entries[1]["kid"], entries[0]["kid"]
    rewritten(folder / "signing.json", keys=[entries[0] | {"kid": "another"}, entries[1]])

    assert "no usable key" in refusal(url).fault


def test_keys_are_never_overwritten(url: str, folder: Path, now: datetime) -> None:
    before = {file.name: file.read_bytes() for file in folder.iterdir()}

    with pytest.raises(KeyringExists):
        keys.create_keyring(url, now=now, offline=folder.parent / "offline-2", algorithms=["ES256"])

    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
    assert not (folder.parent / "offline-2").exists()


@pytest.mark.parametrize("name", NAMES)
def test_keys_are_not_made_beside_a_part_of_older_ones(url: str, folder: Path, now: datetime, name: str) -> None:
    for file in folder.iterdir():
        if file.name != name:
            file.unlink()

    with pytest.raises(KeyringExists, match=name):
        keys.create_keyring(url, now=now, offline=folder.parent / "offline-2", algorithms=["ES256"])


def test_the_place_itself_refuses_to_be_filled_twice(url: str, folder: Path) -> None:
    """Of two operators who make keys at once, the second finds the first one's when it gets the lock."""
    place = FileBackend(folder)
    contents = place.load()
    for name in NAMES:
        if name != "sealing.json":
            (folder / name).unlink()

    with pytest.raises(KeyringExists, match=r"sealing\.json"):
        place.create(contents)
    assert seen(folder).keys() == {"sealing.json"}
    assert url == f"file:{folder}"


def test_a_keyring_that_lasts_needs_a_place_for_what_is_carried_away(folder: Path, now: datetime) -> None:
    with pytest.raises(ValueError, match="offline"):
        keys.create_keyring(f"file:{folder}", now=now)
    assert not folder.exists()


def test_a_folder_with_rights_for_others_is_not_used_for_new_keys(folder: Path, now: datetime) -> None:
    folder.mkdir(mode=0o755)
    folder.chmod(0o755)

    with pytest.raises(KeyFileError, match="chmod 700"):
        keys.create_keyring(f"file:{folder}", now=now, offline=folder.parent / "offline", algorithms=["ES256"])

    assert not (folder.parent / "offline").exists()  # so that the second try finds nothing in its way


@pytest.mark.parametrize("step", ["write", "fsync", "replace"])
def test_a_rotation_that_fails_halfway_leaves_the_keys_as_they_were(
    url: str, folder: Path, now: datetime, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    before = keys.open_keyring(url)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        if step == "write":
            patch.setattr(os, "fchmod", full)
        elif step == "fsync":
            patch.setattr(os, "fsync", full)
        else:
            patch.setattr("pathlib.Path.replace", full)
        with pytest.raises(KeyFileError, match="No space left"):
            keys.rotate_keyring(url, now=now + LEAD)

    assert keys.open_keyring(url).jwks == before.jwks
    assert sorted(file.name for file in folder.iterdir()) == NAMES


def test_the_web_process_notices_a_rotation_by_the_command_line(url: str, now: datetime) -> None:
    keyring = keys.open_keyring(url)
    assert not keyring.stale()

    keys.rotate_keyring(url, now=now + timedelta(seconds=1))
    assert not keyring.stale()  # nothing was due

    keys.rotate_keyring(url, now=now + LEAD)
    assert keyring.stale()
    assert not keys.open_keyring(url).stale()


def test_a_keyring_whose_files_have_gone_is_stale(url: str, folder: Path) -> None:
    keyring = keys.open_keyring(url)
    shutil.rmtree(folder)

    assert keyring.stale()


def test_operators_who_turn_the_keys_at_the_same_time_do_so_one_after_the_other(url: str, now: datetime) -> None:
    with ThreadPoolExecutor(4) as operators:
        turns = [operators.submit(keys.rotate_keyring, url, now=now + LEAD, emergency=True).result for _ in range(12)]
        changes = [change for turn in turns for change in turn()]

    gone = [change.kid for change in changes if change.state is keys.State.GONE]
    left = [key.kid for key in keys.open_keyring(url).describe() if key.alg == "ES256"]
    assert len(gone) == len(set(gone)) == 24
    assert len(left) == 2
    assert not set(left) & set(gone)


@pytest.mark.parametrize("url", ["file:", "file://", "vault:/x", "/var/lib/yufu/keys", ""])
def test_an_address_that_names_no_place_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="URL"):
        keys.open_keyring(url)
