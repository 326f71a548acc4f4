"""What a client's registration demands of everybody who comes for it, and of the client itself."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from joserfc.jwk import ECKey, RSAKey

from clients.metadata import InvalidClientMetadata, MetadataPolicy, validate
from tests.house import ISSUER, answered, page_of
from tests.specs.rfc7523_private_key_jwt.test_client_assertion import signed

if TYPE_CHECKING:
    from tests.house import House

EC = ECKey.generate_key("P-256", {"kid": "ec"})
RSA = RSAKey.generate_key(2048, {"kid": "rsa"})
KEYS = {"keys": [EC.as_dict(private=False), RSA.as_dict(private=False)]}
FAPI: dict[str, object] = {
    "profile": "fapi2",
    "dpop_bound_access_tokens": True,
    "id_token_signed_response_alg": "ES256",
}


# ── how sure the site wants to be ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("level", ["none", "matched"])
def test_who_is_not_assured_enough_is_led_to_verification(house: House, level: str) -> None:
    site = house.site(require_assurance_level="document")
    response = house.person(level=level).arrive(site.request())
    assert page_of(response) == "verify"


@pytest.mark.parametrize("demanded", ["registry", "document", "vouched"])
def test_a_stronger_check_stands_for_the_weaker_ones(house: House, demanded: str) -> None:
    site = house.site(require_assurance_level=demanded)
    assert house.person(level="registry").code_for(site)


@pytest.mark.parametrize("demanded", ["high", "plausible"])
def test_who_has_done_what_can_be_done_goes_back_with_an_error(house: House, demanded: str) -> None:
    site = house.site(require_assurance_level=demanded)
    assert answered(house.person(level="registry").arrive(site.request()))["error"] == "interaction_required"


def test_without_a_page_the_site_hears_that_one_is_needed(house: House) -> None:
    site = house.site(require_assurance_level="registry")
    reply = house.person(level="none").visit(site.request(prompt="none"))
    assert answered(reply)["error"] == "interaction_required"


def test_evidence_may_be_too_old_for_a_site(house: House) -> None:
    person = house.person()  # verified on 2026-05-17
    age = (house.now.date() - date(2026, 5, 17)).days
    fresh = house.site("fresh", require_assurance_level="registry", assurance_max_age_days=age - 1)
    assert answered(person.arrive(fresh.request()))["error"] == "interaction_required"
    patient = house.site("patient", require_assurance_level="registry", assurance_max_age_days=age)
    assert person.code_for(patient)


def test_age_alone_may_be_demanded(house: House) -> None:
    site = house.site(assurance_max_age_days=3650)
    assert page_of(house.person(level="none").arrive(site.request())) == "verify"
    assert house.person().code_for(site)


# ── what the client's assertions are made for ────────────────────────────────────────────────────────────────────────


def attempt(house: House, audience: object, header: dict[str, Any], key: Any, **policy: object) -> bool:
    """Tell whether a token request with such an assertion gets past the authentication of its client."""
    site = house.site(secrets.token_hex(4), token_endpoint_auth_method="private_key_jwt", jwks=KEYS, **policy)
    now, client_id = house.now.timestamp(), site.client.client_id
    claims = {"iss": client_id, "sub": client_id, "aud": audience, "jti": "one", "iat": now, "exp": now + 60}
    form = {
        "grant_type": "authorization_code", "code": "x", "redirect_uri": site.client.redirect_uris[0],
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": signed(claims, header, key=key),
    }  # fmt: skip
    response = house.browser().post("/token", base_url=ISSUER, data=form)
    return str((response.get_json() or {})["error"]) != "invalid_client"


@pytest.mark.parametrize("audience", [ISSUER, f"{ISSUER}/token", [ISSUER], [ISSUER, f"{ISSUER}/token"]])
def test_by_default_openids_audiences_are_accepted(house: House, audience: object) -> None:
    """oidcc-ensure-client-assertion-with-iss-aud-succeeds"""
    assert attempt(house, audience, {"kid": "ec"}, EC)


@pytest.mark.parametrize("policy", [FAPI, {"issuer_audience_only": True}], ids=["fapi", "flag"])
@pytest.mark.parametrize("audience", [f"{ISSUER}/token", f"{ISSUER}/par", [ISSUER], [ISSUER, f"{ISSUER}/token"]])
def test_some_clients_may_name_the_issuer_and_nothing_else(
    house: House, audience: object, policy: dict[str, object]
) -> None:
    """fapi2-security-profile-final client assertions: aud as array, PAR or token endpoint."""
    assert not attempt(house, audience, {"kid": "ec"}, EC, **policy)
    assert attempt(house, ISSUER, {"kid": "ec", "alg": "ES256"}, EC, **policy)


def test_a_fapi_client_signs_with_what_the_profile_leaves(house: House) -> None:
    """fapi2-security-profile-final-ensure-signed-client-assertion-with-RS256-fails"""
    assert not attempt(house, ISSUER, {"kid": "rsa", "alg": "RS256"}, RSA, **FAPI)
    assert attempt(house, ISSUER, {"kid": "rsa", "alg": "PS256"}, RSA, **FAPI)
    assert attempt(house, ISSUER, {"kid": "rsa", "alg": "RS256"}, RSA)


# ── what a profile demands of a registration ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("changes", "member"),
    [
        ({"token_endpoint_auth_method": "client_secret_basic"}, "profile"),
        ({"dpop_bound_access_tokens": False}, "profile"),
        ({"id_token_signed_response_alg": "RS256"}, "id_token_signed_response_alg"),
        ({"token_endpoint_auth_signing_alg": "RS256"}, "token_endpoint_auth_signing_alg"),
        ({"userinfo_signed_response_alg": "RS256"}, "userinfo_signed_response_alg"),
        ({"introspection_signed_response_alg": "RS256"}, "introspection_signed_response_alg"),
        ({"request_object_signing_alg": "RS256"}, "request_object_signing_alg"),
        ({"require_pkce": False}, "require_pkce"),
        ({"grant_types": ["authorization_code", "urn:ietf:params:oauth:grant-type:device_code"]}, "grant_types"),
    ],
)
def test_a_registration_that_breaks_its_profile_is_refused(changes: dict[str, object], member: str) -> None:
    whole: dict[str, object] = {
        "redirect_uris": ["https://bank.example/cb", "https://bank.example/cb?dummy1=lorem&dummy2=ipsum"],
        "token_endpoint_auth_method": "private_key_jwt",
        "jwks": KEYS,
    }
    policy = MetadataPolicy(by_operator=True, without_pkce=True)
    assert validate(whole | FAPI, policy=policy).is_fapi
    with pytest.raises(InvalidClientMetadata) as invalid:
        validate(whole | FAPI | changes, policy=replace(policy))
    assert member in {name for name, _ in invalid.value.faults}
