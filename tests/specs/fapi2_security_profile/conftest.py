"""Two clients with keys of their own, as the plan wants them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from idp.settings import OidcSettings
from tests import house as building
from tests.fapi_client import FapiClient

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import keys
    from tests.house import House


@pytest.fixture
def first(house: House) -> FapiClient:
    """The one that signs with PS256."""
    return FapiClient.of(house, "first", algorithm="PS256", scope="openid profile offline_access",
                         grant_types=["authorization_code", "refresh_token"])  # fmt: skip


@pytest.fixture
def second(house: House) -> FapiClient:
    """The one that signs with ES256."""
    return FapiClient.of(house, "second", scope="openid profile offline_access",
                         grant_types=["authorization_code", "refresh_token"])  # fmt: skip


@pytest.fixture(params=["PS256", "ES256"])
def client(request: pytest.FixtureRequest) -> FapiClient:
    """Each of them in turn."""
    found: FapiClient = request.getfixturevalue("first" if request.param == "PS256" else "second")
    return found


@pytest.fixture
def hybrid_house(tmp_path: Path, keyring: keys.Keyring) -> Iterator[House]:
    """A laboratory that offers the implicit and hybrid response types."""
    built = building.build(tmp_path, keyring, oidc=OidcSettings(certification_profile=True))
    yield built
    built.services.database.close()
