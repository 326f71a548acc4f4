from __future__ import annotations

import pickle

import pytest

from keys import Secret


def test_a_secret_shows_itself_as_an_ellipsis_wherever_it_is_printed() -> None:
    secret = Secret(b"do not show")

    assert {repr(secret), str(secret), f"{secret}", f"{secret:>40}", f"{secret!r}"} == {"…"}
    assert "do not show" not in repr({"key": [secret]})


def test_a_secret_is_compared_by_its_bytes_and_only_with_secrets() -> None:
    assert Secret(b"a") == Secret(b"a")
    assert Secret(b"a") != Secret(b"b")
    assert Secret(b"a") != b"a"


def test_a_secret_does_not_leave_the_process_nor_stand_in_a_set() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(Secret(b"a"))
    with pytest.raises(TypeError):
        hash(Secret(b"a"))
