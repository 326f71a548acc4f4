from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys import RecordSeal, Root, Secret, TicketSeal, WrongSeal

ROOT = Root(Secret(bytes(range(32))))
RECORDS = RecordSeal.from_root(ROOT, version=1)
TICKETS = TicketSeal.from_root(ROOT, version=1)
NOW = datetime(2026, 11, 24, 8, 30, 15, tzinfo=UTC)
CELL = {"table": "people", "column": "auth_time", "row": "r1"}
BROWSER = b"\x01" * 32
HALF_AN_HOUR = timedelta(minutes=30)


def ticket(payload: bytes = b"request") -> str:
    return TICKETS.seal(payload, purpose="authorize", binding=BROWSER, now=NOW, lifetime=HALF_AN_HOUR)


@given(plaintext=st.binary(max_size=2000), table=st.text(), column=st.text(), row=st.text())
def test_a_cell_opens_where_it_was_sealed(plaintext: bytes, table: str, column: str, row: str) -> None:
    sealed = RECORDS.seal(plaintext, table=table, column=column, row=row)

    assert RECORDS.open(sealed, table=table, column=column, row=row) == plaintext
    assert len(sealed) == len(plaintext) + 31


def test_a_sealed_cell_names_its_format_and_key() -> None:
    assert RECORDS.seal(b"", **CELL)[:3] == b"\x01\x00\x01"
    assert RecordSeal.from_root(ROOT, version=258).seal(b"", **CELL)[:3] == b"\x01\x01\x02"


def test_the_same_value_is_sealed_differently_each_time() -> None:
    assert RECORDS.seal(b"same", **CELL) != RECORDS.seal(b"same", **CELL)


@pytest.mark.parametrize(
    "moved",
    [
        {"table": "subjects", "column": "auth_time", "row": "r1"},
        {"table": "people", "column": "adult_from", "row": "r1"},
        {"table": "people", "column": "auth_time", "row": "r2"},
        {"table": "peopleauth", "column": "_time", "row": "r1"},
        {"table": "people", "column": "auth_timer", "row": "1"},
    ],
)
def test_a_cell_that_was_moved_does_not_open(moved: dict[str, str]) -> None:
    with pytest.raises(WrongSeal):
        RECORDS.open(RECORDS.seal(b"secret", **CELL), **moved)


@given(position=st.integers(0), flip=st.integers(1, 255))
def test_a_cell_with_any_byte_altered_does_not_open(position: int, flip: int) -> None:
    sealed = bytearray(RECORDS.seal(b"some sealed value", **CELL))
    sealed[position % len(sealed)] ^= flip

    with pytest.raises(WrongSeal):
        RECORDS.open(bytes(sealed), **CELL)


@given(st.binary(max_size=40))
def test_bytes_that_were_never_sealed_do_not_open(junk: bytes) -> None:
    with pytest.raises(WrongSeal):
        RECORDS.open(junk, **CELL)


def test_older_versions_stay_readable_and_the_next_is_readable_in_advance() -> None:
    """While one worker has noticed a rotation and another has not, either opens what the other seals."""
    older, newer = RecordSeal.from_root(ROOT, version=3), RecordSeal.from_root(ROOT, version=4)

    assert newer.open(older.seal(b"old", **CELL), **CELL) == b"old"
    assert older.open(newer.seal(b"new", **CELL), **CELL) == b"new"
    with pytest.raises(WrongSeal, match="not sealed with a key"):
        older.open(RecordSeal.from_root(ROOT, version=5).seal(b"", **CELL), **CELL)


def test_another_root_opens_nothing() -> None:
    with pytest.raises(WrongSeal):
        RecordSeal.from_root(Root.generate(), version=1).open(RECORDS.seal(b"secret", **CELL), **CELL)


@pytest.mark.parametrize(("keys", "current"), [({}, 1), ({1: bytes(32)}, 2), ({0: bytes(32)}, 0), ({1: bytes(16)}, 1)])
def test_keys_that_do_not_fit_are_refused(keys: dict[int, bytes], current: int) -> None:
    with pytest.raises(ValueError, match="key"):
        RecordSeal(keys, current=current)


@given(payload=st.binary(max_size=3000), purpose=st.text(max_size=20), binding=st.binary(max_size=32))
def test_a_ticket_opens_in_its_browser_and_time(payload: bytes, purpose: str, binding: bytes) -> None:
    text = TICKETS.seal(payload, purpose=purpose, binding=binding, now=NOW, lifetime=HALF_AN_HOUR)

    assert text.isascii()
    assert text.replace("-", "").replace("_", "").isalnum()
    assert TICKETS.open(text, purpose=purpose, binding=binding, now=NOW + timedelta(minutes=29)) == payload


def test_a_ticket_does_not_open_for_another_purpose_in_another_browser_or_too_late() -> None:
    for purpose, binding, now in (
        ("sign-up", BROWSER, NOW),
        ("authorize", b"\x02" * 32, NOW),
        ("authorize", BROWSER, NOW + HALF_AN_HOUR),
    ):
        with pytest.raises(WrongSeal):
            TICKETS.open(ticket(), purpose=purpose, binding=binding, now=now)


@given(position=st.integers(0), letter=st.sampled_from("ABab09-_=+ \n\0é鱼"))
def test_a_ticket_with_any_letter_altered_does_not_open(position: int, letter: str) -> None:
    text = ticket()
    at = position % len(text)
    altered = text[:at] + letter + text[at + 1 :]

    if altered != text:
        with pytest.raises(WrongSeal):
            TICKETS.open(altered, purpose="authorize", binding=BROWSER, now=NOW)


@given(st.text(max_size=100))
def test_text_that_is_no_ticket_does_not_open(text: str) -> None:
    with pytest.raises(WrongSeal):
        TICKETS.open(text, purpose="authorize", binding=BROWSER, now=NOW)


def test_a_ticket_that_is_far_too_long_is_refused_unread() -> None:
    with pytest.raises(WrongSeal, match="too long"):
        TICKETS.open("A" * 8193, purpose="authorize", binding=BROWSER, now=NOW)
    with pytest.raises(ValueError, match="too much"):
        ticket(bytes(6200))


def test_a_record_never_passes_for_a_ticket() -> None:
    """Their keys have labels of their own, so equal layouts do not matter."""
    assert ROOT.purpose("yufu/record/1") != ROOT.purpose("yufu/ticket/1")


def test_the_seals_show_nothing_of_their_keys() -> None:
    assert repr(RECORDS) == "RecordSeal(…)"
    assert repr(TICKETS) == "TicketSeal(…)"
