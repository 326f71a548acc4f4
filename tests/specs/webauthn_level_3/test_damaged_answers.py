"""Whatever a browser sends, the answer is a refusal: never an error of ours, and never a person signed in."""

from __future__ import annotations

import copy
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from idp.authentication.refusals import PasskeyRefused
from tests.authenticator import decoded, encoded
from tests.specs.webauthn_level_3.conftest import BROWSER, Enrolled

if TYPE_CHECKING:
    from datetime import datetime

    from idp.authentication.passkeys import Passkeys
    from tests.authenticator import Authenticator

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
FIELDS = ("clientDataJSON", "authenticatorData", "attestationObject", "signature", "userHandle")
OVER_THE_SAME_DATABASE = settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@OVER_THE_SAME_DATABASE
@given(answer=st.dictionaries(st.sampled_from(["id", "rawId", "type", "response"]), JSON))
def test_an_answer_of_any_shape_is_a_refusal(passkeys: Passkeys, now: datetime, answer: dict[str, Any]) -> None:
    with pytest.raises(PasskeyRefused):
        passkeys.finish_sign_in(answer, browser=BROWSER, now=now)


@OVER_THE_SAME_DATABASE
@given(field=st.sampled_from(FIELDS), place=st.integers(0, 4096), change=st.integers(1, 255))
def test_one_changed_byte_of_a_registration_never_is_an_error_of_ours(
    passkeys: Passkeys, device: Authenticator, now: datetime, field: str, place: int, change: int
) -> None:
    answer = device.create(passkeys.begin_sign_up(user_name="Yufu", browser=BROWSER, now=now))
    with suppress(PasskeyRefused):  # nothing is signed, so some changes make another passkey that is as good
        passkeys.finish_sign_up(damaged(answer, field, place, change), label="", browser=BROWSER, now=now)


@OVER_THE_SAME_DATABASE
@given(
    field=st.sampled_from(sorted(set(FIELDS) - {"attestationObject"})),
    place=st.integers(0, 4096),
    change=st.integers(1, 255),
)
def test_one_changed_byte_of_an_assertion_is_a_refusal(
    passkeys: Passkeys, enrolled: Enrolled, now: datetime, field: str, place: int, change: int
) -> None:
    answer = enrolled.device.get(passkeys.begin_sign_in(browser=BROWSER, now=now))
    with pytest.raises(PasskeyRefused):
        passkeys.finish_sign_in(damaged(answer, field, place, change), browser=BROWSER, now=now)


def test_client_data_nested_without_end_is_a_refusal(passkeys: Passkeys, enrolled: Enrolled, now: datetime) -> None:
    answer = enrolled.device.get(passkeys.begin_sign_in(browser=BROWSER, now=now))
    answer["response"]["clientDataJSON"] = encoded(b"[" * 4000)
    with pytest.raises(PasskeyRefused):
        passkeys.finish_sign_in(answer, browser=BROWSER, now=now)


def damaged(answer: dict[str, Any], field: str, place: int, change: int) -> dict[str, Any]:
    """Return a copy of an answer with one byte of one field of its response changed."""
    copied = copy.deepcopy(answer)
    if field in copied["response"]:
        value = bytearray(decoded(copied["response"][field]))
        value[place % len(value)] ^= change
        copied["response"][field] = encoded(bytes(value))
    return copied
