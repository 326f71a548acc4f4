"""A provider that is set up, and its operator."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.command_line import Operator

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A provider that is set up, to be copied."""
    somebody = Operator(tmp_path_factory.mktemp("prepared"))
    for words in (["keys", "init"], ["db", "upgrade"]):
        assert somebody.types(*words).returncode == 0
    return somebody.folder


@pytest.fixture
def operator(prepared: Path, tmp_path: Path) -> Operator:
    """An operator of a provider that is set up."""
    shutil.copytree(prepared, tmp_path / "house")
    return Operator(tmp_path / "house")
