"""Coming of age, so that a site learns "an adult" and the date of birth is not even kept readable."""

from __future__ import annotations

from datetime import date

ADULT_AGE = 18
"""Completed years (Civil Code of the People's Republic of China, art. 17)."""


def adult_from(born_on: date) -> date:
    """Return the eighteenth birthday, the first day on which a person is an adult."""
    return birthday(born_on, ADULT_AGE)


def fourteen_from(adult_from: date) -> date:
    """Return the fourteenth birthday of somebody whose eighteenth is known.

    No eighteenth birthday falls on a 29 February (the year is never a leap year for who was born on one), so four years
    earlier is the same day of a calendar that has it.
    """
    return adult_from.replace(year=adult_from.year - 4)


def birthday(born_on: date, age: int) -> date:
    """Return the day on which somebody completes their ``age``-th year.

    Where a 29 February has no counterpart the day is 1 March, because the year is not complete before 28 February has
    passed, and an age must never be claimed a day too early.
    """
    try:
        return born_on.replace(year=born_on.year + age)
    except ValueError:
        return date(born_on.year + age, 3, 1)


def is_over(adult_from: date, on: date) -> bool:
    """Return the ``age_over_18`` claim on a day, from the one date that is kept."""
    return on >= adult_from
