"""Discovery says what the provider does, and every word of it is true (OIDC Discovery §3, RFC 8414)."""

from __future__ import annotations

import pytest
from joserfc.jwk import KeySet

from idp.oidc import checks, claims, discovery, grants
from tests.house import ISSUER, House

PATHS = ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"]


@pytest.mark.parametrize("path", PATHS)
def test_both_documents_are_served_with_a_strong_etag(house: House, path: str) -> None:
    response = house.browser().get(path, base_url=ISSUER)
    assert response.mimetype == "application/json"
    assert "max-age=300" in response.headers["Cache-Control"]
    etag = response.headers["ETag"]
    assert not etag.startswith("W/")
    again = house.browser().get(path, base_url=ISSUER, headers={"If-None-Match": etag})
    assert again.status_code == 304
    assert again.data == b""


def test_the_document_follows_the_tuples(house: House) -> None:
    metadata = house.browser().get(PATHS[0], base_url=ISSUER).get_json()
    assert metadata["issuer"] == ISSUER
    assert metadata["scopes_supported"] == list(claims.SCOPES)
    assert metadata["grant_types_supported"] == list(grants.GRANT_TYPES)
    assert metadata["prompt_values_supported"] == list(checks.PROMPTS)
    assert {claim.name for claim in claims.CLAIMS} <= set(metadata["claims_supported"])
    assert metadata["subject_types_supported"] == ["pairwise"]
    assert "none" not in metadata["id_token_signing_alg_values_supported"]


def test_every_advertised_endpoint_answers(house: House) -> None:
    metadata = house.browser().get(PATHS[0], base_url=ISSUER).get_json()
    for name in discovery.ENDPOINTS:
        path, client = metadata[name].removeprefix(ISSUER), house.browser()
        answer = client.get(path, base_url=ISSUER)
        if answer.status_code == 405:  # takes posts only
            answer = client.post(path, base_url=ISSUER)
        assert answer.status_code not in {404, 405, 500}, name


def test_every_advertised_algorithm_signs_and_every_scope_is_granted(house: House) -> None:
    metadata = house.browser().get(PATHS[0], base_url=ISSUER).get_json()
    for algorithm in metadata["id_token_signing_alg_values_supported"]:
        assert house.services.keyring.signer(algorithm).alg == algorithm
    grants = ["authorization_code", "refresh_token"]
    site = house.site(scope=" ".join(metadata["scopes_supported"]), grant_types=grants)
    code = house.person().code_for(site, scope=" ".join(metadata["scopes_supported"]))
    assert set(site.token(code=code).get_json()["scope"].split()) == set(metadata["scopes_supported"])


def test_the_key_set_has_no_secrets_and_distinct_names(house: House) -> None:
    """Line C2"""
    response = house.browser().get("/jwks", base_url=ISSUER)
    assert (response.status_code, response.mimetype) == (200, "application/jwk-set+json")
    keys = response.get_json()["keys"]
    assert len(KeySet.import_key_set({"keys": keys}).keys) == len(keys)
    assert {key["alg"] for key in keys} >= {"ES256", "RS256", "PS256"}
    assert len({key["kid"] for key in keys}) == len(keys)
    for key in keys:
        assert key["use"] == "sig"
        assert not {"d", "p", "q", "dp", "dq", "qi", "k"} & set(key)
