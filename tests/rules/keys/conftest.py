"""Keyrings in folders, with one quick algorithm: what these tests turn, damage and mix up."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Protocol

import pytest

import keys

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path


class Rewritten(Protocol):
    """Changes a key file's members under a checksum that fits, as somebody who edits it by hand would."""

    def __call__(self, path: Path, **members: object) -> None: ...


@pytest.fixture
def rewritten() -> Rewritten:
    """Return the hand that edits key files."""

    def edit(path: Path, **members: object) -> None:
        body, _, _ = path.read_bytes().rpartition(b"sha256 ")
        text = json.dumps(json.loads(body) | members).encode() + b"\n"
        path.write_bytes(text + b"sha256 " + hashlib.sha256(text).hexdigest().encode() + b"\n")

    return edit


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a keyring is, or will be."""
    return tmp_path / "keys"


@pytest.fixture
def url(folder: Path, now: datetime) -> str:
    """Name a keyring that is kept in a folder; what is offline lies in ``offline`` beside it."""
    address = f"file:{folder}"
    keys.create_keyring(address, now=now, offline=folder.parent / "offline", algorithms=["ES256"])
    return address
