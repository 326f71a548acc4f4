"""A registered site is the same after it was stored, and shows people one honest host."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.client import AUTHENTICATION_METHODS, ID_TOKEN_ALGORITHMS, Client, Registration
from clients.jwks import PublicKey
from clients.secret import Secret, generate_secret

texts = st.text(min_size=1, max_size=12)
several = st.lists(texts, max_size=3).map(tuple)
words = st.lists(st.text(alphabet="abc_", min_size=1, max_size=6), min_size=1, max_size=4, unique=True).map(tuple)
optional = st.none() | texts
keys = st.builds(
    PublicKey,
    kty=st.just("EC"),
    kid=optional,
    alg=st.none() | st.just("ES256"),
    material=st.tuples(texts, texts, texts).map(lambda found: tuple(zip(("crv", "x", "y"), found, strict=True))),
)
registrations = st.builds(
    Registration,
    sector=texts,
    name=texts,
    redirect_uris=several,
    names=st.dictionaries(texts, texts, max_size=2).map(lambda found: tuple(found.items())),
    post_logout_redirect_uris=several,
    application_type=st.sampled_from(["web", "native"]),
    token_endpoint_auth_method=st.sampled_from(AUTHENTICATION_METHODS),
    either_secret_method=st.booleans(),
    token_endpoint_auth_signing_alg=optional,
    jwks=st.lists(keys, max_size=2).map(tuple),
    id_token_signed_response_alg=st.sampled_from(ID_TOKEN_ALGORITHMS),
    scopes=words,
    client_uri=optional,
    logo_uri=optional,
    policy_uri=optional,
    tos_uri=optional,
    contacts=several,
    default_max_age=st.none() | st.integers(0, 10**6),
    require_auth_time=st.booleans(),
    require_pkce=st.booleans(),
    require_verified=st.booleans(),
    require_age_over_18=st.booleans(),
)


def site(**changes: object) -> Client:
    values: dict[str, Any] = {"client_id": "shop", "sector": "shop.example", "name": "Shop"}
    return Client(**values | {"redirect_uris": ("https://shop.example/cb",)} | changes)


@given(registration=registrations, secret_hash=st.none() | st.binary(min_size=32, max_size=32))
def test_a_client_is_the_same_after_it_was_stored(registration: Registration, secret_hash: bytes | None) -> None:
    client = registration.issued(client_id="abc", secret_hash=secret_hash)
    stored = json.loads(json.dumps(client.to_metadata()))
    again = Client.from_metadata(stored, client_id="abc", sector=client.sector, secret_hash=secret_hash)
    assert again == client


def test_what_is_stored_speaks_the_specifications_names() -> None:
    metadata = site(names=(("zh-CN", "商店"),), scopes=("openid", "age"), require_verified=True).to_metadata()
    assert metadata == {
        "client_name": "Shop",
        "client_name#zh-CN": "商店",
        "redirect_uris": ["https://shop.example/cb"],
        "scope": "openid age",
        "require_verified": True,
    }


def test_a_stored_member_from_a_later_version_is_ignored() -> None:
    metadata = site().to_metadata() | {"later": 1}
    assert Client.from_metadata(metadata, client_id="shop", sector="shop.example") == site()


def test_a_name_follows_the_readers_language() -> None:
    client = site(names=(("zh-CN", "商店"), ("zh-TW", "商舖")))
    assert [client.name_in(language) for language in ("zh-TW", "zh-cn", "zh-Hans", "zh", "fr")] == [
        *("商舖", "商店", "商店", "商店"),
        "Shop",
    ]


@pytest.mark.parametrize(
    ("uri", "host"),
    [
        ("https://login.shop.example:8443/cb", "login.shop.example"),
        ("http://localhost:9001/cb", "localhost:9001"),
        ("http://[::1]:9001/cb", "[::1]:9001"),
        ("com.example.app:/cb", "app.example.com"),
    ],
)
def test_people_are_shown_the_whole_host(uri: str, host: str) -> None:
    assert site(redirect_uris=(uri,)).host == host


def test_a_secret_shows_itself_to_nobody() -> None:
    secret = generate_secret()
    shown = f"{secret} {secret!r} {secret!s:>9} {[secret]}"
    assert secret.reveal() not in shown
    assert len(secret.reveal()) == 43
    assert generate_secret().reveal() != secret.reveal()
    assert site(secret_hash=secret.digest).secret_hash == secret.digest
    assert secret.digest.hex() not in repr(site(secret_hash=secret.digest))


def test_a_secret_fits_its_own_hash_only() -> None:
    assert Secret("correct").fits(Secret("correct").digest)
    assert not Secret("correct ").fits(Secret("correct").digest)


def test_a_secret_cannot_be_pickled() -> None:
    import pickle

    with pytest.raises(TypeError):
        pickle.dumps(generate_secret())
