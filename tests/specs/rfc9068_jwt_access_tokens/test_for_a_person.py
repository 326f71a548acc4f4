"""RFC 9068 for a person: the API reads it and finds the pseudonym of its sector; the site that carries it cannot."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from typing import Any

import pytest
from joserfc import jwe, jwt
from joserfc.jwk import ECKey, KeySet

from clients.metadata import InvalidClientMetadata, MetadataPolicy, validate
from idp.oidc.subject import subject_of
from idp.store import clients
from tests.dpop_sender import Sender
from tests.house import ISSUER, VERIFIER, House, Person, Site, payload
from tests.specs.oauth_client_credentials.test_client_credentials import asked, of_its_own
from tests.specs.oauth_refresh.test_refresh import lasting_site, refresh
from tests.specs.oidc_core_userinfo.test_forms import keep_another_key, low_order
from tests.specs.rfc7523_private_key_jwt.test_client_assertion import encoded
from tests.specs.rfc7662_introspection.test_introspection import told
from tests.specs.rfc9068_jwt_access_tokens.test_for_a_resource import API, with_resources

KEY = ECKey.generate_key("P-256", {"kid": "api-1", "use": "enc"})
ENCRYPTED = {
    "access_token_encrypted_response_alg": "ECDH-ES",
    "access_token_encrypted_response_enc": "A256GCM",
    "jwks": {"keys": [KEY.as_dict(private=False)]},
}


@pytest.fixture
def api(house: House) -> Site:
    """An API that reads its tokens itself."""
    return with_resources(house, "api", API, **ENCRYPTED)


def token_for(site: Site, person: Person, **changes: Any) -> str:
    answer = site.token(code=person.code_for(site, resource=API, **changes))
    assert answer.status_code == 200, answer.text
    return str(answer.get_json()["access_token"])


def turn_away(house: House, site: Site) -> None:
    """Disable a client, and wait until every process knows."""
    with house.services.database.write() as connection:
        clients.disable(connection, client_id=site.client.client_id, now=house.now)
    house.wait(seconds=10)


def _decoded(part: str) -> bytes:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))


def read(house: House, token: str) -> tuple[dict[str, Any], dict[str, Any], str]:
    """Open a token as an API would, with libraries of its own; return header and claims of the JWT, and the JWT."""
    inner = jwe.decrypt_compact(token, KEY, algorithms=["ECDH-ES", "A256GCM"]).plaintext
    assert inner is not None
    keys = KeySet.import_key_set(house.app.test_client().get("/jwks", base_url=ISSUER).get_json())
    found = jwt.decode(inner.decode(), keys, algorithms=["ES256"])
    return dict(found.header), dict(found.claims), inner.decode()


def test_the_api_reads_the_pseudonym_of_its_own_sector(house: House, api: Site) -> None:
    site, person = house.site(), house.person()
    header, claims, _ = read(house, token_for(site, person, acr_values="phr", max_age="3600"))
    there = subject_of(house.services.keyring.bridge, person.person_id, sector=api.client.sector).value
    assert header["typ"] == "at+jwt"
    assert {name: claims[name] for name in ("iss", "aud", "client_id", "sub", "scope", "acr")} == {
        "iss": ISSUER, "aud": API, "client_id": "shop", "sub": there, "scope": "openid profile verified", "acr": "phr",
    }  # fmt: skip
    assert claims["exp"] - claims["iat"] == house.settings.oidc.access_token_seconds
    assert claims["auth_time"] <= claims["iat"]
    assert set(claims) == {"iss", "aud", "client_id", "sub", "scope", "acr", "auth_time", "iat", "exp", "jti"}


def test_the_site_that_carries_it_reads_nothing(house: House, api: Site) -> None:
    site, person = house.site(), house.person()
    token = token_for(site, person)
    assert token.count(".") == 4
    header = json.loads(_decoded(token.partition(".")[0]))
    assert set(header) == {"alg", "enc", "kid", "cty", "epk", "apu"}
    assert (header["alg"], header["enc"], header["cty"], header["kid"]) == ("ECDH-ES", "A256GCM", "JWT", "api-1")
    there = subject_of(house.services.keyring.bridge, person.person_id, sector=api.client.sector).value
    assert there not in token
    assert told(site, token)["sub"] != there


def test_no_two_tokens_for_a_person_look_alike(house: House, api: Site) -> None:
    assert api.client.resources == (API,)
    site, person = house.site(), house.person()
    first, second = (token_for(site, person).split(".") for _ in range(2))
    assert all(one != other for one, other in zip(first[2:], second[2:], strict=True))
    epks = {json.loads(_decoded(each[0]))["epk"]["x"] for each in (first, second)}
    assert len(epks) == 2


def test_it_is_introspected_and_revoked_like_any_other(house: House, api: Site) -> None:
    site, person = house.site(), house.person()
    token = token_for(site, person)
    _, claims, inner = read(house, token)
    seen = told(api, inner)
    assert (seen["active"], seen["sub"], seen["aud"]) == (True, claims["sub"], API)
    assert told(site, token)["active"] is True
    revoked = house.app.test_client().post(
        "/revoke", base_url=ISSUER, data={"token": token}, headers={"Authorization": site.basic()}
    )
    assert revoked.status_code == 200
    for who, text in ((api, inner), (site, token)):
        assert told(who, text) == {"active": False}


def test_userinfo_takes_neither_the_token_nor_what_it_carries(house: House, api: Site) -> None:
    assert api.client.resources == (API,)
    site = house.site()
    token = token_for(site, house.person())
    carried = json.loads(_decoded(token.partition(".")[0]))["apu"]
    for text in (token, carried):
        assert site.userinfo(text).status_code == 401


def test_another_s_reference_in_a_token_of_one_s_own_making_tells_nothing(house: House, api: Site) -> None:
    """The part in clear is proved by a MAC of ours, not by the encryption, which anybody could do."""
    site, other = house.site(), house.site("other", redirect_uris=["https://other.example/cb"])
    header, *rest = token_for(site, house.person()).split(".")
    members = json.loads(_decoded(header))
    for apu in (members["apu"][:-1] + ("A" if members["apu"][-1] != "A" else "B"), "", 7, None):
        made = ".".join([encoded({**members, "apu": apu}), *rest])
        assert told(api, made) == {"active": False}
    assert told(other, ".".join([header, *rest])) == {"active": False}


def test_the_api_is_told_nothing_of_a_wrapper_that_anybody_can_make(house: House, api: Site) -> None:
    """What it carries in clear is about another token than the one inside: the API asks about that."""
    site = house.site()
    robber = house.site("robber", redirect_uris=["https://robber.example/cb"], allowed_resources=[API],
                        grant_types=["client_credentials", "authorization_code"])  # fmt: skip
    token = token_for(site, house.person())
    ended = asked(robber, resource=API).get_json()["access_token"]
    of_its_own(robber, "/revoke", ended)
    header = {"alg": "ECDH-ES", "enc": "A256GCM", "apu": json.loads(_decoded(token.partition(".")[0]))["apu"]}
    public = ECKey.import_key(KEY.as_dict(private=False))
    made = jwe.encrypt_compact(header, ended.encode(), public, algorithms=["ECDH-ES", "A256GCM"])
    assert told(api, read(house, made)[2]) == {"active": False}
    for wrapper in (made, token, ".".join([encoded(header), "", "a", "b", "c"])):
        assert told(api, wrapper) == {"active": False}
        assert told(robber, wrapper) == {"active": False}


def test_the_api_hears_that_the_site_was_turned_away(house: House, api: Site) -> None:
    site = house.site()
    inner = read(house, token_for(site, house.person()))[2]
    turn_away(house, site)
    assert told(api, inner) == {"active": False}


def test_a_refresh_brings_another_in_the_same_form(house: House, api: Site) -> None:
    assert api.client.resources == (API,)
    site, person = lasting_site(house), house.person()
    code = person.code_for(site, resource=API, scope="openid offline_access", prompt="consent")
    first = site.token(code=code).get_json()
    second = refresh(site, first["refresh_token"]).get_json()
    _, before, _ = read(house, first["access_token"])
    _, after, _ = read(house, second["access_token"])
    assert before["sub"] == after["sub"]
    assert before["jti"] != after["jti"]


def test_a_bound_one_names_its_key_inside(house: House, api: Site) -> None:
    assert api.client.resources == (API,)
    site, sender = house.site(), Sender(house)
    form = {"grant_type": "authorization_code", "code": house.person().code_for(site, resource=API),
            "code_verifier": VERIFIER, "redirect_uri": site.client.redirect_uris[0]}  # fmt: skip
    answer = house.app.test_client().post(
        "/token", base_url=ISSUER, data=form, headers={"Authorization": site.basic(), "DPoP": sender.proof("/token")}
    )
    assert answer.get_json()["token_type"] == "DPoP"
    assert read(house, answer.get_json()["access_token"])[1]["cnf"] == {"jkt": sender.jkt}


def test_the_id_token_holds_the_hash_of_the_token_as_it_is_sent(house: House, api: Site) -> None:
    """OIDC Core §3.1.3.6"""
    assert api.client.resources == (API,)
    site = house.site()
    answer = site.token(code=house.person().code_for(site, resource=API)).get_json()
    half = sha256(answer["access_token"].encode()).digest()[:16]
    assert payload(answer["id_token"])["at_hash"] == urlsafe_b64encode(half).decode().rstrip("=")


def test_where_its_key_cannot_be_encrypted_to_they_are_opaque(house: House, api: Site) -> None:
    keep_another_key(house, api, low_order(bytes(32)))
    token = token_for(house.site(), house.person())
    assert "." not in token
    assert told(api, token)["active"] is True


def test_an_api_that_did_not_ask_for_it_gets_opaque_ones(house: House) -> None:
    with_resources(house, "api", API, jwks=ENCRYPTED["jwks"])
    assert "." not in token_for(house.site(), house.person())


@pytest.mark.parametrize(
    ("changes", "faulty"),
    [
        ({"access_token_encrypted_response_enc": None}, "access_token_encrypted_response_enc"),
        ({"access_token_encrypted_response_alg": None}, "access_token_encrypted_response_enc"),
        ({"access_token_encrypted_response_alg": "RSA-OAEP"}, "access_token_encrypted_response_alg"),
        ({"resources": []}, "access_token_encrypted_response_alg"),
        ({"jwks": None}, "jwks"),
    ],
    ids=str,
)
def test_it_takes_both_members_a_key_and_a_resource(changes: dict[str, Any], faulty: str) -> None:
    wanted = {"redirect_uris": ["https://api.example/cb"], "resources": [API], **ENCRYPTED} | changes
    with pytest.raises(InvalidClientMetadata) as caught:
        validate(wanted, policy=MetadataPolicy(by_operator=True))
    assert {member for member, _ in caught.value.faults} == {faulty}


def test_whoever_registers_themselves_does_not_decide_it() -> None:
    with pytest.raises(InvalidClientMetadata) as caught:
        validate({"redirect_uris": ["https://api.example/cb"], **ENCRYPTED}, policy=MetadataPolicy())
    assert "access_token_encrypted_response_alg" in {member for member, _ in caught.value.faults}
