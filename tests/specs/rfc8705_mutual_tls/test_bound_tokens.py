"""RFC 8705 §3: tokens that are bound to a certificate are of use to nobody without it."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from typing import TYPE_CHECKING, Any

import pytest

from tests import certificates
from tests.dpop_sender import Sender
from tests.fapi_client import FapiClient
from tests.house import answered
from tests.specs.rfc8705_mutual_tls.conftest import ORIGIN, Holder, error_of

if TYPE_CHECKING:
    from tests.certificates import Authority
    from tests.house import House


@pytest.fixture
def bank(house: House) -> Holder:
    """A bank whose tokens are bound to its own certificate."""
    return Holder.of(house, certificates.self_signed())


def test_a_bound_token_is_a_bearer_token_with_a_condition(bank: Holder) -> None:
    told = bank.tokens()
    assert told["token_type"] == "Bearer"
    assert bank.userinfo(told["access_token"]).status_code == 200


def test_whoever_shows_another_certificate_or_none_learns_nothing(bank: Holder) -> None:
    token = bank.tokens()["access_token"]
    for thief in (bank.showing(None), bank.showing(certificates.self_signed())):
        refused = thief.userinfo(token)
        assert refused.status_code == 401
        assert 'error="invalid_token"' in refused.headers["WWW-Authenticate"]
    same_key = bank.showing(certificates.self_signed("CN=x", key=bank.shown.key if bank.shown else None))
    assert same_key.userinfo(token).status_code == 401, "it is the certificate that counts (§3.1)"


def test_introspection_tells_the_certificate(bank: Holder) -> None:
    told = bank.post("/introspect", {"token": bank.tokens()["access_token"]}).get_json()
    assert bank.shown is not None
    assert told["cnf"] == {"x5t#S256": bank.shown.thumbprint}
    assert told["token_type"] == "Bearer"


def test_a_jwt_for_an_api_holds_the_certificate(house: House) -> None:
    house.site("api", redirect_uris=["https://api.example/cb"], resources=["https://api.example/v1"])
    robot = Holder.of(house, certificates.self_signed(), "robot", grant_types=["client_credentials"],
                      **allowed_at("https://api.example/v1"))  # fmt: skip
    token = robot.post("/token", {"grant_type": "client_credentials", "resource": "https://api.example/v1"}).get_json()
    payload = token["access_token"].split(".")[1]
    claims = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    assert robot.shown is not None
    assert claims["cnf"] == {"x5t#S256": robot.shown.thumbprint}


def allowed_at(resource: str) -> dict[str, Any]:
    return {"allowed_resources": [resource]}


def test_no_tokens_without_a_certificate_and_the_code_is_not_burnt(house: House) -> None:
    """…-ensure-holder-of-key-required"""
    keyed = FapiClient.of(
        house, "keyed", dpop_bound_access_tokens=False, tls_client_certificate_bound_access_tokens=True
    )
    holder = Holder(keyed.site, certificates.self_signed())
    code = answered(house.person().arrive(keyed.pushed()))["code"]
    form = {"client_id": None} | keyed.proof()
    without = holder.showing(None).redeem(code, **form)
    assert error_of(without) == "invalid_request"
    assert "mtls_endpoint_aliases" in without.get_json()["error_description"]
    told = holder.redeem(code, **({"client_id": None} | keyed.proof()))
    assert told.status_code == 200, told.text
    assert holder.userinfo(told.get_json()["access_token"]).status_code == 200
    assert holder.showing(None).userinfo(told.get_json()["access_token"]).status_code == 401


def test_a_public_client_s_refresh_token_is_bound_and_stays(house: House) -> None:
    """§4: no client authentication, and still no use to a thief; so it need not turn."""
    app = Holder.of(house, certificates.self_signed(), "app", token_endpoint_auth_method="none", jwks=None)
    refresh = app.tokens()["refresh_token"]
    form = {"grant_type": "refresh_token", "refresh_token": refresh}
    assert error_of(app.showing(certificates.self_signed()).post("/token", form)) == "invalid_grant"
    again = app.post("/token", form)
    assert again.status_code == 200, again.text
    assert again.get_json().get("refresh_token", refresh) == refresh
    assert app.userinfo(again.get_json()["access_token"]).status_code == 200


def test_a_confidential_client_may_renew_its_certificate_between_refreshes(house: House, authority: Authority) -> None:
    """§7.1: the refresh token is bound to the client, the new access token to the new certificate."""
    bank = Holder.of(
        house, authority.issue("CN=bank"), token_endpoint_auth_method="tls_client_auth",
        tls_client_auth_subject_dn="CN=bank",
    )  # fmt: skip
    refresh = bank.tokens()["refresh_token"]
    renewed = bank.showing(authority.issue("CN=bank"))
    answer = renewed.post("/token", {"grant_type": "refresh_token", "refresh_token": refresh})
    assert answer.status_code == 200, answer.text
    token = answer.get_json()["access_token"]
    assert (renewed.userinfo(token).status_code, bank.userinfo(token).status_code) == (200, 401)


def test_a_client_that_did_not_ask_for_it_gets_tokens_bound_to_nothing(house: House) -> None:
    bank = Holder.of(house, certificates.self_signed(), tls_client_certificate_bound_access_tokens=False)
    assert bank.showing(None).userinfo(bank.tokens()["access_token"]).status_code == 200


def test_it_is_one_binding_or_the_other(house: House, bank: Holder) -> None:
    sender = Sender(house)
    form = {"grant_type": "authorization_code", "code": "…"}
    assert error_of(bank.post("/token", form, DPoP=sender.proof("/token"))) == "invalid_request"
    assert error_of(bank.post("/par", {"response_type": "code"}, DPoP=sender.proof("/par"))) == "invalid_request"
    refused = answered(house.person().arrive(bank.site.request(dpop_jkt=sender.jkt, scope="openid")))
    assert refused["error"] == "invalid_request"


def test_a_dpop_proof_opens_no_token_that_is_bound_to_a_certificate(house: House, bank: Holder) -> None:
    token, sender = bank.tokens()["access_token"], Sender(house)
    proof = sender.proof("/userinfo", method="GET", token=token, htu=ORIGIN + "/userinfo")
    assert bank.userinfo(token, scheme="DPoP", DPoP=proof).status_code == 401


def test_a_dpop_proof_for_the_other_host_names_that_host(house: House) -> None:
    """RFC 9449 §4.3 (9): htu is the address that was called."""
    own, sender = certificates.self_signed(), Sender(house)
    bank = Holder.of(house, own, tls_client_certificate_bound_access_tokens=False, dpop_bound_access_tokens=True)
    code = bank.code()
    form = {"grant_type": "authorization_code", "code": code, "code_verifier": "v" * 43,
            "redirect_uri": bank.site.client.redirect_uris[0]}  # fmt: skip
    assert error_of(bank.post("/token", form, DPoP=sender.proof("/token"))) == "invalid_dpop_proof"
    assert bank.post("/token", form, DPoP=sender.proof("/token", htu=ORIGIN + "/token")).status_code == 200
