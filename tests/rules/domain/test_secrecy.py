"""Personal data shows nothing, however it is printed."""

from __future__ import annotations

import copy
import json
import pickle
import traceback
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.domain.secrecy import BankAccount, LegalName, Private, ResidentId

TYPES = [Private, LegalName, ResidentId, BankAccount]


@pytest.mark.parametrize("kind", TYPES)
def test_every_way_of_printing_shows_an_ellipsis(kind: type[Private]) -> None:
    secret = kind("王小明")
    shown = [
        repr(secret),
        str(secret),
        f"{secret}",
        f"{secret!r:>20}".strip(),
        f"{secret:40}",
        f"{[secret]}",
    ]
    assert all(text.strip("[]") == "…" for text in shown)


def test_a_dataclass_that_holds_one_shows_an_ellipsis() -> None:
    @dataclass(frozen=True, slots=True)
    class Holder:
        name: LegalName

    assert repr(Holder(LegalName("王小明"))).endswith("Holder(name=…)")


def test_a_traceback_does_not_show_it() -> None:
    secret = ResidentId("11010519491231002X")
    with pytest.raises(AttributeError) as caught:
        secret._text = "another"
    assert "1101" not in "".join(traceback.format_exception(caught.value))


@given(st.text(), st.text())
def test_two_are_equal_exactly_when_their_texts_are(one: str, other: str) -> None:
    assert (LegalName(one) == LegalName(other)) is (one == other)
    assert LegalName(one) == LegalName(one)


def test_types_do_not_equal_one_another_nor_plain_text() -> None:
    assert LegalName("1") != BankAccount("1")
    assert LegalName("1") != Private("1")
    assert LegalName("1") != "1"


def test_it_cannot_be_hashed_pickled_copied_serialised_or_changed() -> None:
    secret = LegalName("王小明")
    with pytest.raises(TypeError):
        hash(secret)
    for attempt in (pickle.dumps, copy.copy, copy.deepcopy, json.dumps):
        with pytest.raises(TypeError):
            attempt(secret)
    with pytest.raises(AttributeError):
        secret._text = "李"
    with pytest.raises(AttributeError):
        del secret._text
    assert not hasattr(secret, "__dict__")
    assert secret.reveal() == "王小明"
