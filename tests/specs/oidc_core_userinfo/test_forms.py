"""Userinfo as JSON, signed, encrypted, or both, as the client registered it (OIDC Core §5.3.2)."""

from __future__ import annotations

import warnings
from base64 import urlsafe_b64encode
from dataclasses import replace
from hashlib import sha256, sha512
from typing import Any

import msgspec
import pytest
from joserfc import jwe, jws
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey

from clients.jwks import PublicKey
from clients.metadata import InvalidClientMetadata
from idp.store import clients
from tests.house import ISSUER, House, Site, payload

ALGORITHMS = ("RS256", "ES256", "PS256", "EdDSA")
ENCRYPTED: dict[str, Any] = {
    "userinfo_encrypted_response_alg": "ECDH-ES",
    "userinfo_encrypted_response_enc": "A256GCM",
}
KEYS: dict[str, Any] = {"P-256": ECKey.generate_key("P-256"), "X25519": OKPKey.generate_key("X25519")}


LOW_ORDER = (bytes(32), bytes([1]) + bytes(31))


def low_order(point: bytes) -> OKPKey:
    """A point that takes every agreement to nought (RFC 7748 §6.1)."""
    return OKPKey.import_key({"kty": "OKP", "crv": "X25519", "x": urlsafe_b64encode(point).rstrip(b"=").decode()})


def keep_another_key(house: House, site: Site, key: OKPKey) -> None:
    """Store a key that registration refuses by now."""
    kept = PublicKey.from_jwk({"kty": "OKP", "crv": "X25519", "x": str(key.as_dict(private=False)["x"]), "use": "enc"})
    with house.services.database.write() as connection:
        clients.replace(connection, replace(site.client, jwks=(kept,)), now=house.now)


def jwks_of(key: Any, **members: str) -> dict[str, object]:
    return {"keys": [{**key.as_dict(private=False), "use": "enc", **members}]}


def asked(site: Site) -> tuple[str, str, str]:
    """Ask userinfo; returns the media type, the body and the subject of the ID token."""
    answer = site.token(code=site.house.person().code_for(site)).get_json()
    response = site.userinfo(answer["access_token"])
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    return str(response.mimetype), response.text, payload(answer["id_token"])["sub"]


def verified(house: House, token: str, algorithm: str) -> dict[str, Any]:
    """Verify a JWT with the published keys."""
    published = KeySet.import_key_set(house.browser().get("/jwks", base_url=ISSUER).get_json())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SecurityWarning)  # EdDSA has a newer name (RFC 9864) that few sites know
        opened = jws.deserialize_compact(token, published, algorithms=[algorithm])
    claims: dict[str, Any] = msgspec.json.decode(opened.payload)
    return claims


def test_json_is_what_nobody_asked_for_otherwise(house: House) -> None:
    """oidcc-userinfo-get: JSON, and the ``sub`` of the ID token."""
    kind, body, sub = asked(house.site())
    assert kind == "application/json"
    assert msgspec.json.decode(body)["sub"] == sub


@pytest.mark.parametrize("way", ["get-header", "post-header", "post-body"])
def test_each_way_of_asking_gets_the_same(house: House, way: str) -> None:
    """oidcc-userinfo-get, oidcc-userinfo-post-header, oidcc-userinfo-post-body."""
    site = house.site()
    answer = site.token(code=house.person().code_for(site)).get_json()
    token, browser = answer["access_token"], house.browser()
    headers = {"Authorization": f"Bearer {token}"}
    response = {
        "get-header": lambda: browser.get("/userinfo", base_url=ISSUER, headers=headers),
        "post-header": lambda: browser.post("/userinfo", base_url=ISSUER, headers=headers),
        "post-body": lambda: browser.post("/userinfo", base_url=ISSUER, data={"access_token": token}),
    }[way]()
    assert response.status_code == 200
    assert response.mimetype == "application/json"
    assert response.get_json()["sub"] == payload(answer["id_token"])["sub"]


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_signed_answer_says_who_made_it_for_whom_about_whom(house: House, algorithm: str) -> None:
    """oidcc-userinfo-rs256: ``application/jwt``, iss, aud and sub right, no nonce."""
    kind, body, sub = asked(house.site(userinfo_signed_response_alg=algorithm))
    assert kind == "application/jwt"
    claims = verified(house, body, algorithm)
    assert claims["iss"] == ISSUER
    assert claims["aud"] == "shop"
    assert claims["sub"] == sub
    assert claims["verified"] is True
    assert not {"nonce", "exp", "at_hash"} & set(claims)


@pytest.mark.parametrize("curve", KEYS)
def test_an_encrypted_answer_is_opened_by_the_client_alone(house: House, curve: str) -> None:
    kind, body, sub = asked(house.site(jwks=jwks_of(KEYS[curve], kid="for-me"), **ENCRYPTED))
    assert kind == "application/jwt"
    opened = jwe.decrypt_compact(body, KEYS[curve], algorithms=["ECDH-ES", "A256GCM"])
    assert opened.headers()["alg"] == "ECDH-ES"
    assert opened.headers()["enc"] == "A256GCM"
    assert opened.headers()["kid"] == "for-me"
    assert "cty" not in opened.headers()
    assert msgspec.json.decode(opened.plaintext or b"")["sub"] == sub


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_signed_and_encrypted_answer_is_a_jwt_in_a_jwe(house: House, algorithm: str) -> None:
    site = house.site(jwks=jwks_of(KEYS["P-256"]), userinfo_signed_response_alg=algorithm, **ENCRYPTED)
    kind, body, sub = asked(site)
    assert kind == "application/jwt"
    opened = jwe.decrypt_compact(body, KEYS["P-256"], algorithms=["ECDH-ES", "A256GCM"])
    assert opened.headers()["cty"] == "JWT"
    claims = verified(house, (opened.plaintext or b"").decode(), algorithm)
    assert (claims["iss"], claims["aud"], claims["sub"]) == (ISSUER, "shop", sub)


def test_two_answers_have_no_key_in_common(house: House) -> None:
    site = house.site(jwks=jwks_of(KEYS["P-256"]), **ENCRYPTED)
    first, second = (asked(site)[1].split(".") for _ in range(2))
    assert first[0] != second[0]  # the ephemeral key is in the header


@pytest.mark.parametrize(
    ("metadata", "member"),
    [
        ({**ENCRYPTED}, "jwks"),
        ({**ENCRYPTED, "jwks": jwks_of(RSAKey.generate_key(2048))}, "jwks"),
        ({**ENCRYPTED, "jwks": jwks_of(ECKey.generate_key("P-384"))}, "jwks"),
        ({**ENCRYPTED, "jwks": jwks_of(KEYS["P-256"], alg="ECDH-ES+A256KW")}, "jwks"),
        ({**ENCRYPTED, "jwks": jwks_of(KEYS["P-256"], use="sig")}, "jwks"),
        (
            {"userinfo_encrypted_response_alg": "ECDH-ES", "jwks": jwks_of(KEYS["P-256"])},
            "userinfo_encrypted_response_enc",
        ),
        ({**ENCRYPTED, "userinfo_encrypted_response_alg": "RSA1_5"}, "userinfo_encrypted_response_alg"),
        ({**ENCRYPTED, "userinfo_encrypted_response_enc": "A128CBC-HS256"}, "userinfo_encrypted_response_enc"),
        ({"userinfo_signed_response_alg": "none"}, "userinfo_signed_response_alg"),
        ({"userinfo_signed_response_alg": "HS256"}, "userinfo_signed_response_alg"),
    ],
)
def test_what_we_could_not_do_is_not_registered(house: House, metadata: dict[str, Any], member: str) -> None:
    with pytest.raises(InvalidClientMetadata) as refused:
        house.site(**metadata)
    assert member in {name for name, _ in refused.value.faults}


@pytest.mark.parametrize("point", LOW_ORDER, ids=["0", "1"])
def test_a_key_that_gives_everybody_the_same_secret_is_not_registered(house: House, point: bytes) -> None:
    """RFC 7748 §6.1"""
    with pytest.raises(InvalidClientMetadata, match="key 1 is no key that anybody can agree"):
        house.site(jwks=jwks_of(low_order(point)), **ENCRYPTED)


def test_with_such_a_key_from_before_nothing_is_told(house: House) -> None:
    site = house.site(jwks=jwks_of(KEYS["X25519"]), **ENCRYPTED)
    keep_another_key(house, site, low_order(LOW_ORDER[0]))
    answer = site.userinfo(site.token(code=house.person().code_for(site)).get_json()["access_token"])
    assert (answer.status_code, answer.get_json()["error_description"]) == (
        500, "the client's key cannot be encrypted to",
    )  # fmt: skip


def test_a_key_to_encrypt_to_proves_nobody(house: House) -> None:
    with pytest.raises(InvalidClientMetadata, match="private_key_jwt"):
        house.site(jwks=jwks_of(KEYS["P-256"]), token_endpoint_auth_method="private_key_jwt")


def test_the_tokens_of_a_site_that_was_turned_away_open_nothing(house: House) -> None:
    site = house.site()
    access = site.token(code=house.person().code_for(site)).get_json()["access_token"]
    with house.services.database.write() as connection:
        clients.disable(connection, client_id="shop", now=house.now)
    house.wait(seconds=10)
    assert site.userinfo(access).status_code == 401


def test_discovery_lists_what_userinfo_does(house: House) -> None:
    """oidcc-userinfo-rs256: ``userinfo_signing_alg_values_supported`` contains RS256."""
    metadata = house.browser().get("/.well-known/openid-configuration", base_url=ISSUER).get_json()
    assert metadata["userinfo_signing_alg_values_supported"] == list(ALGORITHMS)
    assert metadata["userinfo_encryption_alg_values_supported"] == ["ECDH-ES"]
    assert metadata["userinfo_encryption_enc_values_supported"] == ["A256GCM"]


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_an_id_token_is_signed_as_the_site_registered(house: House, algorithm: str) -> None:
    """oidcc-idtoken-rs256: the algorithm and a ``kid``; ``aud`` is exactly the site; each hash is its own."""
    site = house.site(id_token_signed_response_alg=algorithm)
    answer = site.token(code=house.person().code_for(site)).get_json()
    token, digest = answer["id_token"], (sha512 if algorithm == "EdDSA" else sha256)(answer["access_token"].encode())
    claims = verified(house, token, algorithm)
    assert claims["aud"] == "shop"
    half = digest.digest()[: digest.digest_size // 2]
    assert claims["at_hash"] == urlsafe_b64encode(half).rstrip(b"=").decode()
    assert set(jws.extract_compact(token.encode()).headers()) == {"alg", "kid", "typ"}


def test_an_id_token_is_rs256_where_nothing_was_registered(house: House) -> None:
    """oidcc-idtoken-signature."""
    site = house.site(id_token_signed_response_alg="RS256")
    assert site.client.to_metadata().get("id_token_signed_response_alg") is None
    token = site.token(code=house.person().code_for(site)).get_json()["id_token"]
    assert jws.extract_compact(token.encode()).headers()["alg"] == "RS256"
