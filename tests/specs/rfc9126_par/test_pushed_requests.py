"""A client sends its request ahead and the browser carries a reference that is good once (RFC 9126)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from idp.store.models import PushedRequest, table_of
from tests.house import ISSUER, House, answered, page_of, payload
from tests.signing_client import SigningClient

if TYPE_CHECKING:
    from werkzeug.test import TestResponse


def error_of(response: TestResponse) -> str:
    assert response.status_code in {400, 401}, response.text
    assert response.mimetype == "application/json"
    assert response.headers["Cache-Control"] == "no-store"
    return str(response.get_json()["error"])


def test_a_pushed_request_is_answered_by_its_reference_alone(house: House) -> None:
    """fapi2-security-profile-final-happy-flow, -par-without-duplicate-parameters"""
    client, person = SigningClient.register(house), house.person()
    answer = client.push()
    assert answer.status_code == 201
    assert answer.headers["Cache-Control"] == "no-store"
    content = answer.get_json()
    assert set(content) == {"request_uri", "expires_in"}
    assert content["request_uri"].startswith("urn:ietf:params:oauth:request_uri:")
    assert len(content["request_uri"].rpartition(":")[2]) >= 43
    assert 5 <= content["expires_in"] <= 90
    reply = answered(person.arrive(client.address(content["request_uri"])))
    assert reply["state"] == "some state"
    assert reply["iss"] == ISSUER
    assert client.redeem(reply["code"]).status_code == 200


def test_what_stands_beside_the_reference_counts_for_nothing(house: House) -> None:
    """…-different-nonce-inside-and-outside, -different-state…, -state-only-outside"""
    client, person = SigningClient.register(house), house.person()
    where = (
        client.pushed(state=None)
        + "&state=outside&nonce=outside&scope=openid+verified&redirect_uri=https://evil.example/"
    )
    reply = answered(person.arrive(where))
    assert set(reply) == {"code", "iss"}
    assert payload(client.redeem(reply["code"]).get_json()["id_token"])["nonce"] == "some nonce"


def test_a_reference_opens_as_often_as_a_browser_needs_and_is_answered_once(house: House) -> None:
    """…-par-attempt-reuse-request_uri, …-request-uri-can-be-visited-twice"""
    client, person = SigningClient.register(house), house.person()
    where = client.pushed()
    stranger = house.stranger()
    assert page_of(stranger.arrive(where)) == "sign-in"
    assert page_of(stranger.arrive(where)) == "sign-in"
    assert "code" in answered(person.arrive(where))
    again = person.visit(where)
    assert again.status_code == 400
    assert page_of(again) == "error"


def test_a_person_may_take_longer_over_the_pages_than_the_reference_lives(house: House) -> None:
    client, person = SigningClient.register(house), house.person()
    page = person.visit(person.visit(client.pushed()).headers["Location"])
    assert page_of(page) == "code-name"
    house.wait(minutes=10)
    onward = person.submit(page, "submit", name="Quiet Heron")
    assert "code" in answered(person.arrive(onward.headers["Location"]))


def test_two_tabs_with_one_request_get_one_code(house: House) -> None:
    client, person = SigningClient.register(house), house.person()
    where = client.pushed()
    pages = [person.visit(person.visit(where).headers["Location"]) for _ in range(2)]
    onward = [person.submit(page, "submit", name="Quiet Heron").headers["Location"] for page in pages]
    assert "code" in answered(person.arrive(onward[0]))
    assert page_of(person.arrive(onward[1])) == "error"


def test_an_error_uses_the_reference_up_too(house: House) -> None:
    client = SigningClient.register(house)
    where = client.pushed(prompt="none")
    stranger = house.stranger()
    assert answered(stranger.visit(where))["error"] == "login_required"
    assert page_of(stranger.visit(where)) == "error"


def test_a_reference_ends(house: House) -> None:
    """…-par-attempt-to-use-expired-request_uri"""
    client, person = SigningClient.register(house), house.person()
    where = client.pushed()
    house.wait(seconds=61)
    assert page_of(person.visit(where)) == "error"


def test_a_reference_is_its_clients_alone(house: House) -> None:
    """…-par-attempt-to-use-request_uri-for-different-client"""
    client, other, person = SigningClient.register(house), SigningClient.register(house, "other"), house.person()
    request_uri = client.push().get_json()["request_uri"]
    refused = person.visit(other.address(request_uri))
    assert page_of(refused) == "error"
    assert "code" in answered(person.arrive(client.address(request_uri)))


@pytest.mark.parametrize("tail", ["", "x", "%00", "A" * 43])
def test_a_reference_nobody_was_given_is_a_page(house: House, tail: str) -> None:
    client = SigningClient.register(house)
    where = client.address("urn:ietf:params:oauth:request_uri:" + tail)
    assert page_of(house.person().visit(where)) == "error"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"request_uri": "urn:ietf:params:oauth:request_uri:x"}, "invalid_request"),
        ({"redirect_uri": None}, "invalid_request"),
        ({"redirect_uri": "https://evil.example/"}, "invalid_request"),
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"client_id": "somebody"}, "invalid_client"),
    ],
)
def test_a_pushed_request_is_judged_at_once_by_the_tables_of_the_front_door(
    house: House, changes: dict[str, Any], error: str
) -> None:
    client = SigningClient.register(house)
    SigningClient.register(house, "somebody")
    assert error_of(client.push(**changes)) == error


@pytest.mark.parametrize(
    ("proof", "error"),
    [
        ({"client_assertion": "x"}, "invalid_client"),
        ({"client_assertion": None, "client_assertion_type": None}, "invalid_client"),
        ({"client_assertion_type": "x"}, "invalid_client"),
    ],
)
def test_only_the_client_itself_pushes(house: House, proof: dict[str, Any], error: str) -> None:
    client = SigningClient.register(house)
    form = {name: value for name, value in (client.proof() | client.wish() | proof).items() if value is not None}
    assert error_of(house.browser().post("/par", base_url=ISSUER, data=form)) == error


@pytest.mark.parametrize("path", ["/par", "/token"])
def test_an_assertion_may_be_addressed_to_the_endpoint_it_is_sent_to(house: House, path: str) -> None:
    client = SigningClient.register(house)
    proof = client.proof(aud=ISSUER + path)
    assert house.browser().post("/par", base_url=ISSUER, data=client.wish() | proof).status_code == 201


def test_a_get_is_not_offered(house: House) -> None:
    assert house.browser().get("/par", base_url=ISSUER).status_code == 405


def test_a_parameter_given_twice_is_refused(house: House) -> None:
    site = house.site()
    response = house.browser().post(
        "/par", base_url=ISSUER, data="scope=openid&scope=openid&response_type=code",
        headers={"Authorization": site.basic()}, content_type="application/x-www-form-urlencoded",
    )  # fmt: skip
    assert error_of(response) == "invalid_request"


def test_a_client_with_a_secret_or_without_one_may_push_too(house: House) -> None:
    site, app = house.site(), house.site("app", token_endpoint_auth_method="none")
    wish = SigningClient(house, site, None, "").wish  # type: ignore[arg-type] # signs nothing
    by_secret = house.browser().post("/par", base_url=ISSUER, data=wish(), headers={"Authorization": site.basic()})
    assert by_secret.status_code == 201
    by_id = house.browser().post("/par", base_url=ISSUER, data=wish(client_id=app.client.client_id))
    assert by_id.status_code == 201


def test_a_client_that_has_to_push_is_held_to_it(house: House) -> None:
    """…-ensure-request-without-par-fails"""
    client, person = SigningClient.register(house, require_pushed_authorization_requests=True), house.person()
    refused = answered(person.visit(client.site.request(scope="openid profile")))
    assert refused["error"] == "invalid_request"
    assert "code" in answered(person.arrive(client.pushed()))


def test_the_row_says_nothing_of_what_was_asked(house: House) -> None:
    client = SigningClient.register(house)
    client.push(login_hint="somebody@example.org")
    pushed = table_of(PushedRequest)
    with house.services.database.read() as connection:
        row = connection.execute(select(pushed)).one()
    assert b"somebody" not in row.sealed
    assert b"callback" not in row.sealed
