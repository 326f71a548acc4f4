"""Keyrings in folders, with one quick algorithm: what these tests turn, damage and mix up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import keys

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path


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
