"""Access while the person is away: renewed for whom it was given, and ended where two parties hold it (RFC 6749 §6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.dpop_sender import Sender
from tests.house import ISSUER, VERIFIER, House, page_of, payload
from tests.security.recorder import statements
from tests.signing_client import SigningClient
from tests.specs.oidc_core_basic.test_happy_flows import ENTROPY, bits

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

    from tests.house import Site

SCOPE = "openid profile verified offline_access"
GRANTS = ["authorization_code", "refresh_token"]


def lasting_site(house: House, client_id: str = "shop", **more: Any) -> Site:
    return house.site(
        client_id, scope="openid profile verified age offline_access", grant_types=GRANTS,
        redirect_uris=[f"https://{client_id}.example/callback"], **more,
    )  # fmt: skip


def post(site: Site, form: dict[str, Any], **headers: str) -> TestResponse:
    own = {"Authorization": site.basic()} if site.secret else {}
    named = {} if site.secret else {"client_id": site.client.client_id}
    return site.house.app.test_client().post("/token", base_url=ISSUER, data=named | form, headers=own | headers)


def first(site: Site, **headers: str) -> dict[str, Any]:
    code = site.house.person().code_for(site, scope=SCOPE)
    form = {
        "grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER,
        "redirect_uri": site.client.redirect_uris[0],
    }  # fmt: skip
    answer: dict[str, Any] = post(site, form, **headers).get_json()
    return answer


def refresh(site: Site, token: str, headers: dict[str, str] | None = None, **more: str) -> TestResponse:
    return post(site, {"grant_type": "refresh_token", "refresh_token": token} | more, **(headers or {}))


def error_of(response: TestResponse) -> str:
    assert response.status_code == 400, response.text
    assert response.headers["Cache-Control"] == "no-store"
    return str(response.get_json()["error"])


def test_a_refresh_brings_new_tokens_about_the_same_person(house: House) -> None:
    """oidcc-refresh-token: same iss, sub, aud and auth_time, another iat; no nonce (OIDC Core §12.2)."""
    site = lasting_site(house, require_auth_time=True)
    before = first(site)
    house.wait(minutes=9)
    response = refresh(site, before["refresh_token"])
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert response.mimetype == "application/json"
    after = response.get_json()
    assert after["access_token"] != before["access_token"]
    assert all(bits(told[kind]) > ENTROPY for told in (before, after) for kind in ("access_token", "refresh_token"))
    assert after["token_type"] == "Bearer"
    assert after["expires_in"] == 600
    old, new = payload(before["id_token"]), payload(after["id_token"])
    for same in ("iss", "sub", "aud", "auth_time", "verified"):
        assert old[same] == new[same], same
    assert new["iat"] > old["iat"]
    assert "nonce" not in new
    assert site.userinfo(after["access_token"]).get_json()["sub"] == new["sub"]


def test_a_refresh_takes_one_statement(house: House) -> None:
    site = lasting_site(house)
    token = first(site)["refresh_token"]
    with statements(house.services.database.engine) as seen:
        assert refresh(site, token).status_code == 200
    assert len(seen) == 1, seen


def test_the_person_is_told_that_access_goes_on(house: House) -> None:
    site, person = lasting_site(house), house.person()
    person.arrive(site.request())
    page = person.visit(person.visit(site.request(scope=SCOPE)).headers["Location"])
    assert page_of(page) == "consent"
    assert "while you are away" in page.text


@pytest.mark.parametrize("case", ["not asked", "not registered"])
def test_without_being_asked_for_and_registered_there_is_none(house: House, case: str) -> None:
    site = lasting_site(house) if case == "not asked" else house.site(scope=SCOPE)
    scope = "openid profile" if case == "not asked" else SCOPE
    answer = site.token(code=house.person().code_for(site, scope=scope)).get_json()
    assert "refresh_token" not in answer
    assert "offline_access" not in answer["scope"].split()


def test_a_confidential_client_keeps_its_token_and_may_use_it_again(house: House) -> None:
    site = lasting_site(house)
    token = first(site)["refresh_token"]
    for _ in range(3):
        answer = refresh(site, token).get_json()
        assert answer["refresh_token"] == token
        house.wait(hours=1)


def test_the_access_token_before_stays_good_to_its_end(house: House) -> None:
    site = lasting_site(house)
    before = first(site)
    after = refresh(site, before["refresh_token"]).get_json()
    assert site.userinfo(before["access_token"]).status_code == 200
    assert site.userinfo(after["access_token"]).status_code == 200
    house.wait(seconds=601)
    assert site.userinfo(before["access_token"]).status_code == 401


def test_a_public_client_gets_a_new_token_each_time(house: House) -> None:
    app = lasting_site(house, token_endpoint_auth_method="none")
    tokens = [first(app)["refresh_token"]]
    for _ in range(3):
        house.wait(minutes=1)
        tokens.append(refresh(app, tokens[-1]).get_json()["refresh_token"])
    assert len(set(tokens)) == 4


def test_an_older_token_ends_the_family(house: House) -> None:
    app = lasting_site(house, token_endpoint_auth_method="none")
    stolen = first(app)["refresh_token"]
    kept = refresh(app, stolen).get_json()
    house.wait(seconds=11)
    assert error_of(refresh(app, stolen)) == "invalid_grant"
    assert error_of(refresh(app, kept["refresh_token"])) == "invalid_grant"
    assert app.userinfo(kept["access_token"]).status_code == 401


def test_a_lost_reply_can_be_asked_for_again_for_ten_seconds(house: House) -> None:
    app = lasting_site(house, token_endpoint_auth_method="none")
    token = first(app)["refresh_token"]
    lost = refresh(app, token).get_json()
    house.wait(seconds=9)
    again = refresh(app, token).get_json()
    assert again["refresh_token"] == lost["refresh_token"], "the same successor"
    assert again["access_token"] != lost["access_token"]
    assert refresh(app, again["refresh_token"]).status_code == 200


def test_the_second_but_last_token_is_never_a_lost_reply(house: House) -> None:
    app = lasting_site(house, token_endpoint_auth_method="none")
    oldest = first(app)["refresh_token"]
    latest = refresh(app, refresh(app, oldest).get_json()["refresh_token"]).get_json()["refresh_token"]
    assert error_of(refresh(app, oldest)) == "invalid_grant"
    assert error_of(refresh(app, latest)) == "invalid_grant"


@pytest.mark.parametrize("method", ["client_secret_basic", "none"])
def test_another_clients_token_is_invalid_and_nothing_is_revoked(house: House, method: str) -> None:
    """oidcc-refresh-token: refresh token of client 2 used by client 1 → 400 invalid_grant."""
    site = lasting_site(house, token_endpoint_auth_method=method)
    other = lasting_site(house, "other", token_endpoint_auth_method=method)
    token = first(site)["refresh_token"]
    assert error_of(refresh(other, token)) == "invalid_grant"
    assert refresh(site, token).status_code == 200


@pytest.mark.parametrize("spoil", ["", "x", "A" * 68, "é" * 68])
def test_what_is_no_refresh_token_changes_nothing(house: House, spoil: str) -> None:
    site = lasting_site(house)
    token = first(site)["refresh_token"]
    assert error_of(refresh(site, spoil)) == "invalid_grant"
    assert error_of(refresh(site, token[:-4] + "AAAA")) == "invalid_grant"
    assert error_of(refresh(site, "AAAA" + token[4:])) == "invalid_grant"
    assert refresh(site, token).status_code == 200


def test_an_access_token_or_a_code_renews_nothing(house: House) -> None:
    site = lasting_site(house)
    assert error_of(refresh(site, first(site)["access_token"])) == "invalid_grant"


def test_a_family_ends_after_its_days(house: House) -> None:
    site = lasting_site(house)
    token = first(site)["refresh_token"]
    house.wait(days=89)
    assert refresh(site, token).status_code == 200
    house.wait(days=2)
    assert error_of(refresh(site, token)) == "invalid_grant"


def test_scope_may_be_named_and_not_widened(house: House) -> None:
    site = lasting_site(house)
    token = first(site)["refresh_token"]
    assert refresh(site, token, scope="openid profile").status_code == 200
    assert error_of(refresh(site, token, scope="openid age")) == "invalid_scope"


def test_whoever_ends_the_consent_ends_the_family(house: House) -> None:
    site, person = lasting_site(house), house.person()
    code = person.code_for(site, scope=SCOPE)
    token = site.token(code=code).get_json()["refresh_token"]
    house.services.pseudonyms.withdraw(person.person_id, client_id="shop", sector="shop.example", now=house.now)
    assert error_of(refresh(site, token)) == "invalid_grant"


def test_an_erased_account_renews_nothing(house: House) -> None:
    site, person = lasting_site(house), house.person()
    token = site.token(code=person.code_for(site, scope=SCOPE)).get_json()["refresh_token"]
    house.services.erasure.erase(person.person_id, now=house.now)
    assert error_of(refresh(site, token)) == "invalid_grant"


def test_a_replayed_code_ends_the_family_too(house: House) -> None:
    site, person = lasting_site(house), house.person()
    code = person.code_for(site, scope=SCOPE)
    token = site.token(code=code).get_json()["refresh_token"]
    site.token(code=code)
    assert error_of(refresh(site, token)) == "invalid_grant"


def test_a_public_clients_token_is_bound_to_its_key_and_stays(house: House) -> None:
    app, sender = lasting_site(house, token_endpoint_auth_method="none"), Sender(house)
    token = first(app, DPoP=sender.proof("/token"))["refresh_token"]
    answer = refresh(app, token, {"DPoP": sender.proof("/token")})
    assert answer.get_json()["refresh_token"] == token
    assert answer.get_json()["token_type"] == "DPoP"
    assert error_of(refresh(app, token)) == "invalid_grant"
    assert error_of(refresh(app, token, {"DPoP": Sender(house).proof("/token")})) == "invalid_grant"
    assert refresh(app, token, {"DPoP": sender.proof("/token")}).status_code == 200


def test_a_confidential_client_may_come_with_a_new_key(house: House) -> None:
    """fapi2-security-profile-final-refresh-token: works with a new DPoP key for confidential clients."""
    site = lasting_site(house)
    token = first(site, DPoP=Sender(house).proof("/token"))["refresh_token"]
    assert refresh(site, token, {"DPoP": Sender(house).proof("/token")}).get_json()["token_type"] == "DPoP"


def test_a_bound_grant_is_not_renewed_without_a_key_even_by_a_confidential_client(house: House) -> None:
    site, sender = lasting_site(house), Sender(house)
    before = first(site, DPoP=sender.proof("/token"))
    assert error_of(refresh(site, before["refresh_token"])) == "invalid_grant"
    assert site.userinfo(before["access_token"]).status_code == 401, "it is still bound"


def test_with_a_new_key_the_token_of_the_old_one_goes(house: House) -> None:
    site, old, new = lasting_site(house), Sender(house), Sender(house)
    before = first(site, DPoP=old.proof("/token"))
    after = refresh(site, before["refresh_token"], {"DPoP": new.proof("/token")}).get_json()
    for sender, token, status in ((old, before, 401), (new, before, 401), (new, after, 200)):
        proof = sender.proof("/userinfo", method="GET", token=token["access_token"])
        headers = {"Authorization": f"DPoP {token['access_token']}", "DPoP": proof}
        assert house.browser().get("/userinfo", base_url=ISSUER, headers=headers).status_code == status


def test_a_refused_scope_turns_nothing(house: House) -> None:
    app = lasting_site(house, token_endpoint_auth_method="none")
    token = first(app)["refresh_token"]
    assert error_of(refresh(app, token, scope="openid age")) == "invalid_scope"
    house.wait(minutes=1)
    assert refresh(app, token).status_code == 200


def test_a_stray_proof_ends_no_family(house: House) -> None:
    app = lasting_site(house, token_endpoint_auth_method="none")
    token = first(app)["refresh_token"]
    successor = refresh(app, token).get_json()["refresh_token"]
    assert error_of(refresh(app, token, {"DPoP": Sender(house).proof("/token")})) == "invalid_grant"
    assert refresh(app, successor).status_code == 200


def test_without_its_credentials_a_confidential_client_gets_nothing(house: House) -> None:
    """fapi2-security-profile-final-refresh-token: without client authentication refused."""
    client = SigningClient.register(house, scope=SCOPE, grant_types=GRANTS)
    code = house.person().code_for(client.site, scope=SCOPE)
    token = client.redeem(code).get_json()["refresh_token"]
    form = {"grant_type": "refresh_token", "refresh_token": token, "client_id": "shop"}
    assert house.browser().post("/token", base_url=ISSUER, data=form).status_code == 401
    assert client.post("/token", form).status_code == 200


def test_discovery_offers_it(house: House) -> None:
    metadata = house.browser().get("/.well-known/openid-configuration", base_url=ISSUER).get_json()
    assert "refresh_token" in metadata["grant_types_supported"]
    assert "offline_access" in metadata["scopes_supported"]
