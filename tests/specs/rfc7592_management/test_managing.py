"""A registered site looks after its registration by its own token, and after no other's (RFC 7592)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from idp.store import clients
from tests.house import payload
from tests.registering import call, invite, register, told

if TYPE_CHECKING:
    from tests.house import House


def test_a_site_reads_its_registration(house: House) -> None:
    """3rd-party-init: ``initiate_login_uri`` is told again by GET."""
    registered = register(house, initiate_login_uri="https://new.example/start")
    response = registered.call("GET")
    assert (response.status_code, response.mimetype) == (200, "application/json")
    without_secret = {name: value for name, value in registered.answer.items() if "secret" not in name}
    assert {name: told(response)[name] for name in without_secret} == without_secret
    assert told(response)["initiate_login_uri"] == "https://new.example/start"
    assert "client_secret" not in told(response)
    assert registered.call("HEAD").status_code == 200


def test_a_deleted_site_is_gone_with_all_it_was_granted(house: House) -> None:
    """Every module of the dynamic plans ends so (oidcc-server)."""
    registered = register(house)
    site = registered.site
    tokens = told(site.token(code=house.person().code_for(site, scope="openid")))
    waiting = house.person().code_for(site, scope="openid")
    response = registered.call("DELETE")
    assert (response.status_code, response.data) == (204, b"")
    assert site.userinfo(tokens["access_token"]).status_code == 401
    assert told(site.token(code=waiting))["error"] in {"invalid_client", "invalid_grant"}
    assert registered.call("GET").status_code == 401
    assert registered.call("DELETE").status_code == 401
    assert house.person().visit(site.request()).status_code == 400


def test_the_pseudonyms_of_a_deleted_site_stay(house: House) -> None:
    """A site that comes back knows people again: a sector is for ever."""
    person, first = house.person(), register(house)
    before = told(first.site.token(code=person.code_for(first.site)))
    first.call("DELETE")
    again = register(house)
    after = told(again.site.token(code=person.code_for(again.site)))
    assert payload(before["id_token"])["sub"] == payload(after["id_token"])["sub"]


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_a_token_manages_one_registration_and_no_other(house: House, method: str) -> None:
    mine = register(house)
    other = register(house, redirect_uris=["https://other.example/cb"])
    body = other.metadata if method == "PUT" else None
    refusals = [
        other.call(method, token=mine.token, body=body),
        other.call(method, token="x" * 43, body=body),
        call(house, method, "/register?client_id=nobody", token=mine.token, body=body),
        call(house, method, "/register", token=mine.token, body=body),
    ]
    assert {each.status_code for each in refusals} == {401}
    assert len({told(each)["error_description"] for each in refusals}) == 1
    assert all('error="invalid_token"' in each.headers["WWW-Authenticate"] for each in refusals)
    assert other.call("GET").status_code == 200


def test_an_invitation_manages_nothing(house: House) -> None:
    registered = register(house)
    assert registered.call("GET", token=invite(house)).status_code == 401


def test_an_update_puts_the_whole_in_the_place_of_the_old(house: House) -> None:
    registered = register(house, policy_uri="https://new.example/privacy")
    response = registered.change(client_name="Newer", policy_uri=None)
    assert response.status_code == 200, response.text
    assert told(response)["client_name"] == "Newer"
    assert "policy_uri" not in told(response)
    assert told(response)["client_id"] == registered.answer["client_id"]
    assert registered.site.client.name == "Newer"


def test_our_own_answer_sent_back_changes_nothing(house: House) -> None:
    registered = register(house)
    before = registered.site.client
    response = registered.change()
    assert response.status_code == 200, response.text
    assert registered.site.client == before
    site = registered.site
    assert site.token(code=house.person().code_for(site)).status_code == 200


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"client_id": "another"}, "invalid_client_metadata"),
        ({"client_id": None}, "invalid_client_metadata"),
        ({"client_secret": "guessed"}, "invalid_client_metadata"),
        ({"client_secret": 7}, "invalid_client_metadata"),
        ({"registration_access_token": "x"}, "invalid_client_metadata"),
        ({"redirect_uris": ["https://new.example/cb#x"]}, "invalid_redirect_uri"),
        ({"redirect_uris": None}, "invalid_redirect_uri"),
        ({"resources": ["https://api.example/"]}, "invalid_client_metadata"),
        ({"allowed_resources": ["https://api.example/"]}, "invalid_client_metadata"),
        ({"legal_basis": "because"}, "invalid_client_metadata"),
        ({"require_pkce": False}, "invalid_client_metadata"),
        ({"redirect_uris": ["https://another.example/cb"]}, "invalid_client_metadata"),
        ({"redirect_uris": ["https://new.example/cb", "https://another.example/cb"]}, "invalid_redirect_uri"),
    ],
)
def test_an_update_is_judged_like_a_registration_and_moves_nobody(
    house: House, changes: dict[str, Any], error: str
) -> None:
    registered = register(house)
    before = registered.site.client
    response = registered.change(**changes)
    assert (response.status_code, told(response)["error"]) == (400, error)
    assert registered.site.client == before


def test_what_the_operator_decided_outlasts_an_update(house: House) -> None:
    registered = register(house)
    api, there = ("https://api.example/",), ("https://there.example/",)
    decided = replace(registered.site.client, legal_basis="Act 7", resources=api, allowed_resources=there)
    with house.services.database.write() as connection:
        clients.replace(connection, decided, now=house.now)
    shown = told(registered.call("GET"))
    assert shown["legal_basis"] == "Act 7"
    for sent in ({}, {"legal_basis": "Act 7", "resources": [*api], "allowed_resources": [*there]}):
        assert registered.change(client_name="Newer", **sent).status_code == 200
        house.wait(seconds=6)
        client = registered.site.client
        assert (client.legal_basis, client.resources, client.allowed_resources) == ("Act 7", api, there)


def test_a_change_of_method_issues_or_drops_the_secret(house: House) -> None:
    registered = register(house, token_endpoint_auth_method="none")
    made = told(registered.change(token_endpoint_auth_method="client_secret_post"))
    assert made["client_secret_expires_at"] == 0
    assert registered.site.client.secret_hash is not None
    dropped = told(registered.change(token_endpoint_auth_method="none"))
    assert "client_secret" not in dropped
    assert registered.site.client.secret_hash is None
