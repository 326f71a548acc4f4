"""What a request may cost in statements: a silent authorization 4, a token 1, userinfo 1, documents none."""

from __future__ import annotations

import pytest

from tests.house import ISSUER, House, answered, posted
from tests.security.recorder import statements


def test_a_silent_authorization_takes_four_statements_at_most(house: House) -> None:
    site, person = house.site(), house.person()
    person.arrive(site.request())
    house.wait(minutes=1)  # the directory has forgotten the client
    with statements(house.services.database.engine) as seen:
        response = person.visit(site.request())
    assert "code" in answered(response)
    assert len(seen) <= 4, seen


@pytest.mark.parametrize(
    "changes",
    [
        {"claims": '{"id_token":{"age_over_18":null,"acr":{"essential":true,"values":["phr"]},"auth_time":null}}'},
        {"acr_values": "phr phrh", "max_age": "3600", "login_hint": "me", "ui_locales": "zh", "prompt": "none"},
        {"response_mode": "fragment"},
        {"response_mode": "form_post"},
    ],
    ids=["claims", "hints", "fragment", "form_post"],
)
def test_whatever_a_request_says_it_stays_within_four(house: House, changes: dict[str, str | None]) -> None:
    site, person = house.site(), house.person()
    asked: dict[str, str | None] = {"scope": "openid profile verified age", **changes}
    person.arrive(site.request(**(asked | {"prompt": None})))
    house.wait(minutes=1)
    with statements(house.services.database.engine) as seen:
        response = person.visit(site.request(**asked))
    assert "code=" in response.headers.get("Location", "") or "code" in posted(response)
    assert len(seen) <= 4, seen


def test_where_the_client_is_remembered_it_takes_three(house: House) -> None:
    site, person = house.site(), house.person()
    person.arrive(site.request())
    with statements(house.services.database.engine) as seen:
        response = person.visit(site.request())
    assert "code" in answered(response)
    assert len(seen) == 3, seen


def test_a_code_becomes_tokens_in_one_statement(house: House) -> None:
    site = house.site()
    code = house.person().code_for(site)
    with statements(house.services.database.engine) as seen:
        assert site.token(code=code).status_code == 200
    assert len(seen) == 1, seen


def test_userinfo_takes_one_statement(house: House) -> None:
    site = house.site()
    access = site.token(code=house.person().code_for(site)).get_json()["access_token"]
    with statements(house.services.database.engine) as seen:
        assert site.userinfo(access).status_code == 200
    assert len(seen) == 1, seen


def test_signed_userinfo_takes_no_more(house: House) -> None:
    site = house.site(userinfo_signed_response_alg="ES256")
    access = site.token(code=house.person().code_for(site)).get_json()["access_token"]
    with statements(house.services.database.engine) as seen:
        assert site.userinfo(access).mimetype == "application/jwt"
    assert len(seen) == 1, seen


def test_documents_take_no_statement(house: House) -> None:
    with statements(house.services.database.engine) as seen:
        for path in ("/jwks", "/.well-known/openid-configuration", "/healthz/live"):
            assert house.browser().get(path, base_url=ISSUER).status_code == 200
    assert not seen
