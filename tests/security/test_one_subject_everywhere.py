"""One function makes every subject: whatever a site receives, in whichever form, names a person as its sector does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import msgspec
import pytest
from joserfc import jwe
from joserfc.jwk import ECKey

from idp import services
from idp.gateways.outbound import Outbound
from idp.oidc.subject import subject_of
from idp.settings import OidcSettings
from idp.store import outbox
from tests import house as building
from tests.architecture.repository import code
from tests.house import ISSUER, VERIFIER, House, Person, Site, answered, payload
from tests.specs.rfc9068_jwt_access_tokens.test_for_a_person import ENCRYPTED
from tests.specs.rfc9068_jwt_access_tokens.test_for_a_person import read as read_by_the_api
from tests.specs.rfc9068_jwt_access_tokens.test_for_a_resource import API, with_resources

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import keys
    from tests.leak_alarm import LeakAlarm

KEY: Any = ECKey.generate_key("P-256", {"kid": "enc", "use": "enc"})
EVERYTHING = "code id_token token"
SCOPE = "openid profile verified offline_access"
READING = "https://reading.example/orders"


@pytest.fixture
def laboratory(tmp_path: Path, keyring: keys.Keyring) -> House:
    """A provider that gives tokens in every way there is."""
    return building.build(tmp_path, keyring, oidc=OidcSettings(certification_profile=True, sign_out_spread_seconds=0))


class Sites(Outbound):
    """Keeps what sites are sent."""

    received: list[str]

    def post(self, url: str, body: bytes, *, content_type: str) -> int:
        """Receive a logout token."""
        assert url
        assert content_type
        self.received.append(dict(parse_qsl(body.decode()))["logout_token"])
        return 200


def site_of_every_kind(house: House, name: str, **more: object) -> Site:
    return house.site(
        name,
        redirect_uris=[f"https://{name}.example/callback"],
        scope=SCOPE,
        grant_types=["authorization_code", "refresh_token", "implicit"],
        response_types=["code", EVERYTHING],
        backchannel_logout_uri=f"https://{name}.example/out",
        authorization_signed_response_alg="ES256",
        **more,
    )


def introspected(site: Site, token: str, **headers: str) -> Any:
    return site.house.browser().post(
        "/introspect", base_url=ISSUER, data={"token": token}, headers={"Authorization": site.basic()} | headers
    )


def by_code(site: Site, person: Person, seen: dict[str, str]) -> tuple[str, str]:
    """Go through the code flow and all that follows from it; returns ID token and access token."""
    code_ = person.code_for(site, scope=SCOPE)
    form = {"code": code_, "code_verifier": VERIFIER, "redirect_uri": site.client.redirect_uris[0]}
    answer = site.token(**form).get_json()
    seen["ID token"] = payload(answer["id_token"])["sub"]
    seen["introspection"] = introspected(site, answer["access_token"]).get_json()["sub"]
    seen["introspection of a refresh token"] = introspected(site, answer["refresh_token"]).get_json()["sub"]
    signed = introspected(site, answer["access_token"], Accept="application/token-introspection+jwt").text
    seen["signed introspection"] = payload(signed)["token_introspection"]["sub"]
    renewed = site.token(
        grant_type="refresh_token", refresh_token=answer["refresh_token"], code_verifier=None, redirect_uri=None
    ).get_json()
    seen["ID token of a refresh"] = payload(renewed["id_token"])["sub"]
    return answer["id_token"], renewed["access_token"]


def by_browser(site: Site, person: Person, seen: dict[str, str]) -> None:
    """Let tokens come through the browser, and the response in a signed form."""
    response = person.arrive(site.request(response_type=EVERYTHING, scope=SCOPE))
    parameters = dict(parse_qsl(urlsplit(response.headers["Location"]).fragment))
    seen["ID token through the browser"] = payload(parameters["id_token"])["sub"]
    seen["userinfo of its access token"] = site.userinfo(parameters["access_token"]).get_json()["sub"]
    signed = answered(person.arrive(site.request(response_mode="jwt", scope=SCOPE)))["response"]
    form = {"code": payload(signed)["code"], "redirect_uri": site.client.redirect_uris[0]}
    seen["ID token of a signed response"] = payload(site.token(**form).get_json()["id_token"])["sub"]


def by_wish(house: House, name: str, person: Person, seen: dict[str, str]) -> None:
    """Ask userinfo in each form a client can register; all these clients are of one sector."""
    forms: dict[str, tuple[dict[str, object], Callable[[Any], str]]] = {
        "userinfo": ({}, lambda answer: str(answer.get_json()["sub"])),
        "signed userinfo": (
            {"userinfo_signed_response_alg": "ES256"},
            lambda answer: str(payload(answer.text)["sub"]),
        ),
        "encrypted userinfo": (
            {
                "userinfo_encrypted_response_alg": "ECDH-ES",
                "userinfo_encrypted_response_enc": "A256GCM",
                "jwks": {"keys": [KEY.as_dict(private=False)]},
            },
            lambda answer: str(msgspec.json.decode(jwe.decrypt_compact(answer.text, KEY).plaintext or b"")["sub"]),
        ),
    }
    for at, (form, (metadata, read)) in enumerate(forms.items()):
        site = house.site(f"{name}{at}", redirect_uris=[f"https://{name}.example/{at}"], **metadata)
        code_ = person.code_for(site)
        answer = site.token(code=code_, redirect_uri=site.client.redirect_uris[0]).get_json()
        seen[form] = read(site.userinfo(answer["access_token"]))


def at_an_api(house: House, site: Site, api: Site, person: Person, seen: dict[str, str]) -> set[str]:
    """Act at an API, and at one that reads its tokens itself; returns whom the two are told of."""
    token = site.token(
        code=person.code_for(site, scope=SCOPE, resource=READING), redirect_uri=site.client.redirect_uris[0]
    ).get_json()["access_token"]
    seen["introspection of an encrypted token"] = introspected(site, token).get_json()["sub"]
    code_ = person.code_for(site, scope=SCOPE, resource=API)
    answer = site.token(code=code_, redirect_uri=site.client.redirect_uris[0]).get_json()
    seen["ID token beside a token for an API"] = payload(answer["id_token"])["sub"]
    seen["introspection of a token for an API"] = introspected(site, answer["access_token"]).get_json()["sub"]
    return {introspected(api, answer["access_token"]).get_json()["sub"], read_by_the_api(house, token)[1]["sub"]}


def test_every_artefact_names_the_person_as_its_own_sector_does(laboratory: House) -> None:
    house, person = laboratory, laboratory.person()
    api = with_resources(house, "api", API)
    with_resources(house, "reading", READING, sector="api.example", **ENCRYPTED)
    subjects = {}
    for name in ("shop", "forum"):
        site, seen = site_of_every_kind(house, name), dict[str, str]()
        hint, _access = by_code(site, person, seen)
        by_browser(site, person, seen)
        by_wish(house, name, person, seen)
        there = at_an_api(house, site, api, person, seen)
        own = subject_of(house.services.keyring.bridge, person.person_id, sector=f"{name}.example").value
        assert set(seen.values()) == {own}, seen
        assert len(seen) == 14
        assert there == {subject_of(house.services.keyring.bridge, person.person_id, sector="api.example").value}
        fits = person.visit(site.request(scope=SCOPE, prompt="none", id_token_hint=hint))
        assert "code" in answered(fits)
        wanted = {"id_token": {"sub": {"value": own}}}
        assert "code" in answered(person.visit(site.request(scope=SCOPE, prompt="none", claims=_json(wanted))))
        subjects[name] = own, hint
    (shop, shops_hint), (forum, _) = subjects["shop"], subjects["forum"]
    assert shop != forum
    told = signed_out(house, person, shops_hint)
    assert {each["aud"]: each["sub"] for each in told} == {"shop": shop, "forum": forum}


def signed_out(house: House, person: Person, hint: str) -> list[dict[str, Any]]:
    """Sign out at everybody; returns what they are told."""
    person.visit("/logout?" + urlencode({"id_token_hint": hint}))
    outbound = Sites()
    object.__setattr__(outbound, "received", [])
    built = house.services
    services.build_delivery(house.settings, built.database, built.keyring, outbound).deliver_due(
        clock=lambda: house.now
    )
    return [payload(each) for each in outbound.received]


def test_another_sectors_subject_is_nobody_here_and_no_error_names_one(laboratory: House) -> None:
    house, person = laboratory, laboratory.person()
    shop, forum = site_of_every_kind(house, "shop"), site_of_every_kind(house, "forum")
    seen = dict[str, str]()
    by_code(shop, person, seen)
    hint, _ = by_code(forum, person, dict[str, str]())
    wrong = {"id_token": {"sub": {"value": payload(hint)["sub"]}}}
    refusals = [
        person.visit(shop.request(scope=SCOPE, prompt="none", claims=_json(wrong))),
        person.visit(shop.request(scope=SCOPE, prompt="none", id_token_hint=hint)),
        person.visit(shop.request(scope="openid age", prompt="none")),
    ]
    assert [answered(each)["error"] for each in refusals] == ["login_required", "invalid_request", "invalid_scope"]
    for refusal in refusals:
        told = refusal.headers["Location"]
        assert not [each for each in (*seen.values(), payload(hint)["sub"], person.person_id) if each in told]


def test_nothing_a_site_receives_holds_the_persons_own_id(laboratory: House) -> None:
    house, person = laboratory, laboratory.person()
    site = site_of_every_kind(house, "shop")
    response = person.arrive(site.request(response_type=EVERYTHING, scope=SCOPE))
    form = {"code": person.code_for(site, scope=SCOPE), "redirect_uri": site.client.redirect_uris[0]}
    answer = site.token(**form)
    everything = response.headers["Location"] + answer.text + str(payload(answer.get_json()["id_token"]))
    assert person.person_id not in everything


def test_nothing_that_is_for_no_site_names_a_subject(laboratory: House, leak_alarm: LeakAlarm) -> None:
    """Pages of the account, the page after a sign-out with its frames, outbox, log: no subject, no person's id."""
    house, person = laboratory, laboratory.person()
    subjects = []
    for name in ("shop", "forum"):
        site = site_of_every_kind(house, name, frontchannel_logout_uri=f"https://{name}.example/frame")
        by_code(site, person, {})
        subjects.append(subject_of(house.services.keyring.bridge, person.person_id, sector=f"{name}.example").value)
        failed = site.token(code="x" * 64, redirect_uri=site.client.redirect_uris[0])
        assert failed.status_code == 400
    pages = [person.visit(path) for path in ("/account", "/account/sites")]
    assert [each.status_code for each in pages] == [200, 200]
    left = person.submit(person.visit("/logout"), "confirm-logout")
    assert left.text.count("<iframe") == 2
    with house.services.database.read() as connection:
        waiting, total = outbox.listed(connection, state=None, limit=50, offset=0)
    assert total == 2
    assert leak_alarm.events
    everything = "\n".join(
        [each.text + str(each.headers) for each in (*pages, left)]
        + [str(each) for each in leak_alarm.events]
        + [repr(waiting)]
    )
    assert not [each for each in (*subjects, person.person_id) if each in everything]


def test_one_module_asks_the_bridge() -> None:
    asking = re.compile(r"bridge\.subject\(|\.subject\(\s*sector")
    assert {path for path, text in code() if path.startswith("idp/") and asking.search(text)} == {"idp/oidc/subject.py"}


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
