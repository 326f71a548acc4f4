from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import pytest

import keys
from keys import KeyFileError, KeyringExists, Offices, WrongShares, offline
from keys.opening import open_inner, open_outer, open_share

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from tests.rules.keys.conftest import Rewritten


@pytest.fixture
def away(url: str, folder: Path) -> Path:
    """Return the folder that was carried away from the keyring at ``url``."""
    assert url == f"file:{folder}"
    return folder.parent / "offline"


def test_each_holder_has_a_file_of_its_own(away: Path) -> None:
    assert sorted(file.name for file in away.iterdir()) == [
        "authority.json",
        *(f"bridge-share-{number}.json" for number in (1, 2, 3)),
        *(f"officer-{number}.json" for number in (1, 2, 3)),
        *(f"root-share-{number}.json" for number in (1, 2, 3)),
    ]


def test_what_was_carried_away_opens_the_vault(url: str, away: Path) -> None:
    sealed = keys.open_keyring(url).vault.seal(b"legal identity", record="r")
    officers = [offline.read_office(away / f"officer-{number}.json") for number in (1, 3)]

    shares = [open_share(sealed, record="r", officer=officer) for officer in officers]
    inner = open_outer(sealed, record="r", shares=shares)

    authority = offline.read_office(away / "authority.json")
    assert open_inner(inner, record="r", authority=authority) == b"legal identity"


def test_a_keyring_holds_no_private_half_of_an_office(url: str, folder: Path, away: Path) -> None:
    held = b"".join(file.read_bytes() for file in folder.iterdir())
    shown = repr(keys.open_keyring(url)).encode()

    for file in [*away.glob("officer-*"), away / "authority.json"]:
        secret = file.read_text().split('"secret": "')[1].split('"')[0].encode()
        assert len(secret) == 128
        assert secret not in held
        assert secret not in shown


def test_offices_that_made_their_own_keys_keep_them(folder: Path, now: datetime) -> None:
    offices = Offices.generate()
    away = folder.parent / "offline"
    keyring = keys.create_keyring(f"file:{folder}", now=now, officers=offices.vault, offline=away, algorithms=["ES256"])

    assert keyring.vault == offices.vault
    assert {file.name.rpartition("-")[0] for file in away.iterdir()} == {"bridge-share", "root-share"}


@pytest.mark.parametrize("name", ["root", "bridge"])
@pytest.mark.parametrize("holders", list(combinations((1, 2, 3), 2)))
def test_any_two_shares_put_a_lost_secret_back(
    url: str, folder: Path, away: Path, name: str, holders: tuple[int, int]
) -> None:
    before = keys.open_keyring(url)
    written = (folder / f"{name}.json").read_bytes()
    (folder / f"{name}.json").unlink()

    assert (
        offline.restore(folder, [away / f"{name}-share-{number}.json" for number in holders]) == folder / f"{name}.json"
    )

    after = keys.open_keyring(url)
    assert (folder / f"{name}.json").read_bytes() == written
    assert after.bridge.subject("shop.example", "p") == before.bridge.subject("shop.example", "p")
    assert after.root.purpose("yufu/x/1") == before.root.purpose("yufu/x/1")


def test_shares_of_two_secrets_or_one_alone_put_nothing_back(folder: Path, away: Path) -> None:
    (folder / "bridge.json").unlink()

    for names in (["bridge-share-1"], ["bridge-share-1", "root-share-2"], ["bridge-share-1", "bridge-share-1"], []):
        with pytest.raises(WrongShares):
            offline.restore(folder, [away / f"{name}.json" for name in names])
    assert not (folder / "bridge.json").exists()


def test_shares_of_another_keyring_put_nothing_back(folder: Path, away: Path, now: datetime, tmp_path: Path) -> None:
    keys.create_keyring(f"file:{tmp_path / 'other'}", now=now, offline=tmp_path / "away", algorithms=["ES256"])
    (folder / "bridge.json").unlink()

    with pytest.raises(WrongShares):
        offline.restore(folder, [away / "bridge-share-1.json", tmp_path / "away" / "bridge-share-2.json"])


def test_shares_that_name_another_secret_than_they_make_up_put_nothing_back(
    folder: Path, away: Path, rewritten: Rewritten
) -> None:
    (folder / "bridge.json").unlink()
    shares = [away / f"bridge-share-{number}.json" for number in (1, 2)]

    rewritten(shares[0], check_value="0" * 16)
    with pytest.raises(WrongShares, match="not shares of one secret"):
        offline.restore(folder, shares)
    rewritten(shares[1], check_value="0" * 16)
    with pytest.raises(WrongShares, match="not the secret they name"):
        offline.restore(folder, shares)
    for share in shares:
        rewritten(share, of="signing")
    with pytest.raises(WrongShares):
        offline.restore(folder, shares)
    assert not (folder / "bridge.json").exists()


def test_a_secret_that_is_there_is_not_overwritten(folder: Path, away: Path) -> None:
    with pytest.raises(KeyringExists):
        offline.restore(folder, [away / f"bridge-share-{number}.json" for number in (1, 2)])


def test_a_damaged_share_is_named(folder: Path, away: Path) -> None:
    (folder / "bridge.json").unlink()
    path = away / "bridge-share-2.json"
    path.write_bytes(path.read_bytes().replace(b'"number": 2', b'"number": 3'))

    with pytest.raises(KeyFileError, match=r"bridge-share-2\.json: it is damaged"):
        offline.restore(folder, [away / "bridge-share-1.json", path])
