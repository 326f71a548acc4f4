from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys import Secret, WrongShares
from keys.shares import DIGEST_BYTES, Share, combine, split

secrets_ = st.binary(max_size=64).map(Secret)


@given(data=st.data(), secret=secrets_, threshold=st.integers(2, 5), spare=st.integers(0, 3))
def test_any_shares_that_suffice_give_the_secret_back(
    data: st.DataObject, secret: Secret, threshold: int, spare: int
) -> None:
    shares = split(secret, count=threshold + spare, threshold=threshold)
    chosen = data.draw(st.permutations(shares))[: data.draw(st.integers(threshold, threshold + spare))]

    assert combine(chosen) == secret


@given(secret=secrets_, threshold=st.integers(2, 5))
def test_fewer_shares_are_refused(secret: Secret, threshold: int) -> None:
    with pytest.raises(WrongShares, match=f"{threshold} shares are needed"):
        combine(split(secret, count=5, threshold=threshold)[: threshold - 1])


def test_fewer_shares_fit_every_secret_equally_well() -> None:
    """Over all coefficients, one share of a byte takes each of the 256 values exactly once."""

    def share_under(coefficient: int) -> int:
        shares = split(Secret(b"\x2a"), count=3, threshold=2, random=lambda length: bytes([coefficient]) * length)
        return shares[0].value.reveal()[0]

    assert {share_under(coefficient) for coefficient in range(256)} == set(range(256))


def test_multiplication_is_that_of_the_aes_field() -> None:
    """{57} · {83} = {c1}, the example of FIPS 197 §4.2."""
    share = split(Secret(b"\x00"), count=0x83, threshold=2, random=lambda n: b"\x57" * n)[0x83 - 1]

    assert share.value.reveal()[0] == 0xC1


@given(secret=secrets_, position=st.integers(0), flip=st.integers(1, 255))
def test_a_damaged_share_is_refused(secret: Secret, position: int, flip: int) -> None:
    good, other, _ = split(secret, count=3, threshold=2)
    value = bytearray(good.value.reveal())
    value[position % len(value)] ^= flip

    with pytest.raises(WrongShares):
        combine([Share(good.number, good.threshold, Secret(bytes(value))), other])


def test_shares_of_different_secrets_are_refused() -> None:
    for one, other in combinations(range(3), 2):
        with pytest.raises(WrongShares):
            combine(
                [split(Secret(b"one"), count=3, threshold=2)[one], split(Secret(b"two"), count=3, threshold=2)[other]]
            )


@pytest.mark.parametrize(
    "shares",
    [
        [],
        [Share(1, 2, Secret(bytes(16))), Share(1, 2, Secret(bytes(16)))],
        [Share(1, 2, Secret(bytes(16))), Share(2, 3, Secret(bytes(16)))],
        [Share(1, 2, Secret(bytes(16))), Share(2, 2, Secret(bytes(17)))],
        [Share(1, 2, Secret(bytes(3))), Share(2, 2, Secret(bytes(3)))],
        [Share(0, 2, Secret(bytes(16))), Share(300, 2, Secret(bytes(16)))],
        [Share(1, 0, Secret(bytes(16))), Share(2, 0, Secret(bytes(16)))],
    ],
)
def test_what_cannot_be_shares_of_one_secret_is_refused(shares: list[Share]) -> None:
    with pytest.raises(WrongShares):
        combine(shares)


@pytest.mark.parametrize(("count", "threshold"), [(3, 1), (2, 3), (256, 2), (0, 0)])
def test_a_split_that_protects_nothing_or_cannot_be_undone_is_refused(count: int, threshold: int) -> None:
    with pytest.raises(ValueError, match="shares are needed"):
        split(Secret(b"x"), count=count, threshold=threshold)


def test_a_share_shows_nothing_of_its_value() -> None:
    share = split(Secret(b"secret"), count=2, threshold=2)[0]

    assert len(share.value.reveal()) == len(b"secret") + DIGEST_BYTES
    assert repr(share) == "Share(number=1, threshold=2, value=…)"
