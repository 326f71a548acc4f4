"""A provider in a laboratory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from idp.settings import OidcSettings
from tests import house as building

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import keys
    from tests.house import House


@pytest.fixture
def laboratory(tmp_path: Path, keyring: keys.Keyring) -> Iterator[House]:
    """A provider with the certification profile switched on."""
    built = building.build(tmp_path, keyring, oidc=OidcSettings(certification_profile=True))
    yield built
    built.services.database.close()
