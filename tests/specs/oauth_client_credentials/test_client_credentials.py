"""A client that acts for itself (RFC 6749 §4.4)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from clients.metadata import InvalidClientMetadata
from tests.house import ISSUER, House, Site
from tests.security.recorder import statements

ITS_OWN: dict[str, Any] = {"grant_types": ["client_credentials"], "response_types": [], "redirect_uris": []}


@pytest.fixture
def batch(house: House) -> Site:
    """A client without people: a nightly batch."""
    return house.site("batch", sector="batch.example", **ITS_OWN)


def asked(site: Site, **changes: str | None) -> Any:
    changes = {"grant_type": "client_credentials", "redirect_uri": None, "code_verifier": None} | changes
    body = {name: value for name, value in changes.items() if value is not None}
    headers = {"Authorization": site.basic()}
    return site.house.app.test_client().post("/token", base_url=ISSUER, data=body, headers=headers)


def test_a_client_gets_an_access_token_and_nothing_about_anybody(batch: Site) -> None:
    """RFC 6749 §4.4.3: no refresh token; no ID token, as there is no person; no scope, as none was asked for."""
    answer = asked(batch)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.get_json().keys() == {"access_token", "token_type", "expires_in"}
    assert answer.get_json()["token_type"] == "Bearer"


def test_it_takes_one_statement(batch: Site) -> None:
    assert asked(batch).status_code == 200  # the directory knows the client now
    with statements(batch.house.services.database.engine) as seen:
        assert asked(batch).status_code == 200
    assert len(seen) == 1, seen


def test_the_grant_names_no_subject(batch: Site) -> None:
    asked(batch)
    with batch.house.services.database.read() as connection:
        rows = connection.execute(text("SELECT client_id, sub, sid, code_hash, refresh_until FROM grants")).all()
    assert [tuple(row) for row in rows] == [("batch", None, None, None, None)]


def test_userinfo_has_nobody_to_tell_of(batch: Site) -> None:
    """OIDC Core §5.3: userinfo is about a person who signed in."""
    refused = batch.userinfo(asked(batch).get_json()["access_token"])
    assert (refused.status_code, refused.get_json()["error"]) == (403, "insufficient_scope")
    assert 'error="insufficient_scope"' in refused.headers["WWW-Authenticate"]


@pytest.mark.parametrize("scope", ["openid", "profile", "offline_access", "anything"])
def test_no_scope_of_a_person_can_be_had_without_one(batch: Site, scope: str) -> None:
    refused = asked(batch, scope=scope)
    assert (refused.status_code, refused.get_json()["error"]) == (400, "invalid_scope")


def test_a_client_that_did_not_register_the_grant_is_refused(house: House) -> None:
    refused = asked(house.site())
    assert (refused.status_code, refused.get_json()["error"]) == (400, "unauthorized_client")


def test_a_wrong_secret_gets_nothing(batch: Site) -> None:
    batch.secret = "wrong"
    refused = asked(batch)
    assert (refused.status_code, refused.get_json()["error"]) == (401, "invalid_client")


def test_a_client_without_credentials_cannot_register_the_grant(house: House) -> None:
    """RFC 6749 §4.4: for confidential clients only."""
    with pytest.raises(InvalidClientMetadata, match="client_credentials"):
        house.site(
            grant_types=["authorization_code", "client_credentials"],
            token_endpoint_auth_method="none",
        )


def test_a_token_ends_with_its_time_and_its_row_is_cleared_away(batch: Site) -> None:
    house, token = batch.house, asked(batch).get_json()["access_token"]
    house.wait(seconds=house.settings.oidc.access_token_seconds)
    assert batch.userinfo(token).get_json()["error"] == "invalid_token"


def test_introspection_shows_the_client_its_token_and_no_subject(batch: Site) -> None:
    """RFC 7662 §2.2."""
    told = of_its_own(batch, "/introspect", asked(batch).get_json()["access_token"]).get_json()
    assert told["active"] is True
    assert told["client_id"] == "batch"
    assert not {"sub", "scope", "username"} & told.keys()


def test_a_revoked_token_is_of_no_more_use(batch: Site) -> None:
    """RFC 7009 §2.1."""
    token = asked(batch).get_json()["access_token"]
    assert of_its_own(batch, "/revoke", token).status_code == 200
    assert of_its_own(batch, "/introspect", token).get_json() == {"active": False}


def of_its_own(site: Site, path: str, token: str) -> Any:
    headers = {"Authorization": site.basic()}
    return site.house.app.test_client().post(path, base_url=ISSUER, data={"token": token}, headers=headers)
