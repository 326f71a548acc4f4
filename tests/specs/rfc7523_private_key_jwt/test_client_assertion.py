"""A client proves itself by a JWT signed with its registered key: RFC 7523 §3, OIDC Core §9, RFC 7515, RFC 8725."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import ECKey, OKPKey, RSAKey

from clients.authentication import (
    ASSERTION_TYPE,
    Authenticated,
    ClientAuthenticationFailed,
    authenticate,
    credentials_from,
)
from clients.client import Client
from clients.jwks import parse_jwks

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = datetime(2026, 11, 24, 8, 30, 15, tzinfo=UTC)
ISSUER = "https://id.example"
TOKEN_ENDPOINT = "https://id.example/token"

EC = ECKey.generate_key("P-256", {"kid": "ec"})
RSA = RSAKey.generate_key(2048, {"kid": "rsa"})
ED = OKPKey.generate_key("Ed25519", {"kid": "ed"})
OTHER_EC = ECKey.generate_key("P-256", {"kid": "ec"})
KEYS: dict[str, ECKey | RSAKey | OKPKey] = {"ES256": EC, "PS256": RSA, "RS256": RSA, "EdDSA": ED}
SITE = Client(
    client_id="forum",
    sector="forum.example",
    name="Forum",
    redirect_uris=("https://forum.example/cb",),
    token_endpoint_auth_method="private_key_jwt",
    jwks=parse_jwks({"keys": [key.as_dict(private=False) for key in (EC, RSA, ED)]}),
)


def at(moment: timedelta) -> float:
    return (NOW + moment).timestamp()


def claims(**changes: object) -> dict[str, object]:
    usual = {
        "iss": "forum",
        "sub": "forum",
        "aud": ISSUER,
        "jti": "one",
        "iat": at(timedelta()),
        "exp": at(timedelta(minutes=1)),
    }
    return {name: value for name, value in (usual | changes).items() if value is not ...}


def encoded(value: object) -> str:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def signed(payload: object, header: dict[str, Any] | None = None, *, key: Any = None) -> str:
    """Sign as an honest or dishonest client would, with no library's rules in the way."""
    header = {"alg": "ES256", "kid": "ec"} | (header or {})
    text = f"{encoded({name: value for name, value in header.items() if value is not ...})}.{encoded(payload)}"
    model = jws.JWSRegistry.algorithms[header["alg"]]
    return f"{text}.{encoded(model.sign(text.encode(), key or KEYS[header['alg']]))}"


def attempt(
    assertion: str, *, client: Client = SITE, accepted: tuple[str, ...] = (ISSUER, TOKEN_ENDPOINT), **form: str
) -> Authenticated:
    sent = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion} | form
    return authenticate(client, credentials_from(authorization=None, form=sent), now=NOW, audiences=accepted)


def reason_against(assertion: str, **options: Any) -> str:
    with pytest.raises(ClientAuthenticationFailed) as failed:
        attempt(assertion, **options)
    assert failed.value.error == "invalid_client"
    return failed.value.reason


@pytest.mark.parametrize("algorithm", sorted(KEYS))
def test_a_registered_key_of_any_kind_proves_the_client(algorithm: str) -> None:
    proven = attempt(signed(claims(), {"alg": algorithm, "kid": KEYS[algorithm].kid}))
    assert (proven.method, proven.assertion_jti) == ("private_key_jwt", "one")


def test_the_jti_must_be_remembered_for_as_long_as_the_assertion_could_return() -> None:
    expires = attempt(signed(claims())).assertion_expires
    assert expires is not None
    assertion = signed(claims())
    credentials = credentials_from(
        authorization=None, form={"client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion}
    )
    with pytest.raises(ClientAuthenticationFailed):
        authenticate(SITE, credentials, now=expires, audiences=[ISSUER])
    proven = authenticate(SITE, credentials, now=expires - timedelta(seconds=1), audiences=[ISSUER])
    assert proven.assertion_jti == "one"


@pytest.mark.parametrize(
    "typ", ["JWT", "jwt", "client-authentication+jwt", "application/client-authentication+jwt", ...]
)
def test_the_type_may_be_said_or_left_out(typ: object) -> None:
    assert attempt(signed(claims(), {"typ": typ})).assertion_jti == "one"


@pytest.mark.parametrize("typ", ["at+jwt", "logout+jwt", "dpop+jwt", 5, ["JWT"], None])
def test_a_jwt_made_for_another_purpose_is_refused(typ: object) -> None:
    assert "typ" in reason_against(signed(claims(), {"typ": typ}))


@pytest.mark.parametrize("audience", [ISSUER, TOKEN_ENDPOINT, [ISSUER], [ISSUER, TOKEN_ENDPOINT]])
def test_any_accepted_audience_will_do(audience: object) -> None:
    assert attempt(signed(claims(aud=audience))).assertion_jti == "one"


@pytest.mark.parametrize(
    "audience",
    [
        ...,
        None,
        "",
        [],
        5,
        {},
        ISSUER + "/",
        "https://ID.example",
        "https://evil.example",
        [ISSUER, "https://evil.example"],
    ],
)
def test_an_assertion_for_somebody_else_is_refused(audience: object) -> None:
    assert reason_against(signed(claims(aud=audience))) == "assertion: made for another audience"


def test_a_stricter_profile_can_take_the_issuer_only() -> None:
    assert attempt(signed(claims()), accepted=(ISSUER,)).assertion_jti == "one"
    assert reason_against(signed(claims(aud=TOKEN_ENDPOINT)), accepted=(ISSUER,))


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "shop"},
        {"iss": ...},
        {"iss": ISSUER},
        {"iss": ["forum"]},
        {"sub": "shop", "iss": "shop"},
    ],
)
def test_issuer_and_subject_are_the_client(changes: dict[str, object]) -> None:
    assert reason_against(signed(claims(**changes)))


@pytest.mark.parametrize("subject", [..., None, 5, "", ["forum"]])
def test_an_assertion_of_nobody_is_refused(subject: object) -> None:
    assert reason_against(signed(claims(sub=subject)))


def test_one_clients_assertion_does_not_prove_another() -> None:
    other = replace(SITE, client_id="shop", jwks=parse_jwks({"keys": [OTHER_EC.as_dict(private=False)]}))
    assert reason_against(signed(claims()), client=other) == "credentials of another client"
    assert reason_against(signed(claims(iss="shop", sub="shop")), client=other).endswith("does not verify")
    assert reason_against(signed(claims()), client_id="shop") == "two clients named"
    assert attempt(signed(claims()), client_id="forum").assertion_jti == "one"


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": ...},
        {"exp": None},
        {"exp": "soon"},
        {"exp": True},
        {"exp": 1e400},
        {"exp": 10**30},
        {"exp": 10**400},
        {"exp": 253402300799},
        {"exp": -(10**30)},
        {"exp": at(timedelta(seconds=-60))},
        {"exp": at(timedelta(minutes=62))},
        {"iat": at(timedelta(seconds=61))},
        {"iat": at(timedelta(minutes=-62))},
        {"iat": "now"},
        {"iat": None},
        {"nbf": at(timedelta(seconds=61))},
        {"nbf": []},
        {"jti": ...},
        {"jti": ""},
        {"jti": 5},
        {"jti": "a" * 256},
        {"jti": "a b"},
        {"jti": "\ud800"},
        {"jti": "一"},
    ],
)
def test_times_and_identifier_are_checked(changes: dict[str, object]) -> None:
    assert reason_against(signed(claims(**changes)))


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": at(timedelta(seconds=-59))},
        {"exp": at(timedelta(minutes=60))},
        {"iat": at(timedelta(seconds=59))},
        {"iat": ...},
        {"nbf": at(timedelta(seconds=8))},
        {"exp": int(at(timedelta(minutes=1)))},
    ],
)
def test_a_clock_may_be_a_minute_off(changes: dict[str, object]) -> None:
    assert attempt(signed(claims(**changes))).assertion_jti == "one"


def hmac_signed(secret: bytes) -> str:
    text = f"{encoded({'alg': 'HS256', 'kid': 'rsa'})}.{encoded(claims())}"
    return f"{text}.{encoded(hmac.digest(secret, text.encode(), hashlib.sha256))}"


@pytest.mark.parametrize("form", ["PEM", "DER"])
def test_a_public_key_is_never_taken_for_a_shared_secret(form: Any) -> None:
    secret = RSA.as_pem(private=False) if form == "PEM" else RSA.as_der(private=False)
    assert "algorithm" in reason_against(hmac_signed(secret))


@pytest.mark.parametrize("algorithm", ["none", "None", "HS256", "ES384", "RS512", "Ed448", "", 5, None, ["ES256"], {}])
def test_an_algorithm_that_is_not_allowed_is_refused(algorithm: object) -> None:
    header = {"alg": algorithm, "kid": "ec"}
    unsigned = f"{encoded(header)}.{encoded(claims())}."
    assert "algorithm" in reason_against(unsigned)
    assert "algorithm" in reason_against(unsigned + encoded(b"\0" * 64))


def test_an_unsigned_assertion_under_an_allowed_algorithm_is_refused() -> None:
    for algorithm, key in KEYS.items():
        assert reason_against(f"{encoded({'alg': algorithm, 'kid': key.kid})}.{encoded(claims())}.")


def test_a_key_is_not_used_with_another_kinds_algorithm() -> None:
    assert "no registered key" in reason_against(signed(claims(), {"alg": "RS256", "kid": "ec"}))
    assert "no registered key" in reason_against(signed(claims(), {"alg": "EdDSA", "kid": "rsa"}))


def test_a_registered_algorithm_is_the_only_one() -> None:
    pinned = replace(SITE, token_endpoint_auth_signing_alg="PS256")
    assert attempt(signed(claims(), {"alg": "PS256", "kid": "rsa"}), client=pinned).assertion_jti == "one"
    assert "algorithm" in reason_against(signed(claims(), {"alg": "RS256", "kid": "rsa"}), client=pinned)


@pytest.mark.parametrize("kid", ["other", "", 5, ["ec"], {"ec": 1}])
def test_an_unknown_key_identifier_is_refused(kid: object) -> None:
    assert "no registered key" in reason_against(signed(claims(), {"kid": kid}))


def test_without_a_key_identifier_there_must_be_one_fitting_key() -> None:
    assert attempt(signed(claims(), {"kid": ...})).assertion_jti == "one"
    second = dict(OTHER_EC.as_dict(private=False)) | {"kid": "second"}
    two = replace(SITE, jwks=parse_jwks({"keys": [EC.as_dict(private=False), second]}))
    assert attempt(signed(claims()), client=two).assertion_jti == "one"
    assert "no kid chooses" in reason_against(signed(claims(), {"kid": ...}), client=two)


@pytest.mark.parametrize(
    "header",
    [
        {"jwk": OTHER_EC.as_dict(private=False)},
        {"jku": "https://evil.example/jwks"},
        {"x5u": "https://evil.example/cert"},
        {"x5c": ["MIIB"]},
        {"jwk": OTHER_EC.as_dict(private=False), "kid": ...},
    ],
)
def test_a_key_from_the_header_counts_for_nothing(header: dict[str, Any]) -> None:
    assert reason_against(signed(claims(), header, key=OTHER_EC)).endswith("does not verify")


@pytest.mark.parametrize("header", [{"crit": ["exp"]}, {"crit": []}, {"crit": ["b64"], "b64": False}, {"b64": False}])
def test_a_critical_extension_is_refused(header: dict[str, Any]) -> None:
    assert "critical" in reason_against(signed(claims(), header))


def flip(text: str, place: int) -> str:
    return text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]


@given(place=st.integers(0, 10**6))
def test_no_character_of_an_assertion_can_be_changed(place: int) -> None:
    assertion = signed(claims())
    changed = flip(assertion, place % len(assertion))
    with pytest.raises(ClientAuthenticationFailed):
        attempt(changed)


def respelled(assertion: str) -> list[str]:
    """Write the same bytes otherwise: the last character's unused bits, padding, line breaks, the other alphabet."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = alphabet.index(assertion[-1])
    others = [assertion[:-1] + alphabet[last ^ bits] for bits in range(1, 4)]
    standard = assertion.replace("-", "+").replace("_", "/")
    return [
        *others,
        assertion + "==",
        assertion + "\n",
        " " + assertion,
        assertion[:9] + "\n" + assertion[9:],
        standard + "=",
    ]


def test_a_signature_has_one_spelling() -> None:
    for other in respelled(signed(claims(), {"alg": "ES256"})):
        assert reason_against(other)


TWICE: list[Callable[[], str]] = [
    lambda: (
        f'{{"iss":"forum","sub":"forum","sub":"forum","aud":"{ISSUER}","jti":"1","exp":{at(timedelta(minutes=1))}}}'
    ),
    lambda: json.dumps(claims())[:-1] + ',"x":{"a":1,"a":2}}',
]


@pytest.mark.parametrize("payload", TWICE)
def test_a_member_that_is_there_twice_is_refused(payload: Callable[[], str]) -> None:
    assert reason_against(signed(payload().encode())) == "assertion: a member twice"


def test_a_header_member_that_is_there_twice_is_refused() -> None:
    header = b'{"alg":"none","alg":"ES256","kid":"ec"}'
    text = f"{encoded(header)}.{encoded(claims())}"
    signature = encoded(jws.JWSRegistry.algorithms["ES256"].sign(text.encode(), EC))
    assert reason_against(f"{text}.{signature}") == "assertion: a member twice"


def with_member(json_text: str) -> bytes:
    """Add a member to claims that are right otherwise."""
    return f'{json.dumps(claims())[:-1]},"x":{json_text}}}'.encode()


def test_a_member_nobody_knows_is_ignored() -> None:
    assert attempt(signed(with_member("[[[[[[]]]]]]"))).assertion_jti == "one"


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"[]",
        b'"text"',
        b"null",
        b"{",
        b"\xff{}",
        with_member("NaN"),
        with_member("-Infinity"),
        with_member("9" * 5000),
        with_member("[" * 2500 + "]" * 2500),
        with_member("[" * 8 + "]" * 8),
        with_member('{"a":' * 8 + "1" + "}" * 8),
    ],
)
def test_a_payload_that_is_no_plain_json_object_is_refused(payload: bytes) -> None:
    assert reason_against(signed(payload))


@pytest.mark.parametrize(
    "assertion", ["", ".", "..", "...", "a.b", "a.b.c.d", "é.é.é", "e30.e30.", "a" * 9000, "\0.\0.\0"]
)
def test_what_is_no_jws_is_refused(assertion: str) -> None:
    with pytest.raises(ClientAuthenticationFailed):
        attempt(assertion)


def test_an_oversized_assertion_is_refused_before_it_is_parsed() -> None:
    assert reason_against(signed(claims(padding="x" * 8192))) == "assertion: longer than 8192 characters"


@given(assertion=st.text(max_size=60))
def test_no_text_breaks_the_door(assertion: str) -> None:
    with pytest.raises(ClientAuthenticationFailed):
        attempt(assertion)


@pytest.mark.parametrize("kind", ["", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"])
def test_an_assertion_of_another_type_is_refused(kind: str) -> None:
    assert reason_against(signed(claims()), client_assertion_type=kind) == "assertion of another type"


def test_an_assertion_is_nothing_for_a_client_that_registered_a_secret() -> None:
    other = replace(SITE, token_endpoint_auth_method="client_secret_basic", secret_hash=b"0" * 32)
    assert reason_against(signed(claims()), client=other) == "not the registered method"
