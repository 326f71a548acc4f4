"""openid-client (npm) signs in against the provider as it ships."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.interop.tools import NODE, PACKAGES, needs, signed_in_by

if TYPE_CHECKING:
    from tests.live import Provider

CALLBACK = "http://localhost:9100/callback"

pytestmark = [pytest.mark.interop, needs(NODE, PACKAGES / "openid-client")]


@pytest.mark.parametrize("algorithm", ["ES256", "RS256", "PS256"])
def test_openid_client_signs_a_verified_person_in(provider: Provider, algorithm: str) -> None:
    site = provider.add_client(
        client_name="openid-client",
        redirect_uris=[CALLBACK],
        scope="openid profile verified age",
        id_token_signed_response_alg=algorithm,
    )
    given = [site["client_id"], site["client_secret"], CALLBACK]
    answer = signed_in_by(provider, "openid_client.mjs", given, callback=CALLBACK)
    assert answer["claims"]["verified"] is True
    assert answer["userinfo"]["sub"] == answer["claims"]["sub"]
    assert answer["userinfo"]["preferred_username"] == "Quiet Heron"
    assert answer["userinfo"]["age_over_18"] is True
