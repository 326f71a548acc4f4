"""Two sites put together everything they ever received about the same people, and find nothing that ties them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.house import House, Person, Site, answered, payload

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
