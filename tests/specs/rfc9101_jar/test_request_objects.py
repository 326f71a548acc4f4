"""A client may sign its requests: by value, or at an address that it registered (RFC 9101, OIDC Core §6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from idp.gateways.http import Reply
from idp.gateways.outbound import Outbound, Unreachable
from tests.house import ISSUER, House, answered, page_of, payload
from tests.signing_client import SigningClient, new_key, sign

if TYPE_CHECKING:
    from tests.house import Person
    from tests.laboratory import Laboratory

HOUR = 3600


def asked(client: SigningClient, compact: str, **outside: str) -> str:
    return "/authorize?" + urlencode({"client_id": client.client_id, "request": compact} | outside)


def refused(person: Person, where: str) -> bool:
    response = person.visit(where)
    assert response.status_code == 400
    return page_of(response) == "error"


@pytest.mark.parametrize("algorithm", ["ES256", "PS256", "RS256", "EdDSA"])
def test_a_signed_request_is_answered(house: House, algorithm: str) -> None:
    client, person = SigningClient.register(house, algorithm=algorithm), house.person()
    reply = answered(person.arrive(asked(client, client.request_object())))
    assert reply["state"] == "some state"
    assert client.redeem(reply["code"]).status_code == 200


def test_a_signed_request_may_be_pushed(house: House) -> None:
    client, person = SigningClient.register(house), house.person()
    answer = client.post("/par", {"client_id": client.client_id, "request": client.request_object()})
    assert answer.status_code == 201
    assert "code" in answered(person.arrive(client.address(answer.get_json()["request_uri"])))


def test_what_is_signed_wins_and_the_rest_is_filled_in(house: House) -> None:
    """oidcc-ensure-request-object-with-redirect-uri: the address inside counts."""
    client, person = SigningClient.register(house), house.person()
    compact = client.request_object(state=None)
    where = asked(client, compact, redirect_uri="https://evil.example/", nonce="outside", state="outside")
    assert answered(person.arrive(where))["state"] == "outside"


def test_a_client_that_has_to_sign_is_held_to_what_it_signed(house: House) -> None:
    client, person = SigningClient.register(house, require_signed_request_object=True), house.person()
    assert answered(person.visit(client.site.request(scope="openid profile")))["error"] == "invalid_request"
    where = asked(client, client.request_object(state=None), state="outside")
    assert "state" not in answered(person.arrive(where))
    assert client.push().get_json()["error"] == "invalid_request"


def test_numbers_and_claims_are_written_as_json_has_them(house: House) -> None:
    client, person = SigningClient.register(house), house.person()
    compact = client.request_object(max_age=3600, claims={"id_token": {"auth_time": {"essential": True}}})
    assert "code" in answered(person.arrive(asked(client, compact)))


def forged(client: SigningClient) -> dict[str, str]:
    """Every way to get a request object wrong, by its name."""
    now, other = client.now, new_key("ES256")
    with_own_kid = {"kid": client.key.kid}
    own_jwk = {"jwk": other.as_dict(private=False), "kid": None}
    return {
        "unsigned": client.request_object(header={"alg": "none"}),
        "another client's key": client.request_object(key=other, header=with_own_kid),
        "a key that comes along": client.request_object(key=other, header=own_jwk),
        "an unknown kid": client.request_object(header={"kid": "unknown"}),
        "critical extension": client.request_object(header={"crit": ["b64"], "b64": False}),
        "another type": client.request_object(header={"typ": "at+jwt"}),
        "wrong issuer": client.request_object(iss="somebody"),
        "wrong audience": client.request_object(aud="https://other.example"),
        "expired": client.request_object(exp=now - 61),
        "not valid yet": client.request_object(nbf=now + 3600),
        "another client inside": client.request_object(client_id="somebody"),
        "a request inside": client.request_object(request="x"),
        "a request_uri inside": client.request_object(request_uri="https://shop.example/r"),
        "a client assertion": client.request_object(sub=client.client_id),
        "times that are none": client.request_object(exp="soon"),
        "a list": client.request_object(scope=["openid"]),
        "no JWT": "x.y.z",
        "too long": client.request_object(state="x" * 8200),
        "half a character": client.request_object(state="\ud800"),
        "NUL": client.request_object(nonce="a\0b"),
        "a member twice": sign(b'{"client_id":"shop","client_id":"shop"}', client.key, client.algorithm),
        "an array": sign(b"[]", client.key, client.algorithm),
    }


NAMES = (
    *("unsigned", "another client's key", "a key that comes along", "an unknown kid", "critical extension"),
    *("another type", "wrong issuer", "wrong audience", "expired", "not valid yet", "another client inside"),
    *("a request inside", "a request_uri inside", "a client assertion", "times that are none", "a list", "no JWT"),
    *("too long", "half a character", "NUL", "a member twice", "an array"),
)


@pytest.mark.parametrize("name", NAMES)
def test_a_wrong_request_object_is_a_page_at_the_front_door_and_an_error_when_pushed(house: House, name: str) -> None:
    client, person = SigningClient.register(house), house.person()
    ways = forged(client)
    assert tuple(ways) == NAMES
    compact = ways[name]
    assert refused(person, asked(client, compact))
    pushed = client.post("/par", {"client_id": client.client_id, "request": compact})
    assert pushed.status_code == 400
    assert pushed.get_json()["error"] in {"invalid_request_object", "invalid_request"}


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": None}, {"nbf": None}, {"iss": None}, {"aud": None},
        {"exp": 2 * HOUR}, {"nbf": -2 * HOUR}, {"exp": -100},
    ],
)  # fmt: skip
def test_who_has_to_sign_says_who_for_whom_and_for_how_long(house: House, changes: dict[str, Any]) -> None:
    """FAPI 2.0 Message Signing: missing exp or nbf, longer than an hour, bad aud → invalid_request_object."""
    client = SigningClient.register(house, require_signed_request_object=True)
    moments = {name: value if value is None else client.now + value for name, value in changes.items()}
    pushed = client.post("/par", {"client_id": client.client_id, "request": client.request_object(**moments)})
    assert pushed.get_json()["error"] == "invalid_request_object"


def test_a_clock_that_is_a_little_ahead_does_no_harm(house: House) -> None:
    client = SigningClient.register(house, require_signed_request_object=True)
    compact = client.request_object(nbf=client.now + 8, aud=[ISSUER, "https://other.example"])
    assert client.post("/par", {"client_id": client.client_id, "request": compact}).status_code == 201


def test_a_client_keeps_to_the_algorithm_it_registered(house: House) -> None:
    client = SigningClient.register(house, algorithm="RS256", request_object_signing_alg="PS256")
    assert refused(house.person(), asked(client, client.request_object()))


def publishing(monkeypatch: pytest.MonkeyPatch, body: bytes | None) -> None:
    """Let the registered address, and no other, hold ``body``; None for one that does not answer."""

    def get(_self: Outbound, url: str, *, accept: str, most: int) -> Reply:
        assert url == "https://shop.example/request.jwt"
        assert accept == "application/oauth-authz-req+jwt"
        assert most < 10_000
        if body is None:
            raise Unreachable
        return Reply(200, {}, body)

    monkeypatch.setattr(Outbound, "get", get)


ADDRESS = "https://shop.example/request.jwt"


def by_reference(client: SigningClient, address: str = ADDRESS) -> str:
    return "/authorize?" + urlencode({"client_id": client.client_id, "request_uri": address})


def test_a_registered_address_is_fetched(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    client, person = SigningClient.register(house, request_uris=[ADDRESS]), house.person()
    publishing(monkeypatch, client.request_object().encode())
    assert "code" in answered(person.arrive(by_reference(client)))


@pytest.mark.parametrize("kind", ["application/oauth-authz-req+jwt", "application/jwt"])
def test_an_address_may_name_the_hash_of_what_it_holds(lab_house: House, laboratory: Laboratory, kind: str) -> None:
    """oidcc-request-uri-signed-rs256: registered and sent with its fragment, which no web server is asked for"""
    address = laboratory.address("/request.jwt") + "#fragment-by-the-suite"
    client = SigningClient.register(
        lab_house, algorithm="RS256", request_uris=[address], request_object_signing_alg="RS256"
    )
    laboratory.publish("/request.jwt", client.request_object(nonce="inside").encode(), kind)
    reply = answered(lab_house.person().arrive(by_reference(client, address)))
    assert payload(client.redeem(reply["code"]).get_json()["id_token"])["nonce"] == "inside"
    assert laboratory.asked == ["/request.jwt"]


@pytest.mark.parametrize("address", ["https://evil.example/r", ADDRESS + "?x=1", "https://shop.example/", "x:y"])
def test_another_address_is_never_fetched(house: House, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    client = SigningClient.register(house, request_uris=[ADDRESS])
    publishing(monkeypatch, client.request_object().encode())
    assert refused(house.person(), by_reference(client, address))


@pytest.mark.parametrize("body", [None, b"", b"\xff", b"<html>"])
def test_what_cannot_be_had_or_read_is_a_page(
    house: House, monkeypatch: pytest.MonkeyPatch, body: bytes | None
) -> None:
    client = SigningClient.register(house, request_uris=[ADDRESS])
    publishing(monkeypatch, body)
    assert refused(house.person(), by_reference(client))


def test_only_so_many_are_fetched_at_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    client = SigningClient.register(house, request_uris=[ADDRESS])
    publishing(monkeypatch, client.request_object().encode())
    ways_out = house.services.authorize.request_objects.ways_out
    for _ in range(2):
        assert ways_out.acquire(blocking=False)
    assert refused(house.person(), by_reference(client))
    ways_out.release()
    assert "code" in answered(house.person().arrive(by_reference(client)))


def test_both_at_once_are_refused(house: House) -> None:
    client = SigningClient.register(house, request_uris=[ADDRESS])
    assert refused(house.person(), asked(client, client.request_object(), request_uri=ADDRESS))
