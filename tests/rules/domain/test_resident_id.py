"""Resident numbers: the standard's examples, those other libraries get wrong, and the laws of the check character."""

from __future__ import annotations

import contextlib
from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from idp.domain.resident_id import (
    MAINLAND,
    REGIONS,
    InvalidResidentId,
    ResidentIdFault,
    ResidentIdWarning,
    admit,
    canonicalise,
    check_character,
    is_sandbox,
    parse,
    region_of,
    well_formed,
)
from idp.domain.secrecy import ResidentId

TODAY = date(2026, 11, 23)
STANDARD = date(1999, 7, 1)
"""The day the standard took effect: people born in 1880 were younger than the limit then, and are not today."""

BIRTHDAYS = st.dates(date(1900, 1, 1), TODAY)
DIVISIONS = st.integers(100000, 989999).map(str)
ORDERS = st.integers(0, 999).map("{:03}".format)


def number_of(division: str, born_on: date, order: str) -> str:
    """Compose a number from its parts."""
    seventeen = f"{division}{born_on:%Y%m%d}{order}"
    return seventeen + check_character(seventeen)


NUMBERS = st.builds(number_of, DIVISIONS, BIRTHDAYS, ORDERS)


def fault_of(text: str, *, on: date = TODAY) -> ResidentIdFault:
    """Return why a text is refused."""
    with pytest.raises(InvalidResidentId) as refused:
        parse(text, on=on)
    return refused.value.reason


@pytest.mark.parametrize(
    ("entered", "canonical", "on"),
    [
        ("11010519491231002X", "11010519491231002X", TODAY),  # the standard's example
        ("440524188001010014", "440524188001010014", STANDARD),  # the standard's example; others refuse it
        ("33010619500101001X", "33010619500101001X", TODAY),  # Hangzhou; others refuse it
        ("810000199001010019", "810000199001010019", TODAY),  # Hong Kong resident's permit
        ("820000199001010010", "820000199001010010", TODAY),  # Macau
        ("830000199001010012", "830000199001010012", TODAY),  # Taiwan
        ("944840199001010016", "944840199001010016", TODAY),  # foreign permanent resident, Guangdong
        ("130503670401001", "130503196704010016", TODAY),  # fifteen digits
        ("110105800101996", "11010518800101996X", STANDARD),  # fifteen digits, a centenarian
        ("１１０１０５１９４９１２３１００２ｘ", "11010519491231002X", TODAY),  # full-width
        ("110105 19491231 002x", "11010519491231002X", TODAY),
        ("110105-19491231-002x", "11010519491231002X", TODAY),
        ("\u3000110105\u201019491231\uff0d002X\n", "11010519491231002X", TODAY),
    ],
)
def test_a_valid_number_is_read_into_its_eighteen_characters(entered: str, canonical: str, on: date) -> None:
    read = parse(entered, on=on)
    assert read.number.reveal() == canonical
    assert read.entered_form.reveal() == entered
    assert ResidentIdWarning.UNKNOWN_REGION not in read.warnings
    assert well_formed(entered) == read.number


@pytest.mark.parametrize(
    ("entered", "fault"),
    [
        ("", ResidentIdFault.LENGTH),
        ("11010519491231002", ResidentIdFault.LENGTH),
        ("11010519491231002XX", ResidentIdFault.LENGTH),
        ("1" * 100_000, ResidentIdFault.LENGTH),
        ("\ufdfa", ResidentIdFault.CHARACTERS),  # one ligature that folds into eighteen Arabic letters
        ("1101051949123100２Y", ResidentIdFault.CHARACTERS),
        ("X1010519491231002X", ResidentIdFault.CHARACTERS),
        ("11010549123100X", ResidentIdFault.CHARACTERS),
        ("١١٠١٠٥١٩٤٩١٢٣١٠٠٢٣", ResidentIdFault.CHARACTERS),  # digits, but not the standard's
        ("11010519491231002\u0425", ResidentIdFault.CHARACTERS),  # a Cyrillic letter that looks like X
        ("11010519491231\u200b02X", ResidentIdFault.CHARACTERS),
        ("110105194913010029", ResidentIdFault.DATE),  # thirteenth month, check character right
        ("110105194902290029", ResidentIdFault.DATE),  # 29 February in a common year, check character right
        ("110105000001010020", ResidentIdFault.DATE),
        ("110105000229001", ResidentIdFault.DATE),  # 1900 was no leap year
        ("110105194912310021", ResidentIdFault.CHECK_CHARACTER),
    ],
)
def test_the_first_rule_that_a_number_breaks_is_named(entered: str, fault: ResidentIdFault) -> None:
    assert fault_of(entered) is fault


def test_a_number_born_tomorrow_is_refused_until_tomorrow() -> None:
    tomorrow = TODAY + timedelta(days=1)
    unborn = number_of("110105", tomorrow, "002")
    assert fault_of(unborn) is ResidentIdFault.FUTURE
    assert parse(unborn, on=tomorrow).born_on == tomorrow


def test_the_oldest_person_is_130_and_not_131() -> None:
    assert parse(number_of("110105", date(1895, 11, 24), "002"), on=TODAY).born_on.year == 1895
    assert fault_of(number_of("110105", date(1895, 11, 23), "002")) is ResidentIdFault.TOO_OLD
    assert fault_of("440524188001010014") is ResidentIdFault.TOO_OLD
    assert fault_of("110105800101996") is ResidentIdFault.TOO_OLD


def test_a_wrong_date_is_told_before_a_wrong_check_character() -> None:
    assert fault_of("110105203001010021") is ResidentIdFault.FUTURE


@given(NUMBERS)
def test_however_a_number_is_written_it_reads_the_same(number: str) -> None:
    full_width = number.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789X"})
    written = [number, number.lower(), full_width, f"{number[:6]} {number[6:14]}-{number[14:]}", f"  {number} "]
    read = [parse(text, on=TODAY) for text in written]
    assert all(one.number.reveal() == number for one in read)
    assert all(f"{one.born_on:%Y%m%d}" == number[6:14] for one in read)
    assert canonicalise(canonicalise(number)) == canonicalise(number)


@given(NUMBERS.filter(lambda number: "1900" <= number[6:10] < "2000" and number[14:17] < "996"))
def test_the_old_form_leads_to_the_number_that_the_person_has_today(number: str) -> None:
    read = parse(number[:6] + number[8:17], on=TODAY)
    assert read.number.reveal() == number
    assert ResidentIdWarning.HISTORIC_FORM in read.warnings


@given(NUMBERS, st.integers(0, 17), st.sampled_from("0123456789X"))
def test_every_single_wrong_character_is_detected(number: str, place: int, wrong: str) -> None:
    assume(number[place] != wrong)
    with pytest.raises(InvalidResidentId):
        well_formed(number[:place] + wrong + number[place + 1 :])


@given(NUMBERS, st.integers(0, 16))
def test_every_swap_of_neighbours_is_detected(number: str, place: int) -> None:
    assume(number[place] != number[place + 1])
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    with pytest.raises(InvalidResidentId):
        well_formed(swapped)


@given(st.integers(0, 10**17 - 1).map("{:017}".format))
def test_the_check_character_is_one_minus_twice_the_digits_in_base_thirteen(seventeen: str) -> None:
    # 13 leaves 2 when divided by 11, so Horner's rule in base 13 is the sum of weights 2, 4, 8, … of ISO 7064.
    assert check_character(seventeen) == "0123456789X"[(1 - 2 * int(seventeen, 13)) % 11]


@given(st.text(max_size=40), st.dates())
def test_no_text_does_anything_but_read_or_be_refused(text: str, on: date) -> None:
    with contextlib.suppress(InvalidResidentId):
        assert len(parse(text, on=on).number.reveal()) == 18


@pytest.mark.parametrize("sandbox_number", ["990101199003070015", "99010119491231028X", "990101491231029"])
def test_only_a_sandbox_takes_sandbox_numbers_and_it_takes_no_others(sandbox_number: str) -> None:
    assert is_sandbox(admit(sandbox_number, on=TODAY, sandbox=True).number)
    with pytest.raises(InvalidResidentId) as refused:
        admit(sandbox_number, on=TODAY, sandbox=False)
    assert refused.value.reason is ResidentIdFault.SANDBOX
    with pytest.raises(InvalidResidentId) as refused:
        admit("11010519491231002X", on=TODAY, sandbox=True)
    assert refused.value.reason is ResidentIdFault.NOT_SANDBOX
    assert not is_sandbox(admit("11010519491231002X", on=TODAY, sandbox=False).number)


def test_production_refuses_a_sandbox_number_before_looking_at_its_date_or_check_character() -> None:
    for wrong in ("990101199013070015", "990101199003070016", "９９０１０１１９９００３０７００１５"):
        with pytest.raises(InvalidResidentId) as refused:
            admit(wrong, on=TODAY, sandbox=False)
        assert refused.value.reason is ResidentIdFault.SANDBOX


def test_a_region_that_nobody_knows_only_warns() -> None:
    read = parse(number_of("730101", date(1990, 1, 1), "001"), on=TODAY)
    assert read.warnings == (ResidentIdWarning.UNKNOWN_REGION,)
    assert region_of(read.number) is None


def test_the_regions_are_the_34_of_the_standard_and_the_permits() -> None:
    assert len(set(REGIONS) - {"83"}) == 34
    assert region_of(ResidentId("944840199001010016")) == MAINLAND["44"] == "Guangdong"
    assert region_of(ResidentId("830000199001010012")) == "Taiwan (residence permit)"


def test_nothing_about_the_person_shows_in_what_is_printed() -> None:
    read = parse("11010519491231002X", on=TODAY)
    assert "1949" not in repr(read)
    assert "002X" not in repr(read)
    with pytest.raises(InvalidResidentId) as refused:
        parse("110105194912310021", on=TODAY)
    assert str(refused.value) == "check_character"
