"""Legal names: kept as entered, compared without regard to typing, shown masked."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.domain.names import InvalidLegalName, NameFault, comparison_form, masked, parse, same_name, split
from idp.domain.secrecy import LegalName

HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)
LATIN = st.characters(min_codepoint=0x41, max_codepoint=0x24F, categories=["L"])
NAMES = st.text(HAN, min_size=1, max_size=20) | st.text(LATIN, min_size=1, max_size=20)


def fault_of(text: str) -> NameFault:
    """Return why a text is refused."""
    with pytest.raises(InvalidLegalName) as refused:
        parse(text)
    return refused.value.reason


@pytest.mark.parametrize(
    ("entered", "kept"),
    [
        ("王小明", "王小明"),
        (" 王小明\u3000", "王小明"),
        ("阿依古丽·买买提", "阿依古丽·买买提"),
        ("Anna  Maria\u00a0Müller", "Anna Maria Müller"),
        ("Mu\u0308ller", "Müller"),
        ("𠮷野", "𠮷野"),  # Extension B
        ("\U00031350", "\U00031350"),  # Extension H, younger than Python's tables
        ("\ue816", "\U00020087"),  # a private code point of the old editions of GB 18030
        ("王" * 128, "王" * 128),
    ],
)
def test_a_name_is_kept_as_entered(entered: str, kept: str) -> None:
    assert parse(entered).reveal() == kept


@pytest.mark.parametrize(
    ("entered", "fault"),
    [
        ("", NameFault.EMPTY),
        (" \u3000", NameFault.EMPTY),
        ("王" * 129, NameFault.TOO_LONG),
        ("王" * 100_000, NameFault.TOO_LONG),
        ("王\n明", NameFault.CHARACTERS),
        ("王\x00明", NameFault.CHARACTERS),
        ("王\u202e明", NameFault.CHARACTERS),  # right-to-left override
        ("王\u2067明", NameFault.CHARACTERS),  # right-to-left isolate
        ("王\u200b明", NameFault.CHARACTERS),  # zero-width space
        ("王\ufeff", NameFault.CHARACTERS),
        ("王\u2028明", NameFault.CHARACTERS),
        ("王\ud842", NameFault.CHARACTERS),  # half of a surrogate pair
        ("王\ue000", NameFault.PRIVATE_USE),
        ("王\U000f0000", NameFault.PRIVATE_USE),
        ("···", NameFault.NO_LETTER),
        ("123", NameFault.NO_LETTER),
    ],
)
def test_what_is_no_name_is_refused_with_the_reason(entered: str, fault: NameFault) -> None:
    assert fault_of(entered) is fault


@pytest.mark.parametrize("dot", [*"·•・．.･‧∙⋅", " · "])
def test_every_dot_is_the_same_dot(dot: str) -> None:
    assert same_name(parse(f"阿依古丽{dot}买买提"), parse("阿依古丽·买买提"))


def test_typing_makes_no_difference_but_characters_do() -> None:
    assert same_name(parse("王 小明"), parse("王小明"))
    assert same_name(parse("Ｍüller"), parse("Mu\u0308ller"))
    assert not same_name(parse("王小明"), parse("王晓明"))
    assert not same_name(parse("王小明"), parse("王小"))


@pytest.mark.parametrize(
    ("name", "shown"),
    [("王小明", "王**"), ("王明", "王**"), ("欧阳修", "欧**"), ("Anna Müller", "A**"), ("𠮷野", "𠮷**")],
)
def test_a_mask_keeps_the_first_character_and_hides_the_length(name: str, shown: str) -> None:
    assert masked(parse(name)) == shown


@given(NAMES)
def test_reading_a_kept_name_again_changes_nothing(name: str) -> None:
    kept = parse(name)
    assert parse(kept.reveal()) == kept
    assert kept.reveal() == unicodedata.normalize("NFC", name)


@given(NAMES)
def test_the_comparison_form_is_stable(name: str) -> None:
    form = comparison_form(parse(name))
    assert comparison_form(form) == form
    assert same_name(LegalName(unicodedata.normalize("NFD", name)), parse(name))


@given(NAMES)
def test_a_mask_shows_nothing_after_the_first_character(name: str) -> None:
    assert masked(parse(name)) == unicodedata.normalize("NFC", name)[0] + "**"


@pytest.mark.parametrize(
    ("whole", "parts"),
    [
        ("王小明", ("王", "小明")),
        ("李四", ("李", "四")),
        ("欧阳娜娜", ("欧阳", "娜娜")),
        ("欧阳修", None),  # the family 欧 or the family 欧阳
        ("欧阳", None),
        ("张王小明", None),  # two surnames, or one and a long given name
        ("阿依古丽·买买提", None),
        ("王", None),
        ("Wang Xiaoming", None),
        ("王明A", None),
    ],
)
def test_a_name_is_taken_apart_only_where_it_has_one_reading(whole: str, parts: tuple[str, str] | None) -> None:
    found = split(parse(whole))
    assert (None if found is None else tuple(part.reveal() for part in found)) == parts


@given(NAMES)
def test_the_parts_of_a_name_are_all_of_it(whole: str) -> None:
    found = split(LegalName(whole))
    assert found is None or "".join(part.reveal() for part in found) == whole
