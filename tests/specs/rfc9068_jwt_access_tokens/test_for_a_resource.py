"""A token that an API reads itself (RFC 9068), asked for by a resource indicator (RFC 8707)."""

from __future__ import annotations

from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.dpop_sender import Sender
from tests.house import ISSUER, House, Site, payload
from tests.specs.oauth_client_credentials.test_client_credentials import ITS_OWN, asked, of_its_own
from tests.specs.rfc7662_introspection.test_introspection import told

API = "https://api.example/orders"


@pytest.fixture
def batch(house: House) -> Site:
    return house.site("batch", sector="batch.example", allowed_resources=[API, "https://other.example/"], **ITS_OWN)


@pytest.fixture
def api(house: House) -> Site:
    """The client that is the API; only an operator says so."""
    return with_resources(house, "api", API)


def with_resources(house: House, client_id: str, *resources: str, **metadata: Any) -> Site:
    usual = ITS_OWN | {"sector": f"{client_id}.example", "resources": list(resources)}
    return house.site(client_id, **(usual | metadata))


def token_for(batch: Site, resource: str = API) -> str:
    token: str = asked(batch, resource=resource).get_json()["access_token"]
    return token


@pytest.mark.usefixtures("api")
def test_the_token_says_what_rfc_9068_wants_and_nothing_else(batch: Site) -> None:
    """RFC 9068 §2.1, §2.2: typ, the members, and the client as the subject where there is no person."""
    published = KeySet.import_key_set(batch.house.browser().get("/jwks", base_url=ISSUER).get_json())
    read = jwt.decode(token_for(batch), published, algorithms=["ES256"])
    since = int(batch.house.now.timestamp())
    jti = read.claims.pop("jti")
    assert read.header["typ"] == "at+jwt"
    assert read.claims == {
        "iss": ISSUER,
        "aud": API,
        "client_id": "batch",
        "sub": "batch",
        "iat": since,
        "exp": since + batch.house.settings.oidc.access_token_seconds,
    }
    assert jti != payload(token_for(batch))["jti"]


@pytest.mark.usefixtures("api")
def test_userinfo_takes_neither_the_token_nor_what_names_it(batch: Site) -> None:
    token = token_for(batch)
    for presented in (token, payload(token)["jti"]):
        refused = batch.userinfo(presented)
        assert (refused.status_code, refused.get_json()["error"]) == (401, "invalid_token")


def test_the_client_and_the_resource_may_introspect_it(batch: Site, api: Site) -> None:
    """RFC 7662 §2.2."""
    token = token_for(batch)
    for caller in (batch, api):
        content = told(caller, token)
        assert content["active"] is True
        assert (content["aud"], content["sub"], content["client_id"]) == (API, "batch", "batch")


@pytest.mark.usefixtures("api")
def test_another_resource_learns_nothing_of_it(batch: Site) -> None:
    """RFC 7662 §4: whom a token is not for hears that it is not active."""
    other = with_resources(batch.house, "other", "https://other.example/")
    assert told(other, token_for(batch)) == {"active": False}


def test_introspection_tells_of_a_revocation_before_the_signature_does(batch: Site, api: Site) -> None:
    """RFC 7009 §2.1; only the client it was given to can end it."""
    token = token_for(batch)
    assert of_its_own(api, "/revoke", token).status_code == 200
    assert told(api, token)["active"] is True
    assert of_its_own(batch, "/revoke", token).status_code == 200
    assert told(api, token) == {"active": False}


def test_introspection_tells_when_its_time_is_over(batch: Site, api: Site) -> None:
    token = token_for(batch)
    batch.house.wait(seconds=batch.house.settings.oidc.access_token_seconds)
    assert told(api, token) == {"active": False}


def test_a_token_with_a_changed_audience_is_none(batch: Site, api: Site) -> None:
    header, _, signature = token_for(batch).split(".")
    other = with_resources(batch.house, "other", "https://other.example/")
    _, foreign, _ = token_for(batch, "https://other.example/").split(".")
    for caller in (api, other, batch):
        assert told(caller, f"{header}.{foreign}.{signature}") == {"active": False}


@pytest.mark.usefixtures("api")
def test_a_token_for_nobody_in_particular_stays_opaque(batch: Site) -> None:
    answer: dict[str, Any] = asked(batch).get_json()
    assert "." not in answer["access_token"]


def test_a_bound_token_tells_the_resource_its_key(batch: Site, api: Site) -> None:
    """RFC 9449 §6.1: ``cnf`` in the token and in what introspection tells of it."""
    sender = Sender(batch.house)
    headers = {"Authorization": batch.basic(), "DPoP": sender.proof("/token")}
    form = {"grant_type": "client_credentials", "resource": API}
    answer = batch.house.app.test_client().post("/token", base_url=ISSUER, data=form, headers=headers).get_json()
    assert answer["token_type"] == "DPoP"
    assert payload(answer["access_token"])["cnf"] == {"jkt": sender.jkt}
    assert told(api, answer["access_token"])["cnf"] == {"jkt": sender.jkt}
