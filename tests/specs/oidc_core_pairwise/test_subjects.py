"""One person, one pseudonym at a sector, for ever; no two sectors share one (OIDC Core §8.1)."""

from __future__ import annotations

from tests.house import House, Person, Site, payload


def sub(person: Person, site: Site) -> str:
    answer = site.token(code=person.code_for(site)).get_json()
    in_token = payload(answer["id_token"])["sub"]
    assert site.userinfo(answer["access_token"]).get_json()["sub"] == in_token
    return str(in_token)


def test_two_sites_get_two_subjects_and_each_gets_the_same_one_again(house: House) -> None:
    shop = house.site("shop")
    forum = house.site("forum", redirect_uris=["https://forum.example/cb"])
    person = house.person()
    first = sub(person, shop)
    assert sub(person, forum) != first
    assert sub(house.signed_in(person.person_id), shop) == first


def test_two_clients_of_one_sector_know_a_person_by_one_subject(house: House) -> None:
    web = house.site("web")
    app = house.site("app", redirect_uris=["https://shop.example/app"])
    person = house.person()
    assert sub(person, web) == sub(person, app)


def test_two_people_are_two_subjects(house: House) -> None:
    shop = house.site()
    assert sub(house.person(), shop) != sub(house.person(), shop)


def test_a_subject_is_43_characters_that_say_nothing(house: House) -> None:
    shop, person = house.site(), house.person()
    value = sub(person, shop)
    assert len(value) == 43
    assert value.isascii()
    assert person.person_id not in value
