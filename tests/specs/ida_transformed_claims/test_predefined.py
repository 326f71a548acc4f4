"""Predefined transformed claims (Advanced Syntax for Claims): asked for as ``::name``, answered with a predicate."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from idp.store import people
from tests.specs.ida_verified_claims.wire import asking, assured, delivered, metadata, simple

if TYPE_CHECKING:
    from tests.house import House, Person

ALL = {"verification": {"trust_framework": None}, "claims": {
    "::real_person": None, "::age_18_or_over": None, "::age_14_or_over": None,
}}  # fmt: skip


def turning_eighteen(house: House, day: date | None) -> Person:
    person = assured(house)
    with house.services.database.write() as connection:
        predicates = people.Predicates("registry", date(2026, 5, 17), None, day, "王**", "2026-1")
        people.set_predicates(connection, person_id=person.person_id, predicates=predicates)
    return person


@pytest.mark.parametrize(
    ("eighteen", "adult", "fourteen"),
    [
        (date(2026, 11, 24), True, True),  # today
        (date(2026, 11, 25), False, True),  # tomorrow
        (date(2030, 11, 24), False, True),  # fourteen today
        (date(2030, 11, 25), False, False),
    ],
)
def test_ages_turn_on_the_birthday(house: House, eighteen: date, adult: bool, fourteen: bool) -> None:
    found, _ = delivered(house.site(), turning_eighteen(house, eighteen), claims=asking(ALL))
    assert found["claims"] == {"::real_person": True, "::age_18_or_over": adult, "::age_14_or_over": fourteen}


def test_an_age_that_is_not_known_is_left_out(house: House) -> None:
    found, _ = delivered(house.site(), turning_eighteen(house, None), claims=asking(ALL))
    assert found["claims"] == {"::real_person": True}


def test_a_minor_is_not_given_away_to_who_asks_for_adults(house: House) -> None:
    """A restriction that is not met leaves the claim out; there is no error to probe with."""
    asked = simple("::age_18_or_over", {"value": True, "essential": True})
    assert delivered(house.site(), assured(house, adult=False), claims=asking(asked)) == (None, None)
    assert delivered(house.site("forum"), assured(house), claims=asking(asked))[0]["claims"] == {
        "::age_18_or_over": True,
    }  # fmt: skip


@pytest.mark.parametrize("name", ["age_18_or_over", ":age_18_or_over", "birthdate", "::age_21_or_over", "::"])
def test_custom_and_unknown_transformations_are_left_out(house: House, name: str) -> None:
    assert delivered(house.site(), assured(house), claims=asking(simple(name))) == (None, None)


def test_what_is_predefined_is_defined_in_discovery_and_nothing_can_be_defined_by_sites(house: House) -> None:
    announced = metadata(house)
    assert announced["transformed_claims_max_count"] == 0
    functions = set(announced["transformed_claims_functions_supported"])
    for name, defined in announced["transformed_claims_predefined"].items():
        assert f"::{name}" in announced["claims_in_verified_claims_supported"]
        outer, (inner, _years) = defined["fn"]
        assert {outer, inner} <= functions


def test_sites_that_are_not_told_of_birthdays_do_not_learn_them(house: House) -> None:
    found, _ = delivered(
        house.site(), assured(house), claims=asking({**ALL, "claims": {**ALL["claims"], "birthdate": None}})
    )
    assert "birthdate" not in found["claims"]
    assert "2008" not in str(found)
