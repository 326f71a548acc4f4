"""Sites register themselves (RFC 7591 §3, OIDC Dynamic Client Registration 1.0 §3)."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from joserfc.jwk import RSAKey

from idp.oidc.errors import Code, OAuthError
from idp.settings import LimitSettings, OidcSettings, RegistrationSettings
from tests import house as building
from tests.house import ISSUER
from tests.registering import LEAST, call, invite, refused, register, told

if TYPE_CHECKING:
    from pathlib import Path

    import keys
    from tests.house import House


def test_a_site_registers_by_an_invitation_and_gets_all_it_has_to_know(house: House) -> None:
    """Every module of the dynamic plans begins so (oidcc-server)."""
    key = RSAKey.generate_key(2048, {"kid": "1"}).as_dict(private=False)
    registered = register(
        house,
        client_name="Suite kx2",
        grant_types=["authorization_code"],
        response_types=["code"],
        jwks={"keys": [key]},
        token_endpoint_auth_method="private_key_jwt",
        contacts=["certification@site.example"],
    )
    answer = registered.answer
    assert "client_secret" not in answer
    assert answer["client_name"] == "Suite kx2"
    assert answer["jwks"]["keys"][0]["n"] == key["n"]
    assert answer["contacts"] == ["certification@site.example"]
    assert answer["registration_client_uri"] == f"{ISSUER}/register?client_id={answer['client_id']}"
    assert len(answer["registration_access_token"]) >= 43


def test_the_answer_of_an_https_provider_is_json_and_names_an_https_address(
    tmp_path: Path, keyring: keys.Keyring
) -> None:
    """Line C3: 201, application/json, both or neither of registration_client_uri and its token, https."""
    house = building.build(tmp_path, keyring, issuer="https://id.example", registration=RegistrationSettings(open=True))
    response = house.browser().post("/register", base_url="https://id.example", json=LEAST)
    assert (response.status_code, response.mimetype) == (201, "application/json")
    assert response.headers["Cache-Control"] == "no-store"
    assert told(response)["registration_client_uri"].startswith("https://id.example/register?")
    assert told(response)["registration_access_token"]
    house.services.database.close()


def test_defaults_are_told_too(house: House) -> None:
    """RFC 7591 §3.2.1: all registered metadata."""
    answer = register(house, without=("scope",)).answer
    assert answer["token_endpoint_auth_method"] == "client_secret_basic"
    assert answer["grant_types"] == ["authorization_code"]
    assert answer["response_types"] == ["code"]
    assert answer["id_token_signed_response_alg"] == "RS256"
    assert answer["subject_type"] == "pairwise"
    assert answer["scope"] == "openid profile"
    assert answer["application_type"] == "web"
    assert not {"sector", "either_secret_method", "jwks"} & set(answer)
    assert None not in answer.values()


def test_a_secret_is_issued_where_the_method_needs_one(house: House) -> None:
    answer = register(house).answer
    assert answer["client_secret_expires_at"] == 0
    assert len(answer["client_secret"]) >= 43
    public = register(house, token_endpoint_auth_method="none", redirect_uris=["https://other.example/cb"]).answer
    assert not {"client_secret", "client_secret_expires_at"} & set(public)


def test_people_sign_in_at_a_site_that_registered_itself(house: House) -> None:
    site = register(house).site
    code = house.person().code_for(site)
    assert site.token(code=code).status_code == 200


def test_nothing_of_the_two_tokens_is_kept_but_hashes(house: House) -> None:
    registered = register(house)
    with house.services.database.read() as connection:
        dump = "".join(
            str(row)
            for table in ("clients", "initial_access_tokens")
            for row in connection.exec_driver_sql(f"SELECT * FROM {table}")  # noqa: S608 — names of our own
        )
    assert registered.token not in dump
    assert registered.answer["client_secret"] not in dump


def test_json_may_say_its_character_set(house: House) -> None:
    body, kind = json.dumps(LEAST).encode(), "application/json; charset=utf-8"
    assert call(house, "POST", "/register", token=invite(house), data=body, content_type=kind).status_code == 201


def test_members_nobody_knows_are_ignored(house: House) -> None:
    answer = register(house, software_statement="x.y.z", favourite_colour="blue").answer
    assert not {"software_statement", "favourite_colour"} & set(answer)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"redirect_uris": ["https://new.example/cb#x"]}, "invalid_redirect_uri"),
        ({"redirect_uris": []}, "invalid_redirect_uri"),
        ({"redirect_uris": ["https://new.example/*"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["https://a.example/cb", "https://b.example/cb"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["com.example.app:/cb"], "application_type": "native"}, "invalid_redirect_uri"),
        ({"id_token_signed_response_alg": "none"}, "invalid_client_metadata"),
        ({"id_token_encrypted_response_alg": "RSA-OAEP"}, "invalid_client_metadata"),
        ({"subject_type": "public"}, "invalid_client_metadata"),
        ({"initiate_login_uri": "http://new.example/start"}, "invalid_client_metadata"),
        ({"require_pkce": False}, "invalid_client_metadata"),
        ({"resources": ["https://api.example/"]}, "invalid_client_metadata"),
        ({"allowed_resources": ["https://api.example/"]}, "invalid_client_metadata"),
        ({"legal_basis": "because"}, "invalid_client_metadata"),
        ({"backchannel_logout_uri": "https://elsewhere.example/out"}, "invalid_client_metadata"),
        ({"frontchannel_logout_uri": "https://elsewhere.example/out"}, "invalid_client_metadata"),
        (
            {"grant_types": ["authorization_code", "urn:ietf:params:oauth:grant-type:device_code"]},
            "invalid_client_metadata",
        ),
    ],
)
def test_what_a_site_may_not_register_is_refused_by_its_code(house: House, changes: dict[str, Any], error: str) -> None:
    """oidcc-redirect-uri-regfrag, 3rd-party-init (initiate_login_uri), and whatever would take somebody's sector."""
    assert refused(house, **changes) == error


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "application/json"),
        (b"[]", "application/json"),
        (b"{", "application/json"),
        (b"\xff", "application/json"),
        (b'{"redirect_uris": [], "redirect_uris": ["https://new.example/cb"]}', "application/json"),
        (b"[" * 50_000, "application/json"),
        (json.dumps(LEAST).encode(), "text/plain"),
        (b"redirect_uris=https://new.example/cb", "application/x-www-form-urlencoded"),
    ],
)
def test_a_body_that_is_no_json_object_is_refused(house: House, body: bytes, kind: str) -> None:
    response = call(house, "POST", "/register", token=invite(house), data=body, content_type=kind)
    assert (response.status_code, told(response)["error"]) == (400, "invalid_client_metadata")


def test_without_an_invitation_nobody_registers(house: House) -> None:
    response = call(house, "POST", "/register", body=LEAST)
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="registration"'
    wrong = call(house, "POST", "/register", body=LEAST, token="x" * 43)
    assert (wrong.status_code, told(wrong)["error"]) == (401, "invalid_token")
    assert 'error="invalid_token"' in wrong.headers["WWW-Authenticate"]


def test_an_invitation_is_good_so_many_times_and_until_its_day(house: House) -> None:
    twice = invite(house, uses=2, days=1)
    assert [call(house, "POST", "/register", token=twice, body=LEAST).status_code for _ in range(3)] == [201, 201, 401]
    week = invite(house, days=7)
    house.wait(days=7)
    assert call(house, "POST", "/register", token=week, body=LEAST).status_code == 201
    house.wait(days=1)
    assert call(house, "POST", "/register", token=week, body=LEAST).status_code == 401


def test_a_refused_registration_uses_no_invitation_up(house: House) -> None:
    once = invite(house, uses=1)
    assert call(house, "POST", "/register", token=once, body={}).status_code == 400
    assert call(house, "POST", "/register", token=once, body=LEAST).status_code == 201


def test_where_registration_is_open_no_invitation_is_needed(tmp_path: Path, keyring: keys.Keyring) -> None:
    house = building.build(tmp_path, keyring, registration=RegistrationSettings(open=True))
    assert call(house, "POST", "/register", body=LEAST).status_code == 201
    assert call(house, "POST", "/register", body=LEAST, token="x" * 43).status_code == 401
    house.services.database.close()


def test_one_address_registers_only_so_often(tmp_path: Path, keyring: keys.Keyring) -> None:
    house = building.build(tmp_path, keyring, limits=LimitSettings(registrations_per_address_per_hour=2))
    tries = [call(house, "POST", "/register", body=LEAST) for _ in range(3)]
    assert [each.status_code for each in tries] == [401, 401, 429]
    assert int(tries[-1].headers["Retry-After"]) > 0
    house.wait(hours=1)
    assert call(house, "POST", "/register", body=LEAST).status_code == 401
    house.services.database.close()


def test_a_client_that_is_redirected_nowhere_gets_a_sector_that_is_nobodys(house: House) -> None:
    """Nothing proves its ``client_uri``, so that it must not share that host's pseudonyms."""
    machine = register(
        house, without=("redirect_uris",), grant_types=["client_credentials"], client_uri="https://shop.example/",
        response_types=[],
    )  # fmt: skip
    client = machine.site.client
    assert client.sector == f"{client.client_id}.invalid"
    assert client.host == client.sector


def test_in_production_a_known_sector_is_joined_only_by_its_hosts_document(house: House) -> None:
    """Else one page there that redirects further, which fragments survive, would give its pseudonyms away."""
    registrar = replace(house.services.registrar, production=True)
    first = registrar.register(json.dumps(LEAST).encode(), invite(house), now=house.now)
    assert first["client_id"]
    with pytest.raises(OAuthError) as refusal:
        registrar.register(json.dumps(LEAST).encode(), invite(house), now=house.now)
    assert refusal.value.code is Code.INVALID_CLIENT_METADATA


def test_a_suite_of_2014_needs_neither_pkce_nor_a_scope_in_the_certification_profile(
    tmp_path: Path, keyring: keys.Keyring
) -> None:
    house = building.build(tmp_path, keyring, oidc=OidcSettings(certification_profile=True))
    suite = register(house, without=("scope",)).answer
    assert suite["require_pkce"] is False
    offered = told(house.browser().get("/.well-known/openid-configuration", base_url=ISSUER))["scopes_supported"]
    assert suite["scope"].split() == offered, "suites register no scope and ask for every one that is offered"
    public = register(house, token_endpoint_auth_method="none", redirect_uris=["https://spa.example/cb"])
    assert public.answer["require_pkce"] is True
    house.services.database.close()


def test_discovery_tells_where_to_register(house: House) -> None:
    found = told(house.browser().get("/.well-known/openid-configuration", base_url=ISSUER))
    assert found["registration_endpoint"] == f"{ISSUER}/register"
