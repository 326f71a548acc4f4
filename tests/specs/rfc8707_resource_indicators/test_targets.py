"""Which resources a token can be asked for (RFC 8707 §2)."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from idp.store import clients
from tests.house import ISSUER, House, Site, payload
from tests.specs.oauth_client_credentials.test_client_credentials import ITS_OWN, asked
from tests.specs.rfc9068_jwt_access_tokens.test_for_a_resource import API, token_for, with_resources

UNKNOWN = "https://unknown.example/"


@pytest.fixture
def batch(house: House) -> Site:
    with_resources(house, "api", API)
    return house.site("batch", sector="batch.example", allowed_resources=[API, UNKNOWN], **ITS_OWN)


@pytest.mark.parametrize("resource", [UNKNOWN, API + "/", API.upper(), "orders", API + "#part"])
def test_a_resource_that_nobody_answers_to_is_refused(batch: Site, resource: str) -> None:
    """RFC 8707 §2: compared as it stands."""
    refused = asked(batch, resource=resource)
    assert (refused.status_code, refused.get_json()["error"]) == (400, "invalid_target")


@pytest.mark.parametrize("allowed", [[], [UNKNOWN]], ids=["nothing", "another"])
def test_a_client_acts_for_itself_only_where_an_operator_lets_it(house: House, allowed: list[str]) -> None:
    """Whether it was told no, or there is no such API, it hears the same."""
    with_resources(house, "api", API)
    other = house.site("other", sector="other.example", allowed_resources=allowed, **ITS_OWN)
    refused, unknown = asked(other, resource=API), asked(other, resource="https://nowhere.example/")
    assert (refused.status_code, refused.get_json()["error"]) == (400, "invalid_target")
    assert refused.get_json() == unknown.get_json()
    assert asked(other).status_code == 200, "without a resource it may"


def test_an_api_may_act_for_itself_at_its_own_resource(house: House) -> None:
    api = with_resources(house, "api", API)
    assert payload(token_for(api))["aud"] == API


def test_who_may_ask_a_person_needs_no_word_of_the_operator(house: House) -> None:
    with_resources(house, "api", API)
    site = house.site()
    assert site.client.allowed_resources == ()
    assert site.token(code=house.person().code_for(site, resource=API)).status_code == 200


def test_a_token_is_for_one_resource(batch: Site) -> None:
    body = urlencode([("grant_type", "client_credentials"), ("resource", API), ("resource", API)])
    headers = {"Authorization": batch.basic(), "Content-Type": "application/x-www-form-urlencoded"}
    refused = batch.house.app.test_client().post("/token", base_url=ISSUER, data=body, headers=headers)
    assert (refused.status_code, refused.get_json()["error"]) == (400, "invalid_target")


def test_a_resource_goes_with_the_client_behind_it(batch: Site) -> None:
    assert token_for(batch)
    with batch.house.services.database.write() as connection:
        clients.disable(connection, client_id="api", now=batch.house.now)
    assert asked(batch, resource=API).get_json()["error"] == "invalid_target"
