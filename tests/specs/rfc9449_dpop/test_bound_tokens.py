"""Tokens that are bound to a key are of use to nobody without it (RFC 9449)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.dpop_sender import Sender
from tests.house import ISSUER, VERIFIER, House, answered
from tests.signing_client import SigningClient, new_key
from tests.specs.rfc9126_par.test_pushed_requests import error_of

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

    from tests.house import Site


def redeem(site: Site, code: str, proof: str | None, **more: Any) -> TestResponse:
    form = {
        "grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER,
        "redirect_uri": site.client.redirect_uris[0],
    } | more  # fmt: skip
    headers = {"Authorization": site.basic()} | ({"DPoP": proof} if proof is not None else {})
    return site.house.app.test_client().post("/token", base_url=ISSUER, data=form, headers=headers)


def ask(house: House, token: str, proof: str | None, *, scheme: str = "DPoP") -> TestResponse:
    headers = {"Authorization": f"{scheme} {token}"} | ({"DPoP": proof} if proof is not None else {})
    return house.app.test_client().get("/userinfo", base_url=ISSUER, headers=headers)


def bound_token(house: House, sender: Sender) -> str:
    site = house.site()
    answer = redeem(site, house.person().code_for(site), sender.proof("/token"))
    assert answer.status_code == 200, answer.text
    assert answer.get_json()["token_type"] == "DPoP"
    return str(answer.get_json()["access_token"])


def test_a_bound_token_is_good_with_its_key(house: House) -> None:
    sender = Sender(house)
    token = bound_token(house, sender)
    for scheme in ("DPoP", "dpop", "DPOP"):
        response = ask(house, token, sender.proof("/userinfo", method="GET", token=token), scheme=scheme)
        assert response.status_code == 200, response.headers


@pytest.mark.parametrize("case", ["no proof", "bearer", "bearer with a proof", "another key", "used before", "no ath"])
def test_a_bound_token_is_good_for_nothing_without_it(house: House, case: str) -> None:
    sender = Sender(house)
    token = bound_token(house, sender)
    fine = sender.proof("/userinfo", method="GET", token=token)
    stranger = Sender(house)
    response = {
        "no proof": lambda: ask(house, token, None),
        "bearer": lambda: ask(house, token, None, scheme="Bearer"),
        "bearer with a proof": lambda: ask(house, token, fine, scheme="Bearer"),
        "another key": lambda: ask(house, token, stranger.proof("/userinfo", method="GET", token=token)),
        "used before": lambda: (ask(house, token, fine), ask(house, token, fine))[1],
        "no ath": lambda: ask(house, token, sender.proof("/userinfo", method="GET")),
    }[case]()
    assert response.status_code == 401
    challenge = response.headers["WWW-Authenticate"]
    assert challenge.startswith("Bearer" if case.startswith("bearer") else "DPoP algs=")
    assert "error=" in challenge


def test_an_unbound_token_is_not_made_bound_by_a_proof(house: House) -> None:
    site, sender = house.site(), Sender(house)
    token = site.token(code=house.person().code_for(site)).get_json()["access_token"]
    assert ask(house, token, sender.proof("/userinfo", method="GET", token=token)).status_code == 401


def test_a_code_that_names_a_key_is_redeemed_with_it_alone(house: House) -> None:
    """…-dpop-jkt: other key at token → invalid_grant, and the code is not burnt."""
    site, sender = house.site(), Sender(house)
    code = house.person().code_for(site, dpop_jkt=sender.jkt)
    assert error_of(redeem(site, code, None)) == "invalid_grant"
    assert error_of(redeem(site, code, Sender(house).proof("/token"))) == "invalid_grant"
    assert redeem(site, code, sender.proof("/token")).status_code == 200


@pytest.mark.parametrize("jkt", ["x", "A" * 42, "A" * 44, "!" * 43])
def test_a_thumbprint_that_is_none_is_refused(house: House, jkt: str) -> None:
    site = house.site()
    assert answered(house.person().visit(site.request(dpop_jkt=jkt)))["error"] == "invalid_request"


def test_a_proof_at_the_pushed_request_binds_the_code(house: House) -> None:
    client, person, sender = SigningClient.register(house), house.person(), Sender(house)
    pushed = client.post("/par", client.wish(), DPoP=sender.proof("/par"))
    assert pushed.status_code == 201
    code = answered(person.arrive(client.address(pushed.get_json()["request_uri"])))["code"]
    assert error_of(client.redeem(code)) == "invalid_grant"
    form = {
        "grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER,
        "redirect_uri": client.site.client.redirect_uris[0],
    }  # fmt: skip
    assert client.post("/token", form, DPoP=sender.proof("/token")).get_json()["token_type"] == "DPoP"


def test_a_thumbprint_of_another_key_than_was_proved_is_refused_when_pushed(house: House) -> None:
    """…-par-dpop-jkt-mismatch → 400 invalid_dpop_proof"""
    client, sender = SigningClient.register(house), Sender(house)
    pushed = client.post("/par", client.wish(dpop_jkt=Sender(house).jkt), DPoP=sender.proof("/par"))
    assert error_of(pushed) == "invalid_dpop_proof"


def test_a_client_that_registered_for_bound_tokens_gets_no_others(house: House) -> None:
    """…-ensure-holder-of-key-required"""
    site = house.site(dpop_bound_access_tokens=True)
    code = house.person().code_for(site)
    assert error_of(redeem(site, code, None)) == "invalid_dpop_proof"
    assert redeem(site, code, Sender(house).proof("/token")).status_code == 200


@pytest.mark.parametrize("wrong", ["x", "", "a.b.c"])
def test_a_wrong_proof_is_refused_at_the_token_endpoint_and_burns_nothing(house: House, wrong: str) -> None:
    site = house.site()
    code = house.person().code_for(site)
    assert error_of(redeem(site, code, wrong)) == "invalid_dpop_proof"
    assert error_of(redeem(site, code, Sender(house).proof("/par"))) == "invalid_dpop_proof"
    assert redeem(site, code, Sender(house).proof("/token")).status_code == 200


def fapi_client(house: House) -> SigningClient:
    return SigningClient.register(
        house, profile="fapi2", dpop_bound_access_tokens=True, id_token_signed_response_alg="PS256",
    )  # fmt: skip


def test_a_fapi_client_is_asked_for_a_nonce_and_told_it(house: House) -> None:
    client, person, sender = fapi_client(house), house.person(), Sender(house)
    code = answered(person.arrive(client.pushed()))["code"]
    form = {
        "grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER,
        "redirect_uri": client.site.client.redirect_uris[0],
    }  # fmt: skip
    asked = client.post("/token", form, DPoP=sender.proof("/token"))
    assert error_of(asked) == "use_dpop_nonce"
    sender.nonce = asked.headers["DPoP-Nonce"]
    answer = client.post("/token", form, DPoP=sender.proof("/token"))
    assert answer.status_code == 200
    token = answer.get_json()["access_token"]
    again = ask(house, token, sender.proof("/userinfo", method="GET", token=token))
    assert again.status_code == 401
    assert "use_dpop_nonce" in again.headers["WWW-Authenticate"]
    sender.nonce = again.headers["DPoP-Nonce"]
    assert ask(house, token, sender.proof("/userinfo", method="GET", token=token)).status_code == 200


def test_two_fapi_clients_cannot_use_one_anothers_tokens(house: House) -> None:
    """fapi2-security-profile-final-happy-flow: access token of client 1 unusable with client 2's key."""
    first, second = Sender(house), Sender(house, key=new_key("ES256"))
    token = bound_token(house, first)
    assert ask(house, token, second.proof("/userinfo", method="GET", token=token)).status_code == 401


def test_an_access_token_in_the_address_is_nobodys(house: House) -> None:
    token = bound_token(house, Sender(house))
    response = house.app.test_client().get(f"/userinfo?access_token={token}", base_url=ISSUER)
    assert response.status_code == 401


def test_discovery_says_what_proofs_may_be_signed_with(house: House) -> None:
    metadata = house.browser().get("/.well-known/openid-configuration", base_url=ISSUER).get_json()
    assert metadata["dpop_signing_alg_values_supported"] == ["ES256", "PS256", "EdDSA"]
