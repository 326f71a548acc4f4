"""A client may publish its keys instead of registering them (OIDC Registration §2 ``jwks_uri``, OIDC Core §10.1.1)."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from joserfc.jwk import ECKey

from clients.client import Client
from idp.gateways.http import Reply
from idp.gateways.outbound import Outbound, Unreachable
from idp.oidc.client_keys import ClientKeys, named
from tests.house import ISSUER, House
from tests.signing_client import SigningClient
from tests.specs.rfc7523_private_key_jwt.test_client_assertion import signed

if TYPE_CHECKING:
    from tests.laboratory import Laboratory

NOW = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
URI = "https://forum.example/jwks"
SITE = Client(
    client_id="forum",
    sector="forum.example",
    name="Forum",
    redirect_uris=("https://forum.example/cb",),
    token_endpoint_auth_method="private_key_jwt",
    jwks_uri=URI,
)


def key(kid: str) -> ECKey:
    return ECKey.generate_key("P-256", {"kid": kid})


class Publisher(Outbound):
    """Publishes what it is told; None means that it is down."""

    def __init__(self, *keys: ECKey) -> None:
        super().__init__()
        object.__setattr__(self, "body", self.set_of(*keys))
        object.__setattr__(self, "asked", [])

    body: bytes | None
    asked: list[str]

    @staticmethod
    def set_of(*keys: ECKey) -> bytes:
        return json.dumps({"keys": [each.as_dict(private=False) for each in keys]}).encode()

    def publishes(self, body: bytes | None) -> None:
        object.__setattr__(self, "body", body)

    def get(self, url: str, *, accept: str = "", most: int = 0) -> Reply:
        assert "json" in accept
        assert most <= 64 * 1024
        self.asked.append(url)
        if self.body is None:
            raise Unreachable
        return Reply(200, {}, self.body)


def kids(keys: ClientKeys, *, kid: str | None, after: float = 0) -> set[str | None]:
    client = keys.with_keys(SITE, has=named(kid), now=NOW + timedelta(seconds=after))
    return {each.kid for each in client.jwks}


def test_a_set_is_fetched_once_and_kept() -> None:
    publisher = Publisher(key("1"))
    keys = ClientKeys(publisher)
    for after in (0, 10, 500):
        assert kids(keys, kid="1", after=after) == {"1"}
    assert publisher.asked == [URI]
    kids(keys, kid="1", after=700)
    assert len(publisher.asked) == 2


def test_an_unknown_kid_fetches_anew_but_once_a_minute() -> None:
    publisher = Publisher(key("1"))
    keys = ClientKeys(publisher)
    kids(keys, kid="1")
    publisher.publishes(Publisher.set_of(key("2")))
    assert kids(keys, kid="2", after=30) == {"1"}
    assert kids(keys, kid="2", after=61) == {"2"}
    for after in range(62, 120):
        kids(keys, kid="made up", after=after)
    assert len(publisher.asked) == 2


@pytest.mark.parametrize("body", [None, b"", b"[]", b"{}", b"\xff", b"[" * 60_000])
def test_a_set_that_cannot_be_had_is_none_and_is_asked_for_once_more_soon_and_then_rarely(body: bytes | None) -> None:
    publisher = Publisher()
    publisher.publishes(body)
    keys = ClientKeys(publisher)
    for after in range(65):
        assert kids(keys, kid="1", after=after) == set()
    assert len(publisher.asked) == 2
    publisher.publishes(Publisher.set_of(key("1")))
    assert kids(keys, kid="1", after=66) == {"1"}


def test_a_site_that_was_down_at_its_very_first_request_gets_in_a_moment_later() -> None:
    publisher = Publisher()
    publisher.publishes(None)
    keys = ClientKeys(publisher)
    kids(keys, kid="1")
    publisher.publishes(Publisher.set_of(key("1")))
    assert kids(keys, kid="1", after=4) == set()
    assert kids(keys, kid="1", after=6) == {"1"}


def test_who_comes_while_the_first_set_is_fetched_waits_for_it() -> None:
    others, has_come, done = 4, threading.Semaphore(0), threading.Semaphore(0)
    keys = ClientKeys(Publisher())
    seen: list[set[str | None]] = []

    class Slow(Publisher):
        def get(self, url: str, *, accept: str = "", most: int = 0) -> Reply:
            for _ in range(others):
                threading.Thread(target=late).start()
            for _ in range(others):
                has_come.acquire()
            return super().get(url, accept=accept, most=most)

    def late() -> None:
        has_come.release()
        seen.append(kids(keys, kid="1"))
        done.release()

    keys.outbound = slow = Slow(key("1"))
    assert kids(keys, kid="1") == {"1"}
    for _ in range(others):
        assert done.acquire(timeout=5)
    assert seen == [{"1"}] * others
    assert slow.asked == [URI]


def test_nobody_waits_for_another_client_s_set() -> None:
    other = replace(SITE, client_id="other", jwks_uri="https://other.example/jwks")
    keys = ClientKeys(Publisher())

    class Slow(Publisher):
        def get(self, url: str, *, accept: str = "", most: int = 0) -> Reply:
            if url == URI:
                assert keys.with_keys(other, has=named("1"), now=NOW).jwks
            return super().get(url, accept=accept, most=most)

    keys.outbound = Slow(key("1"))
    assert kids(keys, kid="1") == {"1"}


def test_keys_of_other_kinds_in_a_published_set_are_passed_over() -> None:
    publisher = Publisher()
    others = [{"kty": "EC", "crv": "P-521", "x": "AA", "y": "AA", "kid": "big"}, {"kty": "new"}, 7]
    secret = ECKey.generate_key("P-256", {"kid": "shown"}).as_dict(private=True)
    own = key("1").as_dict(private=False)
    publisher.publishes(
        json.dumps({"keys": [*others, secret, own, own | {"kid": "2", "use": "enc", "alg": "ECDH-ES+A128KW"}]}).encode()
    )
    assert kids(ClientKeys(publisher), kid="1") == {"1"}


def test_a_site_that_is_down_for_a_moment_keeps_its_known_keys() -> None:
    publisher = Publisher(key("1"))
    keys = ClientKeys(publisher)
    kids(keys, kid="1")
    publisher.publishes(None)
    assert kids(keys, kid="1", after=700) == {"1"}


def test_a_site_that_stays_down_loses_them_after_a_day() -> None:
    publisher = Publisher(key("1"))
    keys = ClientKeys(publisher)
    kids(keys, kid="1")
    publisher.publishes(None)
    assert kids(keys, kid="1", after=80_000) == {"1"}
    assert kids(keys, kid="1", after=90_000) == set()


def test_lost_keys_stay_lost_between_two_tries() -> None:
    publisher = Publisher(key("1"))
    keys = ClientKeys(publisher)
    kids(keys, kid="1")
    publisher.publishes(None)
    for after in (90_000, 90_001):
        assert kids(keys, kid="1", after=after) == set()


def test_a_client_with_registered_keys_is_never_asked() -> None:
    publisher = Publisher()
    assert ClientKeys(publisher).with_keys(Client(**_without_uri()), has=named("1"), now=NOW).jwks == ()
    assert publisher.asked == []


def _without_uri() -> dict[str, Any]:
    return {"client_id": "x", "sector": "x.example", "name": "X", "redirect_uris": ("https://x.example/",)}


def test_a_client_with_published_keys_signs_in(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """oidcc-registration-jwks-uri"""
    own = key("1")
    publisher = Publisher(own)
    monkeypatch.setattr(house.services.token.authenticator.client_keys, "outbound", publisher)
    site = house.site("forum", token_endpoint_auth_method="private_key_jwt", jwks_uri="https://shop.example/jwks")
    now = house.now.timestamp()
    claims = {"iss": "forum", "sub": "forum", "aud": ISSUER, "jti": "one", "iat": now, "exp": now + 60}
    form = {
        "grant_type": "authorization_code", "code": house.person().code_for(site), "code_verifier": "v" * 43,
        "redirect_uri": site.client.redirect_uris[0],
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": signed(claims, {"kid": "1"}, key=own),
    }  # fmt: skip
    assert house.browser().post("/token", base_url=ISSUER, data=form).status_code == 200
    forged = form | {"client_assertion": signed(claims | {"jti": "two"}, {"kid": "1"}, key=key("1"))}
    assert house.browser().post("/token", base_url=ISSUER, data=forged).status_code == 401


def test_a_client_that_turned_its_keys_refreshes_with_the_new_one(lab_house: House, laboratory: Laboratory) -> None:
    """oidcc-refresh-token-rp-key-rotation: other keys at the same address, and a minute to find them in"""
    uri = laboratory.address("/jwks")
    site = lab_house.site(
        "forum", token_endpoint_auth_method="private_key_jwt", jwks_uri=uri,
        scope="openid offline_access", grant_types=["authorization_code", "refresh_token"],
    )  # fmt: skip
    old, new = key("1"), key("2")
    client = SigningClient(lab_house, site, old, "ES256")
    laboratory.publish("/jwks", Publisher.set_of(old))
    code = lab_house.person().code_for(site, scope="openid offline_access", prompt="consent")
    kept = client.redeem(code).get_json()["refresh_token"]
    client.key = new
    laboratory.publish("/jwks", Publisher.set_of(new))
    lab_house.wait(seconds=60)
    renewed = client.post("/token", {"grant_type": "refresh_token", "refresh_token": kept})
    assert renewed.status_code == 200, renewed.text
    assert laboratory.asked == ["/jwks"] * 2
