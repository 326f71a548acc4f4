"""Coming of age."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.domain.age import adult_from, birthday, fourteen_from, is_over


@pytest.mark.parametrize(
    ("born_on", "adult"),
    [
        (date(1990, 3, 7), date(2008, 3, 7)),
        (date(2000, 2, 28), date(2018, 2, 28)),
        (date(2000, 2, 29), date(2018, 3, 1)),
        (date(2008, 11, 24), date(2026, 11, 24)),
    ],
)
def test_adults_are_eighteen(born_on: date, adult: date) -> None:
    assert adult_from(born_on) == adult
    assert is_over(adult, adult)
    assert not is_over(adult, adult - timedelta(days=1))


@given(st.dates(date(1880, 1, 1), date(2026, 11, 23)))
def test_nobody_is_an_adult_before_eighteen_full_years_nor_a_day_after_them(born_on: date) -> None:
    adult = adult_from(born_on)
    eve = adult - timedelta(days=1)
    assert adult.year - born_on.year == 18
    assert (adult.month, adult.day) >= (born_on.month, born_on.day)
    assert (eve.year - born_on.year, eve.month, eve.day) < (18, born_on.month, born_on.day)


@given(st.dates(date(1880, 1, 1), date(2026, 11, 23)))
def test_fourteen_follows_from_the_one_date_that_is_kept(born_on: date) -> None:
    assert fourteen_from(adult_from(born_on)) == birthday(born_on, 14)
