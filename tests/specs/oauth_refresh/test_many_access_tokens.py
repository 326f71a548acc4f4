"""A grant has as many access tokens as its client asks for, each good to its end and none good beyond it."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import TYPE_CHECKING, Any

import pytest

from idp.store import grants
from tests.dpop_sender import Sender
from tests.house import ISSUER, House
from tests.security.recorder import statements
from tests.specs.oauth_refresh.test_refresh import first, lasting_site, refresh
from tests.specs.rfc7009_revocation.test_revocation import revoke
from tests.specs.rfc7662_introspection.test_introspection import told

if TYPE_CHECKING:
    from tests.house import Site

NODES = 6


def of_several_nodes(site: Site, token: str) -> list[str]:
    """Return the access tokens that so many nodes of one client got by the refresh token that they share."""
    return [refresh(site, token).get_json()["access_token"] for _ in range(NODES)]


def test_what_several_nodes_got_by_one_refresh_token_all_stays_good(house: House) -> None:
    site = lasting_site(house)
    before = first(site)
    access = [before["access_token"], *of_several_nodes(site, before["refresh_token"])]
    assert len(set(access)) == NODES + 1
    assert [site.userinfo(each).status_code for each in access] == [200] * len(access)
    house.wait(seconds=600)
    assert [site.userinfo(each).status_code for each in access] == [401] * len(access)


def test_each_of_them_goes_alone(house: House) -> None:
    """RFC 7009 §2.1."""
    site = lasting_site(house)
    access = of_several_nodes(site, first(site)["refresh_token"])
    gone = access[1::2]
    for each in gone:
        assert revoke(site, token=each).status_code == 200
    for each in access:
        assert told(site, each)["active"] is (each not in gone)
        assert site.userinfo(each).status_code == (401 if each in gone else 200)


def test_however_many_are_revoked_each_is_over_and_the_newest_is_good(house: House) -> None:
    site = lasting_site(house)
    token, gone = first(site)["refresh_token"], []
    for _ in range(70):  # more than a row has room for
        house.wait(seconds=1)
        gone.append(refresh(site, token).get_json()["access_token"])
        revoke(site, token=gone[-1])
    house.wait(seconds=1)
    newest = refresh(site, token).get_json()["access_token"]
    assert [each for each in gone if told(site, each)["active"]] == []
    assert site.userinfo(newest).status_code == 200


def test_a_refresh_that_turns_nothing_writes_nothing(house: House) -> None:
    site, sender = lasting_site(house), Sender(house)
    app = lasting_site(house, "app", token_endpoint_auth_method="none")
    token, bound = first(site)["refresh_token"], first(app, DPoP=sender.proof("/token"))["refresh_token"]
    with statements(house.services.database.engine) as seen:
        assert refresh(site, token).status_code == 200
        assert refresh(app, bound, {"DPoP": sender.proof("/token")}).status_code == 200
    assert [each for each in seen if not each.startswith("SELECT") and "used_jti" not in each] == []


def test_with_another_key_every_token_of_the_former_one_goes(house: House) -> None:
    site, old = lasting_site(house), Sender(house)
    token = first(site, DPoP=old.proof("/token"))["refresh_token"]
    former = [
        refresh(site, token, {"DPoP": old.proof("/token")}).get_json()["access_token"] for _ in range(3)
    ]  # fmt: skip
    assert all(told(site, each)["active"] for each in former)
    newest = refresh(site, token, {"DPoP": Sender(house).proof("/token")}).get_json()["access_token"]
    assert [told(site, each)["active"] for each in [*former, newest]] == [False] * 3 + [True]


def test_a_key_takes_the_tokens_with_it_that_were_bound_to_none(house: House) -> None:
    site = lasting_site(house)
    before = first(site)
    after = refresh(site, before["refresh_token"], {"DPoP": Sender(house).proof("/token")}).get_json()
    assert site.userinfo(before["access_token"]).status_code == 401
    assert told(site, after["access_token"])["active"] is True


PARTS = {"grant": 0, "until": 19, "serial": 25, "proof": 40}
"""A byte of each."""


@pytest.mark.parametrize("part", PARTS)
def test_a_token_of_which_a_byte_was_changed_is_none(house: House, part: str) -> None:
    site = lasting_site(house)
    token = first(site)["access_token"]
    raw = bytearray(urlsafe_b64decode(token))
    raw[PARTS[part]] ^= 1
    changed = urlsafe_b64encode(raw).decode()
    assert site.userinfo(changed).status_code == 401
    assert told(site, changed) == {"active": False}
    assert revoke(site, token=changed).status_code == 200
    assert site.userinfo(token).status_code == 200, "nor does it end the one it was made of"


def test_a_longer_life_cannot_be_written_into_a_token(house: House) -> None:
    site = lasting_site(house)
    raw = bytearray(urlsafe_b64decode(first(site)["access_token"]))
    raw[16:21] = (int.from_bytes(raw[16:21], "big") + 3600).to_bytes(5, "big")
    house.wait(seconds=601)
    assert site.userinfo(urlsafe_b64encode(raw).decode()).status_code == 401


def test_a_token_ends_with_its_grant_and_says_so(house: House) -> None:
    site = lasting_site(house)
    token = first(site)["refresh_token"]
    house.wait(days=90, minutes=-5)
    answer = refresh(site, token).get_json()
    assert 0 < answer["expires_in"] <= 300
    house.wait(seconds=answer["expires_in"] - 1)
    purge(house)
    assert site.userinfo(answer["access_token"]).status_code == 200
    house.wait(seconds=1)
    assert site.userinfo(answer["access_token"]).status_code == 401


def test_a_token_whose_grant_was_cleared_away_is_none(house: House) -> None:
    site = lasting_site(house)
    token: dict[str, Any] = first(site)
    with house.services.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM grants")
    assert site.userinfo(token["access_token"]).status_code == 401
    assert told(site, token["access_token"]) == {"active": False}
    assert revoke(site, token=token["access_token"]).status_code == 200


def purge(house: House) -> None:
    with house.services.database.write() as connection:
        grants.purge(connection, now=house.now)


def test_a_bound_token_is_no_good_at_userinfo_without_its_key(house: House) -> None:
    site, sender = lasting_site(house), Sender(house)
    token = first(site, DPoP=sender.proof("/token"))["access_token"]
    assert site.userinfo(token).status_code == 401
    headers = {"Authorization": f"DPoP {token}", "DPoP": sender.proof("/userinfo", method="GET", token=token)}
    assert house.browser().get("/userinfo", base_url=ISSUER, headers=headers).status_code == 200
