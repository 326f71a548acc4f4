"""What a token is worth, told to whom it concerns (RFC 7662), also as a signed JWT (RFC 9701)."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import pytest
from joserfc import jwt
from joserfc.errors import SecurityWarning
from joserfc.jwk import KeySet

from tests.dpop_sender import Sender
from tests.house import ISSUER, House, payload
from tests.specs.oauth_refresh.test_refresh import first, lasting_site, refresh
from tests.specs.rfc7009_revocation.test_revocation import revoke

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

    from tests.house import Site

JWT = "application/token-introspection+jwt"


def introspect(site: Site, token: str | None, **headers: str) -> TestResponse:
    form = {} if token is None else {"token": token}
    own = {"Authorization": site.basic()} if site.secret else {}
    named = {} if site.secret else {"client_id": site.client.client_id}
    return site.house.app.test_client().post(
        "/introspect", base_url=ISSUER, data=named | form, headers=own | headers
    )  # fmt: skip


def told(site: Site, token: str) -> dict[str, Any]:
    response = introspect(site, token)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    content: dict[str, Any] = response.get_json()
    return content


def test_a_live_access_token_is_told_with_the_callers_own_subject(house: House) -> None:
    site = lasting_site(house)
    answer = first(site)
    content = told(site, answer["access_token"])
    assert content == {
        "active": True,
        "iss": ISSUER,
        "client_id": "shop",
        "scope": answer["scope"],
        "exp": int(house.now.timestamp()) + 600,
        "sub": payload(answer["id_token"])["sub"],
        "token_type": "Bearer",
    }


def test_a_live_refresh_token_is_told_too(house: House) -> None:
    site = lasting_site(house)
    content = told(site, first(site)["refresh_token"])
    assert content["active"] is True
    assert "token_type" not in content


def test_a_bound_token_tells_its_key(house: House) -> None:
    site, sender = lasting_site(house), Sender(house)
    content = told(site, first(site, DPoP=sender.proof("/token"))["access_token"])
    assert content["token_type"] == "DPoP"
    assert content["cnf"] == {"jkt": sender.jkt}


def test_a_renewed_grants_earlier_token_is_told_while_it_lives(house: House) -> None:
    site = lasting_site(house)
    before = first(site)
    refresh(site, before["refresh_token"])
    assert told(site, before["access_token"])["active"] is True


@pytest.mark.parametrize("case", ["expired", "revoked", "another's", "nobody's", "too short", "turned"])
def test_of_everything_else_only_that_it_is_not_active(house: House, case: str) -> None:
    site = lasting_site(house)
    asking, token = site, str(first(site)["access_token"])
    if case == "expired":
        house.wait(seconds=601)
    elif case == "revoked":
        revoke(site, token=token)
    elif case == "another's":
        asking = lasting_site(house, "other")
    elif case == "turned":
        app = lasting_site(house, "app", token_endpoint_auth_method="none")
        token = first(app)["refresh_token"]
    else:
        token = "A" * 88 if case == "nobody's" else "x"
    assert told(asking, token) == {"active": False}


def test_a_public_client_is_told_nothing(house: House) -> None:
    app = lasting_site(house, token_endpoint_auth_method="none")
    response = introspect(app, first(app)["access_token"])
    assert response.status_code == 401
    assert response.get_json()["error"] == "invalid_client"


def test_without_a_token_the_request_is_invalid(house: House) -> None:
    assert introspect(lasting_site(house), None).get_json()["error"] == "invalid_request"


@pytest.mark.parametrize("algorithm", [None, "RS256", "ES256", "PS256", "EdDSA"])
def test_the_answer_may_be_signed_for_its_reader(house: House, algorithm: str | None) -> None:
    """RFC 9701 §5: typ, iss, aud, iat and the answer inside; RS256 where nothing else is registered."""
    registered = {} if algorithm is None else {"introspection_signed_response_alg": algorithm}
    site = lasting_site(house, **registered)
    answer = first(site)
    headers = {"Accept": JWT} if algorithm is None else {}
    response = introspect(site, answer["access_token"], **headers)
    assert response.mimetype == JWT
    keys = KeySet.import_key_set(house.browser().get("/jwks", base_url=ISSUER).get_json())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SecurityWarning)  # EdDSA has a newer name (RFC 9864) that few sites know
        decoded = jwt.decode(response.text, keys, algorithms=[algorithm or "RS256"])
    assert decoded.header["typ"] == "token-introspection+jwt"
    claims = decoded.claims
    assert set(claims) == {"iss", "aud", "iat", "token_introspection"}
    assert claims["iss"] == ISSUER
    assert claims["aud"] == "shop"
    assert claims["token_introspection"]["active"] is True
    assert claims["token_introspection"]["sub"] == payload(answer["id_token"])["sub"]


def test_a_signed_answer_is_no_hint_and_no_token(house: House) -> None:
    site = lasting_site(house, introspection_signed_response_alg="ES256")
    compact = introspect(site, first(site)["access_token"]).text
    assert site.userinfo(compact).status_code == 401
    assert "logout-confirm" in house.person().visit(f"/logout?id_token_hint={compact}").text


def test_discovery_lists_it(house: House) -> None:
    metadata = house.browser().get("/.well-known/openid-configuration", base_url=ISSUER).get_json()
    assert metadata["introspection_endpoint"] == ISSUER + "/introspect"
    assert metadata["revocation_endpoint"] == ISSUER + "/revoke"
    assert "none" not in metadata["introspection_endpoint_auth_methods_supported"]
    assert "RS256" in metadata["introspection_signing_alg_values_supported"]
