"""Two sites put together everything they ever received about the same people, and find nothing that ties them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.dpop_sender import Sender
from tests.house import VERIFIER, House, Person, Site, answered, payload
from tests.signing_client import SigningClient
from tests.specs.jarm.test_signed_responses import carried
from tests.specs.oidc_back_channel_logout.test_logout_tokens import Sites, deliver

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

CUTS = re.compile(r"[\s\"'{}\[\]:,;=&?#<>()]+")
PARAMETERS = {"max_age": "15000", "acr_values": "phr", "scope": "openid profile verified age"}


@dataclass
class Notes:
    """Every value one site received about one person, taken apart."""

    values: set[str] = field(default_factory=set)

    def take(self, text: str) -> None:
        self.values |= {part for part in CUTS.split(text) if part}

    def take_response(self, response: TestResponse) -> None:
        for name, value in response.headers.items():
            self.take(f"{name} {value}")
        self.take(response.get_data(as_text=True))

    def take_json(self, content: Any) -> None:
        if isinstance(content, dict):
            for value in content.values():
                self.take_json(value)
        elif isinstance(content, list):
            for value in content:
                self.take_json(value)
        else:
            self.values.add(str(content))


def visited(person: Person, site: Site, *, code_name: str) -> Notes:
    """Let a person sign in at a site; return all it saw: redirect, tokens taken apart, userinfo, headers, errors."""
    notes = Notes()
    state, nonce = f"state-{site.client.client_id}", f"nonce-{site.client.client_id}"
    response = person.arrive(site.request(state=state, nonce=nonce, **PARAMETERS), code_name=code_name)
    location = response.headers["Location"]
    notes.take(location)
    answer = site.token(code=answered(response)["code"])
    notes.take_response(answer)
    notes.take_json(payload(answer.get_json()["id_token"]))
    userinfo = site.userinfo(answer.get_json()["access_token"])
    notes.take_response(userinfo)
    notes.take_json(userinfo.get_json())
    notes.take_response(site.token(code=answered(response)["code"]))
    notes.take(
        person.visit(
            site.request(state=state, nonce=nonce, prompt="none", scope="openid age"),
        ).headers["Location"]
    )
    return notes


def two_sites(house: House) -> tuple[Site, Site]:
    shop = house.site("shop")
    forum = house.site("forum", redirect_uris=["https://forum.example/cb"], client_name="Forum")
    return shop, forum


def test_what_two_sites_share_about_a_person_they_share_about_everybody(house: House) -> None:
    shop, forum = two_sites(house)
    wang, li = house.person(), house.person()
    seen: dict[tuple[str, str], Notes] = {}
    for at, (name, person) in enumerate((("wang", wang), ("li", li))):
        house.wait(seconds=11)
        seen[name, "shop"] = visited(person, shop, code_name=("Quiet Heron", "Brave Finch")[at])
        house.wait(seconds=13)
        seen[name, "forum"] = visited(person, forum, code_name=("Patient Crane", "Merry Otter")[at])
    about_wang = seen["wang", "shop"].values & seen["wang", "forum"].values
    about_li = seen["li", "shop"].values | seen["li", "forum"].values
    assert about_wang, "the notes are empty: nothing was compared"
    assert about_wang <= about_li


def test_the_test_would_notice_a_value_that_ties(house: House) -> None:
    shop, forum = two_sites(house)
    wang, li = house.person(), house.person()
    notes = [visited(person, site, code_name=f"N {at} x") for at, (person, site) in enumerate(
        ((wang, shop), (wang, forum), (li, shop), (li, forum))
    )]  # fmt: skip
    for wangs in notes[:2]:
        wangs.values.add("a-value-of-wangs")
    assert not (notes[0].values & notes[1].values <= notes[2].values | notes[3].values)


def test_sites_that_want_a_fresh_authentication_get_one_of_their_own(house: House) -> None:
    shop = house.site("shop", default_max_age=299)
    forum = house.site("forum", redirect_uris=["https://forum.example/cb"], default_max_age=299)
    person = house.person()
    person.code_for(shop)
    house.wait(seconds=5)
    for site in (shop, forum):
        assert person.visit(site.request()).headers["Location"].startswith("/sign-in")


def test_a_second_precise_moment_is_not_shared_even_when_both_sites_ask_for_it(house: House) -> None:
    shop, forum = two_sites(house)
    person = house.person()
    told = []
    for site in (shop, forum):
        house.wait(seconds=9)
        code = person.code_for(site, max_age="3600")
        told.append(payload(site.token(code=code).get_json()["id_token"])["auth_time"])
    assert all(moment % 60 == 0 for moment in told)


MOMENTS = {"iat", "exp"}
"""Of a logout token: sites are told at moments drawn for each of them (tests/specs/oidc_back_channel_logout)."""


def demanding(house: House, name: str) -> SigningClient:
    return SigningClient.register(
        house,
        name,
        scope="openid profile verified age offline_access",
        grant_types=["authorization_code", "refresh_token"],
        authorization_signed_response_alg="ES256",
        backchannel_logout_uri=f"https://{name}.example/out",
        backchannel_logout_session_required=True,
    )


def visited_in_full(person: Person, client: SigningClient, *, code_name: str) -> Notes:
    """Pushed request, signed response, proofs by a key of the site's own, single claims, refresh, introspection."""
    notes, sender = Notes(), Sender(client.site.house)
    own = {name: f"{name}-{client.client_id}" for name in ("state", "nonce")}
    claims = json.dumps({"id_token": {"age_over_18": None}, "userinfo": {"verified": {"essential": True}}})
    wish = client.wish(
        **own, response_mode="jwt", max_age="15000", scope="openid profile offline_access", claims=claims
    )
    pushed = client.post("/par", wish, DPoP=sender.proof("/par"))
    notes.take_response(pushed)
    response = person.arrive(client.address(pushed.get_json()["request_uri"]), code_name=code_name)
    notes.take(response.headers["Location"])
    signed = payload(carried(response))
    notes.take_json(signed)
    form = {
        "grant_type": "authorization_code", "code": signed["code"], "code_verifier": VERIFIER,
        "redirect_uri": client.site.client.redirect_uris[0],
    }  # fmt: skip
    first = client.post("/token", form, DPoP=sender.proof("/token"))
    again = {"grant_type": "refresh_token", "refresh_token": first.get_json()["refresh_token"]}
    renewed = client.post("/token", again, DPoP=sender.proof("/token"))
    token = renewed.get_json()["access_token"]
    proof = sender.proof("/userinfo", method="GET", token=token)
    asking = {"Authorization": f"DPoP {token}", "DPoP": proof}
    userinfo = client.site.house.browser().get("/userinfo", base_url="http://localhost:9000", headers=asking)
    assert "DPoP-Nonce" in userinfo.headers
    for each in (first, renewed, userinfo, client.post("/introspect", {"token": token})):
        assert each.status_code == 200, each.text
        notes.take_response(each)
        notes.take_json(each.get_json())
    for each in (first, renewed):
        notes.take_json(payload(each.get_json()["id_token"]))
    return notes


def test_sites_that_use_everything_share_about_a_person_what_they_share_about_everybody(house: House) -> None:
    """``DPoP-Nonce`` is among what they share: it is everybody's for a while, so it tells nobody from anybody.

    So is the minute of the sign-in, which both ask for here: whoever signed in then has it.
    """
    people = {"wang": house.person(), "li": house.person()}
    clients = {name: demanding(house, name) for name in ("shop", "forum")}
    seen: dict[tuple[str, str], Notes] = {}
    for who, person in people.items():
        for name, client in clients.items():
            house.wait(seconds=17)
            seen[who, name] = visited_in_full(person, client, code_name=f"{who} at {name}".replace(" ", "-"))
        person.submit(person.visit("/logout"), "confirm-logout")
        house.wait(minutes=1)
        sites = Sites()
        assert deliver(house, sites) == 2
        for _url, token, _when in sites.received:
            told = payload(token)
            assert told["sub"] in seen[who, told["aud"]].values
            assert told["sid"] in seen[who, told["aud"]].values
            seen[who, told["aud"]].take_json({name: told[name] for name in told.keys() - MOMENTS})
    about_wang = seen["wang", "shop"].values & seen["wang", "forum"].values
    assert about_wang, "the notes are empty: nothing was compared"
    assert about_wang <= seen["li", "shop"].values | seen["li", "forum"].values
