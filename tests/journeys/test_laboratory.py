"""A laboratory drives the provider by commands: clients from their metadata, people ready made, invitations."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
import requests
from joserfc.jwk import ECKey

from tests.journeys.people import person
from tests.live import IDP, environment_for

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.live import Demo

pytestmark = pytest.mark.browser
BASE = "https://suite.example/test/a/yufu"


def fapi(kid: str) -> dict[str, Any]:
    key = ECKey.generate_key("P-256", {"kid": kid}).as_dict(private=False)
    return {
        "client_name": kid,
        "redirect_uris": [f"{BASE}/callback", f"{BASE}/callback?dummy1=lorem&dummy2=ipsum"],
        "token_endpoint_auth_method": "private_key_jwt",
        "jwks": {"keys": [key | {"use": "sig", "alg": "ES256"}]},
        "dpop_bound_access_tokens": True,
        "id_token_signed_response_alg": "ES256",
        "profile": "fapi2",
        "scope": "openid",
    }


def test_two_clients_of_a_fapi_plan_are_registered_from_their_metadata(demo: Demo) -> None:
    """fapi2-security-profile-final: two static clients, each with a key of its own, and a redirect URI with a query."""
    first, second = (demo.provider.add_client(**fapi(kid)) for kid in ("one", "two"))
    assert first["client_id"] != second["client_id"]
    assert first["sector"] == second["sector"] == "suite.example"
    assert first["redirect_uris"][1].endswith("?dummy1=lorem&dummy2=ipsum")


def test_a_ready_made_person_signs_in_by_the_key_that_was_printed(demo: Demo, chrome: Browser) -> None:
    seeded = json.loads(demo.provider.idp("person", "seed", "--json"))
    with person(chrome, demo) as somebody:
        given = {"authenticatorId": somebody.authenticator_id, "credential": seeded["credential"]}
        somebody.device.send("WebAuthn.addCredential", given)
        somebody.open(f"{demo.shop}/sign-in")
        somebody.arrive("code-name")
        somebody.join(demo.shop, code_name="Laboratory Heron")
        assert somebody.received_by(demo.shop)["verified"] is True
    other = json.loads(demo.provider.idp("person", "seed", "--json"))
    assert other["person_id"] != seeded["person_id"]


def test_nobody_is_made_up_in_production(tmp_path: Path) -> None:

    settings = {
        "IDP_ISSUER": "https://id.example",
        "IDP_PRODUCTION": "true",
        "IDP_DEMO__PEOPLE": "false",
        "IDP_REGISTRY__ADAPTER": "http",
        "IDP_REGISTRY__URL": "https://registry.example/",
        "IDP_REGISTRY__TOKEN": "x",
        "IDP_BANK__ADAPTER": "http",
        "IDP_BANK__URL": "https://bank.example/",
        "IDP_BANK__TOKEN": "x",
    }
    done = subprocess.run(
        [*IDP, "person", "seed", "--json"],
        env=environment_for(tmp_path, port=9000, **settings),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "nobody is real" in done.stderr
    assert "privateKey" not in done.stdout


def test_an_invitation_lets_a_site_register_itself(demo: Demo) -> None:
    idp, register = demo.provider.idp, f"{demo.provider.issuer}/register"
    invited = json.loads(idp("client", "invite", "--label", "Suite", "--uses", "2", "--days", "1", "--json"))
    headers = {"Authorization": f"Bearer {invited['initial_access_token']}"}
    body = {"redirect_uris": ["https://suite.example/cb"], "client_name": "Suite"}
    made = requests.post(register, json=body, headers=headers, timeout=20)
    assert made.status_code == 201, made.text
    listed = json.loads(idp("client", "invitations", "--json"))
    assert [(each["label"], each["uses_left"]) for each in listed] == [("Suite", 1)]
    own = {"Authorization": f"Bearer {made.json()['registration_access_token']}"}
    assert requests.get(made.json()["registration_client_uri"], headers=own, timeout=20).status_code == 200
    shown = json.loads(idp("client", "refresh-logo", made.json()["client_id"], "--json"))
    assert shown["logo"] is False
    assert json.loads(idp("client", "uninvite", "Suite", "--json"))["revoked"] == 1
    assert requests.post(register, json=body, headers=headers, timeout=20).status_code == 401
    assert requests.delete(made.json()["registration_client_uri"], headers=own, timeout=20).status_code == 204
