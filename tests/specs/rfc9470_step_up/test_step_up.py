"""An API sends a person back to sign in better or anew, and is then satisfied (RFC 9470)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from clients.step_up import challenge
from tests.house import House, page_of
from tests.specs.rfc7662_introspection.test_introspection import told
from tests.specs.rfc9068_jwt_access_tokens.test_for_a_resource import API, with_resources

if TYPE_CHECKING:
    from tests.house import Person, Site


def worth(api: Site, site: Site, person: Person, **changes: str) -> dict[str, Any]:
    """Get a token for the API and let it ask what it is worth."""
    answer = site.token(code=person.code_for(site, resource=API, **changes)).get_json()
    return told(api, answer["access_token"])


def read(header: str) -> dict[str, str]:
    """Read a challenge as a site does: the parameters to send its person back with."""
    return dict(re.findall(r'(\w+)="([^"]*)"', header))


def test_the_whole_way_there_and_back(house: House) -> None:
    api, site = with_resources(house, "api", API), house.site()
    person = house.person(acr="phr")
    house.wait(minutes=10)
    demand: dict[str, Any] = {"acr_values": ("phrh",), "max_age": 60}
    refused = challenge(worth(api, site, person), **demand, now=house.now)
    assert refused is not None
    assert refused.startswith("Bearer ")
    wish = read(refused)
    assert wish.pop("error") == "insufficient_user_authentication"
    del wish["error_description"]
    assert wish == {"acr_values": "phrh", "max_age": "60"}
    sent_back = person.arrive(site.request(resource=API, **wish))
    assert page_of(sent_back) == "sign-in"
    better = house.signed_in(person.person_id, acr="phrh")
    assert challenge(worth(api, site, better, **wish), **demand, now=house.now) is None
    house.wait(seconds=61)
    assert page_of(better.arrive(site.request(resource=API, **wish))) == "sign-in"


@pytest.mark.parametrize(
    ("said", "enough"),
    [
        ({"acr": "phrh", "auth_time": 1000}, True),
        ({"acr": "phr", "auth_time": 1000}, False),
        ({"acr": "phrh", "auth_time": 900}, False),
        ({"acr": "phrh"}, False),
        ({"auth_time": 1000}, False),
        ({}, False),
    ],
)
def test_what_is_not_said_is_not_enough(house: House, said: dict[str, object], enough: bool) -> None:
    now = house.now.fromtimestamp(1060, tz=house.now.tzinfo)
    found = challenge({"active": True} | said, acr_values=("phrh",), max_age=60, now=now)
    assert (found is None) is enough


def test_a_bound_token_is_challenged_in_its_own_scheme(house: House) -> None:
    found = challenge({"active": True, "token_type": "DPoP"}, acr_values=("phrh",), now=house.now)
    assert found is not None
    assert found.startswith("DPoP ")


def test_where_nothing_is_demanded_every_live_token_will_do(house: House) -> None:
    assert challenge({"active": True}, now=house.now) is None
    with pytest.raises(ValueError, match="not active"):
        challenge({"active": False}, now=house.now)
