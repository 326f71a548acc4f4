"""One provider for every relying party."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests import live

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[live.Provider]:
    """A provider as it ships, with demo people."""
    with live.provider(tmp_path_factory.mktemp("provider")) as running:
        yield running
