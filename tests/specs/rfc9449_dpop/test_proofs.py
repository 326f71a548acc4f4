"""What a proof has to be: every member of RFC 9449 §4.3, and nothing a thief could make."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from idp.oidc.dpop import Dpop, Nonces, Request
from idp.oidc.errors import Code, OAuthError
from tests.dpop_sender import Sender
from tests.house import ISSUER
from tests.signing_client import new_key, sign

if TYPE_CHECKING:
    from tests.house import House

PATH = "/userinfo"
TOKEN = "an access token"
HOUR = 3600


@pytest.fixture
def sender(house: House) -> Sender:
    """A sender with a key of its own."""
    return Sender(house)


def judged(sender: Sender, header: str | None, *, method: str = "GET", with_nonce: bool = False) -> str | None:
    dpop = Dpop(sender.house.services.database, Nonces(b"k" * 32), nonces_for_all=False)
    request = Request(header, method, ISSUER + PATH, place="rs", token=TOKEN)
    return dpop.confirmation(request, now=sender.house.now, with_nonce=with_nonce)


def refusal(sender: Sender, header: str | None) -> Code:
    with pytest.raises(OAuthError) as refused:
        judged(sender, header)
    return refused.value.code


def proof(sender: Sender, **changes: Any) -> str:
    return sender.proof(PATH, **({"method": "GET", "token": TOKEN} | changes))


@pytest.mark.parametrize("algorithm", ["ES256", "PS256", "EdDSA"])
def test_a_proof_names_the_key_it_was_made_with(house: House, algorithm: str) -> None:
    sender = Sender(house, algorithm, new_key(algorithm))
    assert judged(sender, proof(sender)) == f"jkt:{sender.jkt}"


@pytest.mark.parametrize("written", ["https://ID.example:443/userinfo", "HTTPS://id.example/userinfo#x"])
def test_a_default_port_may_be_written_out(sender: Sender, written: str) -> None:
    """fapi2-security-profile-final-dpop-negative-tests (W): an explicit default port, letters of another case"""
    dpop = Dpop(sender.house.services.database, Nonces(b"k" * 32), nonces_for_all=False)
    request = Request(proof(sender, htu=written), "GET", "https://id.example/userinfo", place="rs", token=TOKEN)
    assert dpop.confirmation(request, now=sender.house.now, with_nonce=False) == f"jkt:{sender.jkt}"


def test_no_header_proves_nothing_and_is_no_error(sender: Sender) -> None:
    assert judged(sender, None) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"header": {"extra": "member", "kid": "mine"}},
        {"extra": "claim"},
        {"htu": ISSUER + PATH + "?query=1#fragment"},
        {"htu": "HTTP://LOCALHOST:9000" + PATH},
    ],
)
def test_what_does_no_harm_is_let_be(sender: Sender, changes: dict[str, Any]) -> None:
    """fapi2-security-profile-final-dpop-negative-tests: htu with query, extra claims and headers must work."""
    assert judged(sender, proof(sender, **changes)) == f"jkt:{sender.jkt}"


@pytest.mark.parametrize("ago", [-10, -50, 10, 50])
def test_clocks_may_differ_a_little(sender: Sender, ago: int) -> None:
    now = int(sender.house.now.timestamp())
    assert judged(sender, proof(sender, iat=now + ago, nbf=now + ago, exp=now + 100))


def wrong(sender: Sender) -> dict[str, str]:
    """Every way to get a proof wrong, by its name."""
    now, other = int(sender.house.now.timestamp()), new_key("ES256")
    private = sender.key.as_dict(private=True)
    rsa = Sender(sender.house, "RS256", new_key("RS256"))
    fine = proof(sender)
    return {
        "two headers": f"{fine},{proof(sender)}",
        "malformed": "x.y",
        "not canonical": fine + "=",
        "no typ": proof(sender, header={"typ": None}),
        "no alg": fine.partition(".")[2],
        "no jwk": proof(sender, header={"jwk": None}),
        "no jti": proof(sender, jti=None),
        "no htm": proof(sender, htm=None),
        "no htu": proof(sender, htu=None),
        "no iat": proof(sender, iat=None),
        "no ath": proof(sender, token=None),
        "wrong typ": proof(sender, header={"typ": "jwt"}),
        "RS256": proof(rsa),
        "none": proof(sender, header={"alg": "none"}),
        "a private key": proof(sender, header={"jwk": private}),
        "a symmetric key": proof(sender, header={"jwk": {"kty": "oct", "k": "AAAA"}}),
        "another key signed": proof(sender, signed_by=other),
        "wrong htm": proof(sender, htm="POST"),
        "method in small letters": proof(sender, htm="get"),
        "wrong htu": proof(sender, htu="https://evil.example/userinfo"),
        "another path": proof(sender, htu=ISSUER + "/token"),
        "htu that is none": proof(sender, htu="http://["),
        "htu that is no text": proof(sender, htu=5),
        "an hour old": proof(sender, iat=now - HOUR),
        "an hour ahead": proof(sender, iat=now + HOUR),
        "iat in words": proof(sender, iat="now"),
        "expired": proof(sender, exp=now - HOUR),
        "not yet": proof(sender, nbf=now + HOUR),
        "wrong ath": proof(sender, ath="A" * 43),
        "empty jti": proof(sender, jti=""),
        "endless jti": proof(sender, jti="j" * 300),
        "jti that is no text": proof(sender, jti=7),
        "critical": proof(sender, header={"crit": ["x"], "x": 1}),
        "too long": proof(sender, extra="x" * 9000),
        "half a character": proof(sender, jti="\ud800"),
        "a time without end": proof(sender, iat=10**400),
        "NUL": proof(sender, jti="a\0b"),
        "a member twice": sign(b'{"jti":"a","jti":"b"}', sender.key, "ES256", typ="dpop+jwt"),
    }


NAMES = (
    *("two headers", "malformed", "not canonical", "no typ", "no alg", "no jwk", "no jti", "no htm", "no htu"),
    *("no iat", "no ath", "wrong typ", "RS256", "none", "a private key", "a symmetric key", "another key signed"),
    *("wrong htm", "method in small letters", "wrong htu", "another path", "htu that is none"),
    *("htu that is no text", "an hour old", "an hour ahead", "iat in words", "expired", "not yet", "wrong ath"),
    *("empty jti", "endless jti", "jti that is no text", "critical", "too long"),
    *("half a character", "a time without end", "NUL", "a member twice"),
)


@pytest.mark.parametrize("name", NAMES)
def test_a_wrong_proof_proves_nothing(sender: Sender, name: str) -> None:
    """fapi2-security-profile-final-dpop-negative-tests"""
    ways = wrong(sender)
    assert tuple(ways) == NAMES
    assert refusal(sender, ways[name]) is Code.INVALID_DPOP_PROOF


def test_a_proof_is_good_once(sender: Sender) -> None:
    once = proof(sender)
    assert judged(sender, once)
    assert refusal(sender, once) is Code.INVALID_DPOP_PROOF


def test_two_senders_may_use_one_jti(house: House) -> None:
    for sender in (Sender(house), Sender(house)):
        assert judged(sender, proof(sender, jti="same"))


def test_a_nonce_is_good_for_its_time_and_the_next(sender: Sender) -> None:
    nonces = Nonces(b"k" * 32)
    sender.nonce = nonces.current("rs", now=sender.house.now)
    assert judged(sender, proof(sender), with_nonce=True)
    sender.house.wait(minutes=5)
    assert judged(sender, proof(sender), with_nonce=True)
    sender.house.wait(minutes=5)
    assert refusal(sender, proof(sender)) is Code.USE_DPOP_NONCE


def test_a_nonce_of_the_other_place_or_of_nobody_is_none(sender: Sender) -> None:
    for nonce in (Nonces(b"k" * 32).current("as", now=sender.house.now), "x", "", "é"):
        assert refusal(sender, proof(sender, nonce=nonce)) is Code.USE_DPOP_NONCE


def test_where_a_nonce_is_demanded_a_proof_without_one_is_asked_for_it(sender: Sender) -> None:
    with pytest.raises(OAuthError) as refused:
        judged(sender, proof(sender), with_nonce=True)
    assert refused.value.code is Code.USE_DPOP_NONCE
