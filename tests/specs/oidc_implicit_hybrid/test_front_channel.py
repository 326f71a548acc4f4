"""Implicit and hybrid flows, for a laboratory only (OIDC Core §3.2, §3.3)."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from dataclasses import replace
from hashlib import sha256, sha512
from typing import TYPE_CHECKING, Any

import pytest

from clients.metadata import InvalidClientMetadata
from idp.settings import SettingsError, load
from idp.store import clients
from tests.house import CALLBACK, ISSUER, House, Site, answered, in_fragment, payload, posted

if TYPE_CHECKING:
    from collections.abc import Callable

TYPES = ("code", "id_token", "id_token token", "code id_token", "code token", "code id_token token")
EXPOSED = TYPES[1:]
WITH_ID_TOKEN = tuple(kind for kind in EXPOSED if "id_token" in kind)
FRAME = {"iss", "sub", "aud", "exp", "iat", "nonce"}


def site_for(house: House) -> Site:
    """A site that registered every response type there is."""
    grants = ["authorization_code", "implicit"]
    return house.site(response_types=list(TYPES), grant_types=grants)


BOUND = ("dpop_bound_access_tokens", "tls_client_certificate_bound_access_tokens")
WITH_TOKEN = tuple(kind for kind in EXPOSED if "token" in kind.split())


@pytest.mark.parametrize("kind", WITH_TOKEN)
@pytest.mark.parametrize("member", BOUND)
def test_who_has_bound_tokens_does_not_register_for_one_by_the_browser(
    laboratory: House, member: str, kind: str
) -> None:
    """RFC 9449 §5.2, RFC 8705 §3.4: bound, or not issued."""
    bound: dict[str, Any] = {member: True}
    with pytest.raises(InvalidClientMetadata) as refused:
        laboratory.site(response_types=[kind], grant_types=["authorization_code", "implicit"], **bound)
    assert {name for name, _ in refused.value.faults} == {"response_types"}


@pytest.mark.parametrize("kind", WITH_TOKEN)
@pytest.mark.parametrize("member", BOUND)
def test_nor_does_one_get_it_who_registered_before_that_was_refused(laboratory: House, member: str, kind: str) -> None:
    site = site_for(laboratory)
    bound: dict[str, Any] = {member: True}
    older = replace(site.client, **bound)
    with laboratory.services.database.write() as connection:
        clients.replace(connection, older, now=laboratory.now)
    got = in_fragment(laboratory.person().visit(site.request(response_type=kind)))
    assert got["error"] == "unauthorized_client"
    assert "access_token" not in got


@pytest.mark.parametrize("member", BOUND)
def test_an_id_token_by_the_browser_goes_with_bound_tokens(laboratory: House, member: str) -> None:
    grants = ["authorization_code", "implicit"]
    bound: dict[str, Any] = {member: True}
    site = laboratory.site(response_types=["code id_token"], grant_types=grants, **bound)
    got = in_fragment(laboratory.person().arrive(site.request(response_type="code id_token")))
    assert {"code", "id_token"} <= set(got)


def half(text: str, digest: Callable[[bytes], Any] = sha256) -> str:
    whole: bytes = digest(text.encode()).digest()
    return urlsafe_b64encode(whole[: len(whole) // 2]).rstrip(b"=").decode()


@pytest.mark.parametrize("kind", EXPOSED)
def test_without_the_profile_there_is_nothing_of_it(house: House, kind: str) -> None:
    site = site_for(house)
    got = answered(house.person().visit(site.request(response_type=kind)))
    assert got["error"] == "unsupported_response_type"
    metadata = house.browser().get("/.well-known/openid-configuration", base_url=ISSUER).get_json()
    assert metadata["response_types_supported"] == ["code"]
    assert "implicit" not in metadata["grant_types_supported"]


def test_the_profile_is_refused_in_production() -> None:
    with pytest.raises(SettingsError, match="certification_profile"):
        load({"IDP_ISSUER": "https://id.example", "IDP_OIDC__CERTIFICATION_PROFILE": "true"})


def test_with_the_profile_discovery_lists_every_type(laboratory: House) -> None:
    """oidcc-discovery-endpoint-verification for a dynamic provider: ``code``, ``id_token``, ``token id_token``."""
    metadata = laboratory.browser().get("/.well-known/openid-configuration", base_url=ISSUER).get_json()
    assert set(metadata["response_types_supported"]) == {*TYPES, "token id_token"}
    assert {"authorization_code", "implicit"} <= set(metadata["grant_types_supported"])


@pytest.mark.parametrize("kind", EXPOSED)
def test_each_type_brings_what_it_says_in_the_fragment(laboratory: House, kind: str) -> None:
    """Line C7: the response of anything but ``code`` is in the fragment."""
    site = site_for(laboratory)
    got = in_fragment(laboratory.person().arrive(site.request(response_type=kind)))
    tokens = {"token": {"access_token", "token_type", "expires_in"}}
    expected = set().union(*(tokens.get(word, {word}) for word in kind.split()))
    assert set(got) == expected | {"state", "iss"}
    assert got["state"] == "state-é/+=&"


@pytest.mark.parametrize("kind", WITH_ID_TOKEN)
def test_an_id_token_is_bound_to_what_comes_with_it(laboratory: House, kind: str) -> None:
    """Line C11: ``at_hash`` where a token comes, ``c_hash`` where a code comes, each right."""
    site = site_for(laboratory)
    got = in_fragment(laboratory.person().arrive(site.request(response_type=kind, scope="openid")))
    claims = payload(got["id_token"])
    expected = {}
    if "access_token" in got:
        expected["at_hash"] = half(got["access_token"])
    if "code" in got:
        expected["c_hash"] = half(got["code"])
    assert {name: value for name, value in claims.items() if name not in FRAME} == expected
    assert claims["nonce"] == "n-0S6_WzA2Mj"
    assert claims["aud"] == "shop"


def test_an_ed25519_signature_takes_the_hashes_of_its_own(laboratory: House) -> None:
    """Line C11: any hash that is there is right."""
    grants = ["authorization_code", "implicit"]
    site = laboratory.site(response_types=list(TYPES), grant_types=grants, id_token_signed_response_alg="EdDSA")
    got = in_fragment(laboratory.person().arrive(site.request(response_type="code id_token token")))
    claims = payload(got["id_token"])
    assert (claims["c_hash"], claims["at_hash"]) == (half(got["code"], sha512), half(got["access_token"], sha512))


@pytest.mark.parametrize("kind", [kind for kind in WITH_ID_TOKEN if "code" in kind])
def test_both_id_tokens_name_the_same_person(laboratory: House, kind: str) -> None:
    """Line C11: ``sub`` (and ``iss``) equal in both."""
    site = site_for(laboratory)
    got = in_fragment(laboratory.person().arrive(site.request(response_type=kind)))
    first, second = payload(got["id_token"]), payload(site.token(code=got["code"]).get_json()["id_token"])
    assert (first["sub"], first["iss"], first["nonce"]) == (second["sub"], second["iss"], second["nonce"])


@pytest.mark.parametrize("kind", [kind for kind in EXPOSED if "token" in kind.split()])
def test_a_token_from_the_fragment_opens_userinfo_and_survives_the_code(laboratory: House, kind: str) -> None:
    site = site_for(laboratory)
    got = in_fragment(laboratory.person().arrive(site.request(response_type=kind)))
    assert got["token_type"] == "Bearer"
    assert int(got["expires_in"]) == 600
    if "code" in got:
        assert site.token(code=got["code"]).status_code == 200
    assert site.userinfo(got["access_token"]).get_json()["verified"] is True
    laboratory.wait(seconds=601)
    assert site.userinfo(got["access_token"]).status_code == 401


def test_without_any_access_token_the_claims_of_the_scopes_are_in_the_id_token(laboratory: House) -> None:
    """OIDC Core §5.4."""
    site = site_for(laboratory)
    got = in_fragment(laboratory.person().arrive(site.request(response_type="id_token", scope="openid profile")))
    assert {"nickname", "preferred_username"} <= payload(got["id_token"]).keys()


@pytest.mark.parametrize("kind", WITH_ID_TOKEN)
def test_without_a_nonce_nothing_is_given(laboratory: House, kind: str) -> None:
    """oidcc-ensure-request-without-nonce-fails."""
    site = site_for(laboratory)
    got = in_fragment(laboratory.person().visit(site.request(response_type=kind, nonce=None)))
    assert got["error"] == "invalid_request"


@pytest.mark.parametrize("kind", EXPOSED)
def test_no_token_ever_travels_in_a_query(laboratory: House, kind: str) -> None:
    site = site_for(laboratory)
    got = in_fragment(laboratory.person().visit(site.request(response_type=kind, response_mode="query")))
    assert got["error"] == "invalid_request"


@pytest.mark.parametrize("kind", EXPOSED)
def test_each_type_can_be_posted(laboratory: House, kind: str) -> None:
    site = site_for(laboratory)
    got = posted(laboratory.person().arrive(site.request(response_type=kind, response_mode="form_post")))
    assert got.pop("") == CALLBACK
    assert "error" not in got


def test_the_order_of_the_words_means_nothing(laboratory: House) -> None:
    site = site_for(laboratory)
    got = in_fragment(laboratory.person().arrive(site.request(response_type="token id_token")))
    assert {"access_token", "id_token"} <= set(got)


@pytest.mark.parametrize("kind", ["token", "none", "code code", "code  token", "id_token token token", "ID_TOKEN"])
def test_what_is_no_type_is_unsupported(laboratory: House, kind: str) -> None:
    got = answered(laboratory.person().visit(site_for(laboratory).request(response_type=kind)))
    assert got["error"] == "unsupported_response_type"


@pytest.mark.parametrize("kind", EXPOSED)
def test_a_site_uses_what_it_registered(laboratory: House, kind: str) -> None:
    site = laboratory.site()
    got = in_fragment(laboratory.person().visit(site.request(response_type=kind)))
    assert got["error"] == "unauthorized_client"


def test_a_site_without_the_grant_of_codes_gets_none(house: House) -> None:
    site = house.site(grant_types=["client_credentials"])
    assert answered(house.person().visit(site.request()))["error"] == "unauthorized_client"


@pytest.mark.parametrize("kind", ["id_token", "id_token token"])
def test_a_type_without_a_code_needs_no_proof_of_its_requester(laboratory: House, kind: str) -> None:
    site = site_for(laboratory)
    without = {"code_challenge": None, "code_challenge_method": None}
    got = in_fragment(laboratory.person().arrive(site.request(response_type=kind, **without)))
    assert "id_token" in got


@pytest.mark.parametrize("kind", [kind for kind in EXPOSED if "code" in kind])
def test_a_type_with_a_code_needs_one(laboratory: House, kind: str) -> None:
    site = site_for(laboratory)
    without = {"code_challenge": None, "code_challenge_method": None}
    got = in_fragment(laboratory.person().visit(site.request(response_type=kind, **without)))
    assert got["error"] == "invalid_request"
