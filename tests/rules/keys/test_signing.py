from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st
from jose import jws as python_jose
from joserfc import jws as joserfc_jws
from joserfc.jwk import KeySet

import keys
from keys import InvalidToken, Keyring, Secret, UnknownKey, algorithms
from keys.algorithms import ALGORITHMS, thumbprint
from keys.encoding import to_base64url
from keys.jws import MAX_TOKEN, sign_compact, verify_compact
from keys.rotation import AFTERLIFE, LEAD

if TYPE_CHECKING:
    from datetime import datetime

PUBLIC_MEMBERS = {
    "EC": {"kty", "crv", "x", "y", "kid", "use", "alg"},
    "RSA": {"kty", "n", "e", "kid", "use", "alg"},
    "OKP": {"kty", "crv", "x", "kid", "use", "alg"},
}
PAYLOAD = json.dumps({"sub": "鱼", "iat": 1}, ensure_ascii=False).encode()


@pytest.fixture(scope="module")
def ring() -> Keyring:
    """Hold every algorithm there is."""
    from tests.conftest import NOW

    return keys.create_keyring("memory:every-algorithm", now=NOW, algorithms=tuple(ALGORITHMS))


@pytest.fixture(scope="module")
def published(ring: Keyring) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(ring.jwks.body)["keys"]
    return found


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
@pytest.mark.parametrize("alg", ALGORITHMS)
def test_joserfc_verifies_our_tokens_from_the_published_key_set(ring: Keyring, alg: str) -> None:
    token = sign_compact(ring.signer(alg), PAYLOAD)
    key_set = KeySet.import_key_set(json.loads(ring.jwks.body))

    found = joserfc_jws.deserialize_compact(token, key_set, algorithms=[alg])

    assert found.payload == PAYLOAD
    assert found.headers() == {"alg": alg, "kid": ring.signer(alg).kid, "typ": "JWT"}


@pytest.mark.parametrize("alg", ["ES256", "RS256"])
def test_python_jose_verifies_our_tokens_with_the_published_key(
    ring: Keyring, published: list[dict[str, str]], alg: str
) -> None:
    signer = ring.signer(alg)
    (key,) = (key for key in published if key["kid"] == signer.kid)

    assert python_jose.verify(sign_compact(signer, PAYLOAD), key, algorithms=[alg]) == PAYLOAD


def test_python_jose_finds_the_key_itself_even_of_a_token_from_before_a_rotation(now: datetime) -> None:
    """It ignores the kid, tries the keys in their order, and gives up at the first of another type."""
    url = "memory:for-python-jose"
    token = sign_compact(keys.create_keyring(url, now=now).signer("ES256"), PAYLOAD)
    keys.rotate_keyring(url, now=now + LEAD)

    key_set = json.loads(keys.open_keyring(url).jwks.body)
    assert python_jose.verify(token, key_set, algorithms=["ES256"]) == PAYLOAD


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_we_verify_what_we_signed(ring: Keyring, alg: str) -> None:
    assert verify_compact(sign_compact(ring.signer(alg), PAYLOAD, "at+jwt"), ring, "at+jwt") == PAYLOAD


@given(payload=st.binary(max_size=500))
def test_any_payload_comes_back_as_it_was(keyring: Keyring, payload: bytes) -> None:
    assert verify_compact(sign_compact(keyring.signer("ES256"), payload), keyring) == payload


def test_the_key_set_holds_public_members_only(published: list[dict[str, str]]) -> None:
    for key in published:
        assert set(key) == PUBLIC_MEMBERS[key["kty"]]
        assert key["use"] == "sig"


def test_every_key_has_a_name_of_its_own_and_a_successor_on_its_way(published: list[dict[str, str]]) -> None:
    assert len({key["kid"] for key in published}) == len(published) == 2 * len(ALGORITHMS)
    assert [key["alg"] for key in published] == [alg for alg in ALGORITHMS for _ in ("current", "coming")]


def test_a_kid_is_the_thumbprint_of_the_key(published: list[dict[str, str]]) -> None:
    for key in published:
        assert key["kid"] == thumbprint({name: key[name] for name in set(key) - {"kid", "use", "alg"}})


def test_the_thumbprint_is_that_of_the_example_in_rfc_7638() -> None:
    modulus = (
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n"
        "3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0z"
        "gdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-cs"
        "FCur-kEgU8awapJzKnqDKgw"
    )

    assert thumbprint({"kty": "RSA", "n": modulus, "e": "AQAB"}) == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"


def test_the_entity_tag_is_strong_and_follows_the_body(ring: Keyring, keyring: Keyring) -> None:
    assert ring.jwks.etag.startswith('"')
    assert ring.jwks.etag.endswith('"')
    assert ring.jwks.etag != keyring.jwks.etag


def test_an_es256_signature_is_two_halves_of_32_bytes(ring: Keyring) -> None:
    assert {len(ring.signer("ES256").sign(bytes([n]))) for n in range(64)} == {64}


def test_an_algorithm_that_is_not_turned_on_signs_nothing(keyring: Keyring) -> None:
    assert keyring.algorithms == ("ES256", "RS256", "PS256", "EdDSA")
    for alg in ("Ed25519", "HS256", "none", ""):
        with pytest.raises(UnknownKey):
            keyring.signer(alg)


@pytest.mark.parametrize("alg", ["none", "HS256", "ES512", ""])
def test_there_are_no_keys_for_other_algorithms(alg: str) -> None:
    with pytest.raises(ValueError, match="none of"):
        algorithms.generate(alg)


def test_a_key_is_taken_back_for_its_own_algorithm_only(ring: Keyring) -> None:
    pair = algorithms.generate("ES256")

    assert algorithms.load("ES256", pair.pem) == pair
    for alg in ("RS256", "PS256", "EdDSA"):
        with pytest.raises(ValueError, match=f"{alg} needs"):
            algorithms.load(alg, pair.pem)
    with pytest.raises(ValueError, match="ES256 needs"):
        algorithms.load("ES256", algorithms.generate("EdDSA").pem)
    with pytest.raises(ValueError, match="ES256 needs"):
        algorithms.load("ES256", pem(ec.generate_private_key(ec.SECP384R1())))
    with pytest.raises(ValueError, match="RS256 needs"):
        algorithms.load("RS256", pem(rsa.generate_private_key(public_exponent=65537, key_size=algorithms.RSA_BITS - 8)))


def pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> Secret:
    return Secret(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def test_coordinates_have_their_full_length_even_when_they_start_with_zeros() -> None:
    """RFC 7518 §6.2.1.2: leading zero octets are part of the value."""
    candidates = (ec.derive_private_key(number, ec.SECP256R1()) for number in range(1, 2000))
    small = next(key for key in candidates if key.public_key().public_numbers().x < 1 << 248)

    assert len(algorithms.load("ES256", pem(small)).public.members["x"]) == 43


def forged(ring: Keyring, header: str, *, payload: bytes = PAYLOAD) -> str:
    """Sign under a header of any shape, as nobody but the holder of the key could."""
    message = to_base64url(header.encode()) + b"." + to_base64url(payload)
    return (message + b"." + to_base64url(ring.signer("ES256").sign(message))).decode()


def header(ring: Keyring, **changed: Any) -> str:
    return json.dumps({"alg": "ES256", "kid": ring.signer("ES256").kid, "typ": "JWT"} | changed)


def test_a_token_with_further_harmless_header_members_is_accepted(ring: Keyring) -> None:
    assert verify_compact(forged(ring, header(ring, x="y")), ring) == PAYLOAD


@pytest.mark.parametrize(
    "changed",
    [
        {"alg": "none"},
        {"alg": "HS256"},
        {"alg": "RS256"},
        {"alg": ["ES256"]},
        {"kid": "unknown"},
        {"kid": None},
        {"kid": ["a"]},
        {"typ": "at+jwt"},
        {"typ": None},
        {"crit": ["exp"]},
        {"crit": []},
        {"crit": ["b64"], "b64": False},
        {"x": float("nan")},
    ],
)
def test_a_header_that_says_something_else_is_refused_though_well_signed(
    ring: Keyring, changed: dict[str, Any]
) -> None:
    with pytest.raises(InvalidToken):
        verify_compact(forged(ring, header(ring, **changed)), ring)


def test_a_header_with_a_member_twice_is_refused_though_well_signed(ring: Keyring) -> None:
    doubled = header(ring).replace('"typ"', '"alg": "ES256", "typ"')

    with pytest.raises(InvalidToken):
        verify_compact(forged(ring, doubled), ring)


@pytest.mark.parametrize("text", ["", "[]", "null", '"x"', "{", "[" * 4000, '{"a":' * 1000, "\ufeff{}", "1" * 5000])
def test_a_header_that_is_no_object_is_refused_though_well_signed(ring: Keyring, text: str) -> None:
    with pytest.raises(InvalidToken):
        verify_compact(forged(ring, text), ring, max_size=10 * MAX_TOKEN)


def test_the_public_key_is_no_secret_for_an_hmac(ring: Keyring) -> None:
    """The classic confusion: the header says HS256 and the published key is taken for the shared one."""
    token = python_jose.sign(
        {"sub": "me"}, "public key", headers={"kid": ring.signer("ES256").kid, "typ": "JWT"}, algorithm="HS256"
    )

    with pytest.raises(InvalidToken):
        verify_compact(token, ring)


@given(position=st.integers(0), letter=st.sampled_from("ABCDabcd0123-_=+/. \n\0é鱼"))
def test_a_token_with_any_letter_altered_is_refused(keyring: Keyring, position: int, letter: str) -> None:
    token = sign_compact(keyring.signer("ES256"), PAYLOAD)
    at = position % len(token)
    altered = token[:at] + letter + token[at + 1 :]

    if altered != token:
        with pytest.raises(InvalidToken):
            verify_compact(altered, keyring)


def test_no_other_spelling_of_a_signature_is_accepted(ring: Keyring) -> None:
    """The spare bits of the last letter, padding, and white space stand for nothing."""
    token = sign_compact(ring.signer("ES256"), PAYLOAD)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    respelled = [token[:-1] + letter for letter in letters if letter != token[-1]]

    for text in [*respelled, token + "=", token + "==", token + "\n", " " + token, token + ".", "." + token]:
        with pytest.raises(InvalidToken):
            verify_compact(text, ring)


@given(st.text(max_size=200))
def test_text_that_is_no_token_is_refused(keyring: Keyring, text: str) -> None:
    with pytest.raises(InvalidToken):
        verify_compact(text, keyring)


def test_a_token_that_is_far_too_long_is_refused_unread(ring: Keyring) -> None:
    with pytest.raises(InvalidToken, match="too long"):
        verify_compact(sign_compact(ring.signer("ES256"), bytes(MAX_TOKEN)), ring)


def test_a_token_of_another_issuer_s_key_is_refused(ring: Keyring, keyring: Keyring) -> None:
    with pytest.raises(InvalidToken):
        verify_compact(sign_compact(keyring.signer("ES256"), PAYLOAD), ring)


def test_keys_show_nothing_private(ring: Keyring) -> None:
    pair = algorithms.generate("ES256")

    assert "PRIVATE" not in repr(pair)
    assert "pem=…" in repr(pair)
    assert "PRIVATE" not in repr(ring)


def test_a_signature_of_the_wrong_length_is_no_signature(ring: Keyring) -> None:
    key = ring.public_key(ring.signer("ES256").kid)
    good = ring.signer("ES256").sign(b"m")

    assert key.accepts(good, b"m")
    for bad in (b"", good[:-1], good + b"\0", good[:32] + b"\0" + good[32:], bytes(64), b"\xff" * 64):
        assert not key.accepts(bad, b"m")


def test_tokens_stay_verifiable_through_a_rotation(now: datetime) -> None:
    url = "memory:turning-under-tokens"
    before = keys.create_keyring(url, now=now, algorithms=["ES256"])
    token = sign_compact(before.signer("ES256"), PAYLOAD)

    keys.rotate_keyring(url, now=now + LEAD)
    turned = keys.open_keyring(url)
    assert turned.signer("ES256").kid != before.signer("ES256").kid
    assert verify_compact(token, turned) == PAYLOAD
    assert verify_compact(sign_compact(turned.signer("ES256"), PAYLOAD), before) == PAYLOAD

    keys.rotate_keyring(url, now=now + LEAD + AFTERLIFE)
    with pytest.raises(InvalidToken):
        verify_compact(token, keys.open_keyring(url))
