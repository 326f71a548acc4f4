"""openid-client (npm) signs in against the provider as it ships."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.interop.tools import NODE, needs
from tests.walker import Walker

if TYPE_CHECKING:
    from tests.live import Provider

HERE = Path(__file__).parent
CALLBACK = "http://localhost:9100/callback"

pytestmark = [pytest.mark.interop, needs(NODE, HERE / "node_modules" / "openid-client")]


@pytest.mark.parametrize("algorithm", ["ES256", "RS256", "PS256"])
def test_openid_client_signs_a_verified_person_in(provider: Provider, algorithm: str) -> None:
    site = provider.add_client(
        client_name="openid-client",
        redirect_uris=[CALLBACK],
        scope="openid profile verified age",
        id_token_signed_response_alg=algorithm,
    )
    command = [
        str(NODE),
        str(HERE / "openid_client.mjs"),
        provider.issuer,
        site["client_id"],
        site["client_secret"],
        CALLBACK,
    ]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=HERE) as relying_party:
        assert relying_party.stdout is not None
        start = relying_party.stdout.readline().strip()
        person = Walker(provider.issuer, stops=(CALLBACK,))
        person.sign_in_as("verified")
        callback = person.settle(person.get(start), code_name="Quiet Heron")
        received, _ = relying_party.communicate(callback + "\n", timeout=30)
    answer = json.loads(received)
    assert answer["claims"]["verified"] is True
    assert answer["userinfo"]["sub"] == answer["claims"]["sub"]
    assert answer["userinfo"]["preferred_username"] == "Quiet Heron"
    assert answer["userinfo"]["age_over_18"] is True
