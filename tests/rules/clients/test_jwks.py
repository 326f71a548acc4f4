"""A client's keys are judged when they are registered: public, strong, told apart."""

from __future__ import annotations

from functools import cache

import pytest
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from clients.jwks import InvalidJwks, PublicKey, parse_jwks


@cache
def rsa() -> RSAKey:
    return RSAKey.generate_key(2048)


def public(key: ECKey | RSAKey | OKPKey, **members: object) -> dict[str, object]:
    return dict(key.as_dict(private=False)) | members


EC = public(ECKey.generate_key("P-256"))
ED = public(OKPKey.generate_key("Ed25519"))


def test_each_kind_of_key_verifies_its_own_algorithms_only() -> None:
    keys = parse_jwks({"keys": [EC | {"kid": "a"}, public(rsa(), kid="b"), ED | {"kid": "c"}]})
    assert [key.algorithms for key in keys] == [("ES256",), ("PS256", "RS256"), ("EdDSA",)]


def test_a_key_made_for_one_algorithm_verifies_no_other() -> None:
    (key,) = parse_jwks({"keys": [public(rsa(), alg="PS256")]})
    assert key.algorithms == ("PS256",)


def test_nothing_is_kept_but_what_verifying_needs() -> None:
    (key,) = parse_jwks({"keys": [EC | {"kid": "a", "x5c": ["certificate"], "note": "mine"}]})
    assert key.to_jwk() == {**{name: EC[name] for name in ("kty", "crv", "x", "y")}, "kid": "a", "use": "sig"}
    assert PublicKey.from_jwk(key.to_jwk()) == key


def test_of_keys_for_encryption_the_first_usable_one_is_kept_and_verifies_nothing() -> None:
    unusable = [
        EC | {"use": "enc", "alg": "ECDH-ES+A256KW"},
        EC | {"use": "enc", "crv": "P-384"},
        {"kty": "RSA", "n": "AQAB", "e": "AQAB", "use": "enc"},
    ]
    signing, encryption = parse_jwks({"keys": [*unusable, EC | {"use": "enc"}, EC | {"kid": "a"}, EC | {"use": "enc"}]})
    assert (signing.kid, signing.use, signing.algorithms) == ("a", "sig", ("ES256",))
    assert (encryption.kid, encryption.use, encryption.algorithms) == (None, "enc", ())
    assert PublicKey.from_jwk(encryption.to_jwk()) == encryption
    assert parse_jwks({"keys": unusable}) == ()


def test_a_key_for_encryption_that_is_no_key_is_a_fault() -> None:
    with pytest.raises(InvalidJwks):
        parse_jwks({"keys": [EC | {"use": "enc", "x": EC["y"]}]})


@pytest.mark.parametrize(
    "jwk",
    [
        ECKey.generate_key("P-256").as_dict(private=True),
        OKPKey.generate_key("Ed25519").as_dict(private=True),
        OctKey.generate_key(256).as_dict(private=True),
        EC | {"d": None},
        EC | {"k": "c2VjcmV0"},
    ],
)
def test_secret_members_are_refused_with_a_warning(jwk: dict[str, object]) -> None:
    with pytest.raises(InvalidJwks, match="make a new key"):
        parse_jwks({"keys": [jwk]})


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        "keys",
        {},
        {"keys": {}},
        {"keys": []},
        {"keys": ["key"]},
        {"keys": [{}]},
        {"keys": [{"kty": ["EC"]}]},
        {"keys": [{"kty": "EC"}]},
        {"keys": [EC | {"crv": "P-384"}]},
        {"keys": [EC | {"crv": ["P-256"]}]},
        {"keys": [EC | {"x": EC["y"]}]},
        {"keys": [EC | {"x": 5}]},
        {"keys": [EC | {"x": "@@"}]},
        {"keys": [EC | {"x": "A" * 4000}]},
        {"keys": [EC | {"alg": "HS256"}]},
        {"keys": [EC | {"alg": "none"}]},
        {"keys": [EC | {"alg": ["ES256"]}]},
        {"keys": [EC | {"use": "other"}]},
        {"keys": [EC | {"use": []}]},
        {"keys": [EC | {"key_ops": ["sign"]}]},
        {"keys": [EC | {"key_ops": 5}]},
        {"keys": [EC | {"kid": ""}]},
        {"keys": [EC | {"kid": 5}]},
        {"keys": [EC | {"kid": "k" * 256}]},
        {"keys": [EC, ED]},
        {"keys": [EC | {"kid": "a"}, ED | {"kid": "a"}]},
        {"keys": [EC | {"kid": str(count)} for count in range(11)]},
        {"keys": [public(OKPKey.generate_key("X25519"))]},
        {"keys": [{"kty": "RSA", "e": "AQAB", "n": "AQAB"}]},
        {"keys": [{"kty": "RSA", "e": "AQAB", "n": "_" * 1024}]},
    ],
)
def test_a_faulty_key_set_is_refused(document: object) -> None:
    with pytest.raises(InvalidJwks):
        parse_jwks(document)


def test_an_rsa_exponent_below_65537_is_refused() -> None:
    with pytest.raises(InvalidJwks, match="exponent"):
        parse_jwks({"keys": [public(rsa(), e="Aw")]})


def test_the_faults_of_all_keys_come_at_once() -> None:
    with pytest.raises(InvalidJwks) as invalid:
        parse_jwks({"keys": [{}, EC | {"kid": "a"}, EC | {"kid": 5}]})
    assert [fault[:5] for fault in invalid.value.faults] == ["key 1", "key 3"]
