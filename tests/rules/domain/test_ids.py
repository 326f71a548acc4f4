"""Ids are random, of a fixed shape, and a subject is no person."""

from __future__ import annotations

import re
import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.domain.ids import Subject, new_person_id


@given(st.binary(min_size=16, max_size=16))
def test_a_person_id_is_22_characters_of_base64url(drawn: bytes) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", new_person_id(lambda _: drawn))


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16))
def test_different_randomness_gives_different_ids(one: bytes, other: bytes) -> None:
    assert (new_person_id(lambda _: one) == new_person_id(lambda _: other)) is (one == other)


def test_a_source_that_gives_too_little_randomness_is_refused() -> None:
    with pytest.raises(ValueError, match="15 bytes"):
        new_person_id(lambda _: b"\0" * 15)
    assert len(new_person_id(secrets.token_bytes)) == 22


def test_a_subject_differs_by_sector() -> None:
    assert Subject("a.example", "x") != Subject("b.example", "x")
    assert Subject("a.example", "x") == Subject("a.example", "x")
