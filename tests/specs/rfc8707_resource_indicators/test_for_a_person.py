"""A site acts for a person at an API: each of the two knows the person by its own pseudonym (RFC 8707)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from idp.oidc.subject import subject_of
from idp.store.models import Grant, table_of
from tests.house import House, Site, answered, page_of, payload
from tests.specs.oauth_refresh.test_refresh import lasting_site, refresh
from tests.specs.rfc7662_introspection.test_introspection import introspect, told
from tests.specs.rfc9068_jwt_access_tokens.test_for_a_resource import API, with_resources

if TYPE_CHECKING:
    from tests.house import Person


@pytest.fixture
def api(house: House) -> Site:
    """The client that is the API."""
    return with_resources(house, "api", API)


def tokens(site: Site, person: Person, **changes: Any) -> dict[str, Any]:
    answer: dict[str, Any] = site.token(code=person.code_for(site, resource=API, **changes)).get_json()
    return answer


def test_each_side_learns_its_own_pseudonym_and_no_other(house: House, api: Site) -> None:
    site, person = house.site(), house.person()
    answer = tokens(site, person)
    bridge = house.services.keyring.bridge
    here, there = (subject_of(bridge, person.person_id, sector=each.client.sector).value for each in (site, api))
    assert here != there
    assert payload(answer["id_token"])["sub"] == here
    assert told(site, answer["access_token"])["sub"] == here
    seen = told(api, answer["access_token"])
    assert (seen["sub"], seen["aud"], seen["client_id"]) == (there, API, "shop")
    assert there not in str(answer)
    assert here not in str(seen)


def test_the_token_says_nothing_by_itself(house: House, api: Site) -> None:
    assert api.client.resources == (API,)
    assert "." not in tokens(house.site(), house.person())["access_token"]


@pytest.mark.usefixtures("api")
def test_userinfo_is_another_resource(house: House) -> None:
    site = house.site()
    refused = site.userinfo(tokens(site, house.person())["access_token"])
    assert (refused.status_code, refused.get_json()["error"]) == (401, "invalid_token")


def test_another_api_learns_nothing(house: House, api: Site) -> None:
    other = with_resources(house, "other", "https://other.example/")
    token = tokens(house.site(), house.person())["access_token"]
    assert told(other, token) == {"active": False}
    assert introspect(api, token).get_json()["active"] is True


@pytest.mark.usefixtures("api")
def test_the_person_is_asked_and_told_what_it_means(house: House) -> None:
    site, person = house.site(), house.person()
    person.arrive(site.request())
    page = person.visit(person.visit(site.request(resource=API)).headers["Location"])
    assert page_of(page) == "consent"
    assert "you are the same person" in page.text
    assert "code" in answered(person.arrive(site.request(resource=API)))
    assert "code" in answered(person.visit(site.request(resource=API, prompt="none")))


@pytest.mark.parametrize("resource", ["https://unknown.example/", API + "/"])
def test_an_unknown_resource_is_an_invalid_target(house: House, api: Site, resource: str) -> None:
    assert api.client.resources == (API,)
    site, person = house.site(), house.person()
    assert answered(person.visit(site.request(resource=resource)))["error"] == "invalid_target"


@pytest.mark.usefixtures("api")
def test_the_token_is_for_what_was_asked_and_nothing_else(house: House) -> None:
    site, person = house.site(), house.person()
    code = person.code_for(site, resource=API)
    assert site.token(code=code, resource="https://other.example/").get_json()["error"] == "invalid_target"
    assert site.token(code=code, resource=API).status_code == 200, "a wrong guess burns nothing"


def test_a_refresh_is_for_the_same_api(house: House, api: Site) -> None:
    site, person = lasting_site(house), house.person()
    scope = "openid offline_access"
    answer = site.token(
        code=person.code_for(site, resource=API, scope=scope), redirect_uri=site.client.redirect_uris[0]
    ).get_json()
    renewed = refresh(site, answer["refresh_token"]).get_json()
    assert told(api, renewed["access_token"])["active"] is True
    refused = refresh(site, answer["refresh_token"], resource="https://other.example/")
    assert refused.get_json()["error"] == "invalid_target"


def test_the_row_holds_one_pseudonym_in_clear(house: House, api: Site) -> None:
    site, person = house.site(), house.person()
    tokens(site, person)
    there = subject_of(house.services.keyring.bridge, person.person_id, sector=api.client.sector).value
    with house.services.database.read() as connection:
        row = connection.execute(select(table_of(Grant))).one()
    assert there.encode() not in row.sealed
    assert there not in [row.sub, row.sid, row.scope, row.resource]
