"""A client gives tokens back; another's are none of its business (RFC 7009)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from idp.store import access_tokens
from tests.house import ISSUER, House
from tests.specs.oauth_refresh.test_refresh import first, lasting_site, refresh

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

    from tests.house import Site


def revoke(site: Site, **form: str) -> TestResponse:
    headers = {"Authorization": site.basic()} if site.secret else {}
    named = {} if site.secret else {"client_id": site.client.client_id}
    return site.house.app.test_client().post("/revoke", base_url=ISSUER, data=named | form, headers=headers)


@pytest.mark.parametrize("hint", [{}, {"token_type_hint": "refresh_token"}, {"token_type_hint": "access_token"}])
def test_a_refresh_token_takes_the_whole_grant_with_it(house: House, hint: dict[str, str]) -> None:
    site = lasting_site(house)
    answer = first(site)
    assert revoke(site, token=answer["refresh_token"], **hint).status_code == 200
    assert refresh(site, answer["refresh_token"]).status_code == 400
    assert site.userinfo(answer["access_token"]).status_code == 401


def test_an_access_token_goes_alone(house: House) -> None:
    site = lasting_site(house)
    before = first(site)
    after = refresh(site, before["refresh_token"]).get_json()
    for one, other in ((before, after), (after, None)):
        assert revoke(site, token=one["access_token"]).status_code == 200
        assert site.userinfo(one["access_token"]).status_code == 401
        if other is not None:
            assert site.userinfo(other["access_token"]).status_code == 200
    assert refresh(site, before["refresh_token"]).status_code == 200


def test_however_many_go_alone_the_others_stay_until_the_grant_itself_goes(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None ends that was not revoked, but with all of them: also those that end in the same second."""
    monkeypatch.setattr(access_tokens, "MOST_ENDED", 3)
    site = lasting_site(house)
    before = first(site)
    family = before["refresh_token"]
    *gone, last, other = (refresh(site, family).get_json()["access_token"] for _ in range(5))
    for token in gone:
        revoke(site, token=token)
        assert site.userinfo(token).status_code == 401
        assert site.userinfo(other).status_code == site.userinfo(before["access_token"]).status_code == 200
    revoke(site, token=last)
    assert site.userinfo(other).status_code == 401
    assert refresh(site, family).status_code == 400


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
def test_anothers_token_is_left_alone_and_nobody_is_told(house: House, which: str) -> None:
    site, other = lasting_site(house), lasting_site(house, "other")
    answer = first(site)
    assert revoke(other, token=answer[which]).status_code == 200
    assert site.userinfo(answer["access_token"]).status_code == 200
    assert refresh(site, answer["refresh_token"]).status_code == 200


@pytest.mark.parametrize("token", ["x", "A" * 64, "A" * 68, "A" * 88, "é"])
def test_what_is_no_token_is_revoked_already(house: House, token: str) -> None:
    response = revoke(lasting_site(house), token=token)
    assert response.status_code == 200
    assert response.data == b""


def test_twice_is_no_error(house: House) -> None:
    site = lasting_site(house)
    token = first(site)["refresh_token"]
    assert revoke(site, token=token).status_code == revoke(site, token=token).status_code == 200


def test_a_public_client_revokes_by_its_id(house: House) -> None:
    app = lasting_site(house, token_endpoint_auth_method="none")
    token = first(app)["refresh_token"]
    assert revoke(app, token=token).status_code == 200
    assert refresh(app, token).status_code == 400


def test_nothing_to_revoke_is_an_invalid_request(house: House) -> None:
    assert revoke(lasting_site(house)).get_json()["error"] == "invalid_request"


def test_only_clients_revoke(house: House) -> None:
    response = house.browser().post("/revoke", base_url=ISSUER, data={"token": "x"})
    assert response.status_code == 401
    assert house.browser().get("/revoke", base_url=ISSUER).status_code == 405
