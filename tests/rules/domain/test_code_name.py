"""Code names: look-alikes are one name, nothing hides in them, and a suggestion is always a good one."""

from __future__ import annotations

import itertools
import random
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.domain import code_name_words as words
from idp.domain.code_name import CodeName, CodeNameFault, InvalidCodeName, parse, suggest
from idp.domain.confusables import skeleton

LETTERS = st.characters(min_codepoint=0x61, max_codepoint=0x7A) | st.characters(
    min_codepoint=0x4E00, max_codepoint=0x9FA5
)
HIDDEN = st.characters(categories=["Cc", "Cf", "Co", "Cs"])
MARKS = st.sampled_from(" -_.'·0123456789")
LATIN_NAMES = st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyz"), min_size=2, max_size=24)
LOOK_ALIKES = str.maketrans("acehijkopstxy", "асеһіјкорѕтху")  # Latin to Cyrillic


def fault_of(text: str) -> CodeNameFault:
    """Return why a text is refused."""
    with pytest.raises(InvalidCodeName) as refused:
        parse(text)
    return refused.value.reason


def accepted(text: str) -> CodeName | None:
    """Return the name, or None where it is refused."""
    try:
        return parse(text)
    except InvalidCodeName:
        return None


@pytest.mark.parametrize(
    "name",
    [
        "alice",
        "Quiet Heron 42",
        "安静的白鹭42",
        "小明",
        "さくら",
        "カタカナ",
        "한국어",
        "O'Brien",
        "O’Brien",
        "Jean-Luc",
        "买买提·阿依古丽",
        "Müller",
        "Nguyễn",
        "badminton",
        "Scunthorpe",
        "𠮷野家",
        "\U00031350\U00031351",
        "a" * 24,
    ],
)
def test_a_person_may_be_called(name: str) -> None:
    assert parse(name) == CodeName(name, skeleton(name))


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("", CodeNameFault.TOO_SHORT),
        ("a", CodeNameFault.TOO_SHORT),
        ("a" * 25, CodeNameFault.TOO_LONG),
        ("a" * 100_000, CodeNameFault.TOO_LONG),
        ("ﷺﷺﷺ", CodeNameFault.TOO_LONG),  # three code points that fold into more than fifty
        ("ali\u200bce", CodeNameFault.INVISIBLE),
        ("ali\u202ece", CodeNameFault.INVISIBLE),
        ("ali\u2066ce", CodeNameFault.INVISIBLE),
        ("ali\u00adce", CodeNameFault.INVISIBLE),
        ("ali\nce", CodeNameFault.INVISIBLE),
        ("ali\ufeffce", CodeNameFault.INVISIBLE),
        ("ali\ue000ce", CodeNameFault.INVISIBLE),
        ("ali\ud800ce", CodeNameFault.INVISIBLE),
        (" alice", CodeNameFault.SPACES),
        ("alice\u3000", CodeNameFault.SPACES),
        ("al  ice", CodeNameFault.SPACES),
        ("аlice", CodeNameFault.CHARACTERS),  # its first letter is Cyrillic
        ("Αlice", CodeNameFault.CHARACTERS),  # its first letter is Greek
        ("alice🙂", CodeNameFault.CHARACTERS),
        ("alice@site", CodeNameFault.CHARACTERS),
        ("<b>alice", CodeNameFault.CHARACTERS),
        ("a\u0338lice", CodeNameFault.CHARACTERS),
        ("ㅤㅤ", CodeNameFault.CHARACTERS),  # Hangul fillers: a name of nothing
        ("١٢٣abc", CodeNameFault.CHARACTERS),
        ("-alice", CodeNameFault.MARKS),
        ("alice.", CodeNameFault.MARKS),
        ("al--ice", CodeNameFault.MARKS),
        ("al- ice", CodeNameFault.MARKS),
        ("13800138000", CodeNameFault.DIGITS),
        ("138-0013-8000 a", CodeNameFault.DIGITS),
        ("11010519491231002X", CodeNameFault.DIGITS),
        ("12", CodeNameFault.DIGITS),
        ("12-34", CodeNameFault.DIGITS),
        ("admin", CodeNameFault.RESERVED),
        ("Adm1n", CodeNameFault.RESERVED),
        ("ＡＤＭＩＮ", CodeNameFault.RESERVED),
        ("a.d-m_i n", CodeNameFault.RESERVED),
        ("the admin", CodeNameFault.RESERVED),
        ("admin42", CodeNameFault.RESERVED),
        ("ÿufu", CodeNameFault.RESERVED),
        ("Yufu Support", CodeNameFault.RESERVED),
        ("官方客服小王", CodeNameFault.RESERVED),
        ("管理员", CodeNameFault.RESERVED),
        ("鱼符", CodeNameFault.RESERVED),
        ("大傻逼", CodeNameFault.ABUSIVE),
        ("FuckYou", CodeNameFault.ABUSIVE),
        ("sh1t", CodeNameFault.ABUSIVE),
    ],
)
def test_nobody_may_be_called(name: str, fault: CodeNameFault) -> None:
    assert fault_of(name) is fault


@pytest.mark.parametrize(
    "other",
    [
        "Ａlice",
        "аlice",
        "ALICE",
        "Alice",
        "al1ce",
        "AIice",
        "àlicé",
        "a l-i.c_e",
        "𝓪𝓵𝓲𝓬𝓮",
        "Αlісе",
        "ⓐⓛⓘⓒⓔ",
        "łalice"[1:],
    ],
)
def test_names_that_look_like_alice_collide_with_alice(other: str) -> None:
    assert skeleton(other) == skeleton("alice")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("モード", "モ一ド"),
        ("力士", "カ土"),
        ("ヘや", "へや"),
        ("自己", "自已"),
        ("rnodern", "modern"),
        ("vvind", "wind"),
        ("Øre", "0re"),
    ],
)
def test_other_look_alikes_collide_too(one: str, other: str) -> None:
    assert skeleton(one) == skeleton(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("alice", "alicia"), ("小明", "晓明"), ("がま", "かま"), ("한국", "한글"), ("bob", "rob"), ("ab1", "ab2")],
)
def test_names_that_look_different_do_not_collide(one: str, other: str) -> None:
    assert skeleton(one) != skeleton(other)


@given(LATIN_NAMES, st.data())
def test_case_width_accents_and_cyrillic_make_no_second_name(name: str, data: st.DataObject) -> None:
    disguises = (
        str.upper,
        lambda one: chr(ord(one) + 0xFEE0),
        lambda one: unicodedata.normalize("NFC", one + "\u0301"),
        lambda one: one.translate(LOOK_ALIKES),
        lambda one: one,
    )
    disguised = "".join(data.draw(st.sampled_from(disguises))(one) for one in name)
    assert skeleton(disguised) == skeleton(name)


@given(st.text(max_size=40))
def test_a_skeleton_is_its_own_skeleton(text: str) -> None:
    assert skeleton(skeleton(text)) == skeleton(text)


@given(st.text(LETTERS, min_size=1, max_size=10), HIDDEN, st.text(LETTERS, min_size=1, max_size=10))
def test_nothing_hides_in_a_name(before: str, hidden: str, after: str) -> None:
    assert fault_of(before + hidden + after) is CodeNameFault.INVISIBLE


@given(st.text(LETTERS | MARKS | st.characters(), max_size=26))
def test_what_is_accepted_is_short_plain_and_reads_back_the_same(text: str) -> None:
    name = accepted(text)
    if name is not None:
        assert accepted(name.display) == name
        assert 2 <= len(name.display) <= 24
        assert name.skeleton


def test_every_suggestion_can_be_accepted_and_looks_like_no_other() -> None:
    english = itertools.product(words.ENGLISH_ADJECTIVES, words.ENGLISH_ANIMALS)
    chinese = itertools.product(words.CHINESE_ADJECTIVES, words.CHINESE_ANIMALS)
    names = [f"{one} {other} 42" for one, other in english] + [f"{one}的{other}42" for one, other in chinese]
    assert len({parse(name).skeleton for name in names}) == len(names) == 3200


def test_suggestions_come_in_both_languages_and_differ() -> None:
    source = random.Random(1)
    drawn = [suggest(source) for _ in range(200)]
    assert all(parse(name) for name in drawn)
    assert len(set(drawn)) > 190
    assert 50 < sum(name.isascii() for name in drawn) < 150
    assert suggest(source, language="en").isascii()
    assert not suggest(source, language="zh").isascii()
