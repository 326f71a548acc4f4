from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys import Bridge, Root, Secret, WrongKey

KEY = Secret(bytes(range(32)))
PERSON = "bXktcGVyc29uLWlkLTAwMQ"

words = st.text(st.characters(exclude_characters="\0", codec="utf-8"), min_size=1, max_size=40)


def test_a_subject_is_the_hmac_that_the_architecture_names() -> None:
    message = b"yufu/sub/1\0shop.example\0" + PERSON.encode()
    expected = urlsafe_b64encode(hmac.digest(KEY.reveal(), message, hashlib.sha256)).rstrip(b"=").decode()

    assert Bridge(KEY).subject("shop.example", PERSON) == expected
    assert expected == "H8wmELsKmmTms6PHElcq7nUptW-ln_xudHUbFNz8PGQ"


def test_a_person_has_the_same_subject_at_a_sector_for_ever_and_another_at_every_other() -> None:
    bridge = Bridge(KEY)

    assert bridge.subject("shop.example", PERSON) == Bridge(KEY).subject("shop.example", PERSON)
    assert bridge.subject("shop.example", PERSON) != bridge.subject("forum.example", PERSON)
    assert bridge.subject("shop.example", PERSON) != Bridge.generate().subject("shop.example", PERSON)


@given(one=st.tuples(words, words), other=st.tuples(words, words))
def test_no_two_pairs_share_a_subject(one: tuple[str, str], other: tuple[str, str]) -> None:
    bridge = Bridge(KEY)

    assert (bridge.subject(*one) == bridge.subject(*other)) == (one == other)


@pytest.mark.parametrize(("sector", "person"), [("", PERSON), ("shop", ""), ("shop\0x", "y"), ("shop", "x\0y")])
def test_inputs_that_could_run_into_each_other_are_refused(sector: str, person: str) -> None:
    with pytest.raises(ValueError, match="NUL"):
        Bridge(KEY).subject(sector, person)


def test_a_purpose_is_hkdf_over_its_label() -> None:
    label = "yufu/index/document/1"
    extracted = hmac.digest(bytes(32), KEY.reveal(), hashlib.sha256)

    assert Root(KEY).purpose(label) == hmac.digest(extracted, label.encode() + b"\x01", hashlib.sha256)
    assert Root(KEY).purpose(label) != Root(KEY).purpose("yufu/index/document/2")


@pytest.mark.parametrize(
    "label", ["", "index", "yufu/index", "yufu/index/0", "yufu/index/1/", "yufu/Index/1", "yufu//1"]
)
def test_a_label_of_another_shape_is_refused(label: str) -> None:
    with pytest.raises(ValueError, match="yufu/<purpose>/<version>"):
        Root(KEY).purpose(label)


@pytest.mark.parametrize("kind", [Root, Bridge])
def test_a_wrong_key_is_told_by_its_check_value(kind: type[Root | Bridge]) -> None:
    noted = kind(KEY).check_value

    kind(KEY).confirm(noted)
    with pytest.raises(WrongKey, match=noted):
        kind.generate().confirm(noted)


def test_check_values_are_short_and_neither_a_purpose_nor_a_subject() -> None:
    assert len(Root(KEY).check_value) == len(Bridge(KEY).check_value) == 16
    assert Root(KEY).check_value != Bridge(KEY).check_value


@pytest.mark.parametrize("kind", [Root, Bridge])
def test_a_key_of_another_length_is_refused(kind: type[Root | Bridge]) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        kind(Secret(bytes(31)))


@pytest.mark.parametrize("kind", [Root, Bridge])
def test_the_keys_do_not_show_themselves(kind: type[Root | Bridge]) -> None:
    shown = f"{kind(KEY)} {kind(KEY)!r} {kind(KEY).secret}"

    assert KEY.reveal().hex() not in shown
    assert repr(KEY.reveal()) not in shown
