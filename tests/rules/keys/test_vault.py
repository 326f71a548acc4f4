from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys import Offices, VaultSeal, WrongSeal, WrongShares
from keys.hpke import OfficePrivateKey, OfficePublicKey
from keys.opening import open_inner, open_outer, open_share
from keys.vault import info

OFFICES = Offices.generate()
VAULT = OFFICES.vault
PAYLOAD = '{"name": "王小明", "number": "11010519491231002X"}'.encode()
RECORD = "rec-1"
SEALED = VAULT.seal(PAYLOAD, record=RECORD)


def outer(sealed: bytes, *officers: OfficePrivateKey, record: str = RECORD) -> bytes:
    shares = [open_share(sealed, record=record, officer=officer) for officer in officers]
    return open_outer(sealed, record=record, shares=shares)


@given(payload=st.binary(max_size=1000), record=st.text(max_size=30), chosen=st.permutations(range(3)))
def test_any_two_officers_and_the_authority_open_a_record(payload: bytes, record: str, chosen: list[int]) -> None:
    sealed = VAULT.seal(payload, record=record)
    inner = outer(sealed, *(OFFICES.officers[at] for at in chosen[:2]), record=record)

    assert open_inner(inner, record=record, authority=OFFICES.authority) == payload


def test_one_officer_alone_opens_nothing() -> None:
    share = open_share(SEALED, record=RECORD, officer=OFFICES.officers[0])

    for shares in ([share], [share, share]):
        with pytest.raises(WrongShares):
            open_outer(SEALED, record=RECORD, shares=shares)


def test_officers_without_the_authority_see_nothing() -> None:
    inner = outer(SEALED, *OFFICES.officers[:2])

    assert PAYLOAD not in inner
    for officer in OFFICES.officers:
        with pytest.raises(WrongSeal):
            open_inner(inner, record=RECORD, authority=officer)


def test_the_authority_without_officers_opens_nothing() -> None:
    with pytest.raises(WrongSeal):
        open_share(SEALED, record=RECORD, officer=OFFICES.authority)
    with pytest.raises(WrongSeal):
        open_inner(SEALED, record=RECORD, authority=OFFICES.authority)


def test_a_record_opens_only_under_its_own_name() -> None:
    with pytest.raises(WrongSeal):
        open_share(SEALED, record="rec-2", officer=OFFICES.officers[0])
    shares = [open_share(SEALED, record=RECORD, officer=officer) for officer in OFFICES.officers[:2]]
    with pytest.raises(WrongSeal):
        open_outer(SEALED, record="rec-2", shares=shares)
    with pytest.raises(WrongSeal):
        open_inner(outer(SEALED, *OFFICES.officers[:2]), record="rec-2", authority=OFFICES.authority)


def test_shares_of_one_record_open_no_other() -> None:
    other = VAULT.seal(PAYLOAD, record=RECORD)
    mine, foreign = OFFICES.officers[:2]

    with pytest.raises(WrongShares):
        open_outer(
            SEALED,
            record=RECORD,
            shares=[
                open_share(SEALED, record=RECORD, officer=mine),
                open_share(other, record=RECORD, officer=foreign),
            ],
        )
    shares = [open_share(other, record=RECORD, officer=officer) for officer in (mine, foreign)]
    with pytest.raises(WrongSeal):
        open_outer(SEALED, record=RECORD, shares=shares)


@given(position=st.integers(0), flip=st.integers(1, 255))
def test_a_record_with_any_byte_altered_does_not_open(position: int, flip: int) -> None:
    altered = bytearray(SEALED)
    altered[position % len(altered)] ^= flip

    with pytest.raises((WrongSeal, WrongShares)):
        outer(bytes(altered), *OFFICES.officers[:2])


@given(st.binary(max_size=100) | st.integers(0, len(SEALED) - 1).map(lambda length: SEALED[:length]))
def test_bytes_that_are_no_whole_record_do_not_open(junk: bytes) -> None:
    with pytest.raises((WrongSeal, WrongShares)):
        outer(junk, *OFFICES.officers[:2])


def test_the_length_of_a_record_does_not_tell_the_length_of_a_name() -> None:
    assert {len(VAULT.seal(bytes(length), record=RECORD)) for length in range(0, 255, 51)} == {len(SEALED)}
    assert len(VAULT.seal(bytes(256), record=RECORD)) == len(SEALED) + 256


@given(tail=st.binary(max_size=3).map(lambda tail: tail + b"\x80\x00"))
def test_a_payload_that_looks_like_filling_comes_back_whole(tail: bytes) -> None:
    inner = outer(VAULT.seal(tail, record=RECORD), *OFFICES.officers[1:])

    assert open_inner(inner, record=RECORD, authority=OFFICES.authority) == tail


def test_what_was_sealed_to_the_authority_in_another_way_is_no_record() -> None:
    foreign = OFFICES.authority.public.seal(b"not filled up", info=info("authority", 0, record=RECORD))

    with pytest.raises(WrongSeal, match="not filled up"):
        open_inner(foreign, record=RECORD, authority=OFFICES.authority)


def test_every_office_needs_a_key_of_its_own() -> None:
    one, other, third = (officer.public for officer in OFFICES.officers)

    for officers, authority in (((one, other, one), OFFICES.authority.public), ((one, other, third), third)):
        with pytest.raises(ValueError, match="of their own"):
            VaultSeal(officers, authority)


@pytest.mark.parametrize("threshold", [0, 1, 4])
def test_a_record_is_never_for_one_officer_alone(threshold: int) -> None:
    with pytest.raises(ValueError, match="at least two"):
        VaultSeal(VAULT.officers, VAULT.authority, threshold=threshold)


def test_office_keys_survive_being_written_down() -> None:
    officer = OFFICES.officers[0]
    again = OfficePrivateKey(officer.secret)

    assert again.public == officer.public == OfficePublicKey.from_raw(officer.public.raw)
    assert open_share(SEALED, record=RECORD, officer=again).number == 1


def test_misshapen_office_keys_are_refused() -> None:
    from keys import Secret

    with pytest.raises(ValueError, match="96 bytes"):
        OfficePrivateKey(Secret(bytes(95)))
    with pytest.raises(ValueError, match="1216 bytes"):
        OfficePublicKey.from_raw(bytes(1215))
    with pytest.raises(ValueError, match="ML-KEM-768"):
        OfficePublicKey.from_raw(b"\xff" * 1216)


def test_each_pair_of_officers_gets_the_same() -> None:
    assert len({outer(SEALED, *pair) for pair in combinations(OFFICES.officers, 2)}) == 1


def test_an_office_s_private_key_does_not_show_itself() -> None:
    officer = OFFICES.officers[0]

    assert repr(officer) == f"OfficePrivateKey({officer.public.fingerprint.hex()})"
