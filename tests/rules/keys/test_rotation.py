from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from keys import RotationRefused
from keys.rotation import AFTERLIFE, JWKS_MAX_AGE, LEAD, LONGEST_TOKEN, MARGIN, KeyInfo, Rotation, State, rotate, start

START = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
ALGORITHMS = ("ES256", "RS256")


class Names:
    """Gives every new key a name of its own."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def __call__(self, alg: str) -> str:
        return f"{alg}-{next(self._numbers)}"


def standing(rotation: Rotation) -> dict[str, State]:
    return {key.kid: key.state for key in rotation.keys}


def test_an_algorithm_starts_with_a_key_in_use_and_one_to_come() -> None:
    assert start("ES256", now=START, new_kid=Names()) == (
        KeyInfo("ES256-1", "ES256", State.CURRENT, START),
        KeyInfo("ES256-2", "ES256", State.COMING, START, START + LEAD),
    )


def test_a_coming_key_waits_until_every_cached_key_set_has_it() -> None:
    names = Names()
    keys = start("ES256", now=START, new_kid=names)

    early = rotate(keys, now=START + LEAD - SECOND, new_kid=names)
    ripe = rotate(keys, now=START + LEAD, new_kid=names)

    assert LEAD > JWKS_MAX_AGE
    assert early == Rotation(keys, ())
    assert standing(ripe) == {"ES256-1": State.RETIRING, "ES256-2": State.CURRENT, "ES256-3": State.COMING}
    assert {change.kid for change in ripe.changes} == {"ES256-1", "ES256-2", "ES256-3"}


@pytest.mark.parametrize("max_age", [timedelta(seconds=60), JWKS_MAX_AGE, timedelta(days=1)])
def test_no_key_is_used_that_came_less_than_the_allowed_caching_ago(max_age: timedelta) -> None:
    names, lead = Names(), max_age + MARGIN
    keys = start("ES256", now=START, new_kid=names, lead=lead)

    assert rotate(keys, now=START + max_age, new_kid=names, lead=lead) == Rotation(keys, ())
    assert standing(rotate(keys, now=START + lead, new_kid=names, lead=lead))["ES256-2"] is State.CURRENT


def test_a_key_promised_an_early_use_waits_when_sites_may_cache_for_longer_now() -> None:
    names, lead = Names(), timedelta(days=1) + MARGIN
    keys = start("ES256", now=START, new_kid=names)

    assert rotate(keys, now=START + lead - SECOND, new_kid=names, lead=lead) == Rotation(keys, ())
    turned = rotate(keys, now=START + lead, new_kid=names, lead=lead)
    assert standing(turned)["ES256-2"] is State.CURRENT
    assert turned.keys[-1].until == START + lead + lead


def test_a_retiring_key_goes_only_when_the_last_token_it_signed_has_expired() -> None:
    names = Names()
    turned_at = START + LEAD
    turned = rotate(start("ES256", now=START, new_kid=names), now=turned_at, new_kid=names)

    before = rotate(turned.keys, now=turned_at + LONGEST_TOKEN, new_kid=names)
    after = rotate(turned.keys, now=turned_at + LONGEST_TOKEN + LEAD, new_kid=names)

    assert standing(before)["ES256-1"] is State.RETIRING
    assert "ES256-1" not in standing(after)
    assert ("ES256-1", State.GONE) in {(change.kid, change.state) for change in after.changes}


def test_an_emergency_withdraws_every_key_of_the_algorithm_at_once() -> None:
    names = Names()
    keys = (*start("ES256", now=START, new_kid=names), *start("RS256", now=START, new_kid=names))

    after = rotate(keys, now=START + SECOND, new_kid=names, alg="ES256", emergency=True)

    assert standing(after) == {
        "RS256-3": State.CURRENT,
        "RS256-4": State.COMING,
        "ES256-5": State.CURRENT,
        "ES256-6": State.COMING,
    }


def test_an_algorithm_may_be_turned_on_later() -> None:
    names = Names()
    keys = start("ES256", now=START, new_kid=names)

    after = rotate(keys, now=START + SECOND, new_kid=names, alg="EdDSA")

    assert after.keys == (*keys, *after.changes)
    assert [change.state for change in after.changes] == [State.CURRENT, State.COMING]


def test_a_clock_that_stands_before_the_last_rotation_turns_nothing() -> None:
    keys = start("ES256", now=START, new_kid=Names())

    with pytest.raises(RotationRefused, match="clock"):
        rotate(keys, now=START - SECOND, new_kid=Names())


class Turning(RuleBasedStateMachine):
    """Operators turn keys as they like while tokens are signed and sites verify from key sets they have cached."""

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.names = Names()
        self.keys: tuple[KeyInfo, ...] = tuple(
            key for alg in ALGORITHMS for key in start(alg, now=self.now, new_kid=self.names)
        )
        self.at_once = {key.kid for key in self.keys if key.state is State.CURRENT}
        self.published_at = {key.kid: self.now for key in self.keys}
        self.withdrawn: set[str] = set()
        self.tokens: list[tuple[str, datetime]] = []
        self.cached: list[tuple[datetime, set[str]]] = []

    def published(self) -> set[str]:
        return {key.kid for key in self.keys}

    def turn(self, *, alg: str | None, emergency: bool) -> None:
        before = self.published()
        self.keys = rotate(self.keys, now=self.now, new_kid=self.names, alg=alg, emergency=emergency).keys
        for key in self.keys:
            self.published_at.setdefault(key.kid, self.now)
            if emergency and key.kid not in before and key.state is State.CURRENT:
                self.at_once.add(key.kid)
            if key.state is State.CURRENT and key.kid not in self.at_once:
                assert self.now - self.published_at[key.kid] >= JWKS_MAX_AGE
        if emergency:
            self.withdrawn |= before - self.published()

    @rule(
        passed=st.sampled_from([SECOND, LEAD - SECOND, LEAD, JWKS_MAX_AGE, LONGEST_TOKEN, AFTERLIFE])
        | st.timedeltas(timedelta(0), 2 * LONGEST_TOKEN)
    )
    def time_passes(self, passed: timedelta) -> None:
        self.now += passed

    @rule(alg=st.sampled_from([None, *ALGORITHMS]))
    def an_operator_turns_the_keys(self, alg: str | None) -> None:
        self.turn(alg=alg, emergency=False)

    @rule(alg=st.sampled_from([None, *ALGORITHMS]))
    def keys_are_feared_stolen(self, alg: str | None) -> None:
        self.turn(alg=alg, emergency=True)

    @rule()
    def a_site_fetches_the_key_set(self) -> None:
        self.cached.append((self.now, self.published()))

    @rule(alg=st.sampled_from(ALGORITHMS), life=st.integers(1, int(LONGEST_TOKEN.total_seconds())))
    def a_token_is_signed(self, alg: str, life: int) -> None:
        (kid,) = (key.kid for key in self.keys if key.alg == alg and key.state is State.CURRENT)
        for fetched_at, key_set in self.cached:
            assert kid in key_set or kid in self.at_once or self.now - fetched_at > JWKS_MAX_AGE
        self.tokens.append((kid, self.now + timedelta(seconds=life)))

    @invariant()
    def each_algorithm_has_one_key_in_use_and_one_to_come(self) -> None:
        standing = Counter((key.alg, key.state) for key in self.keys)
        for alg in ALGORITHMS:
            assert standing[alg, State.CURRENT] == standing[alg, State.COMING] == 1
        assert len(self.published()) == len(self.keys)
        assert State.GONE not in {key.state for key in self.keys}

    @invariant()
    def every_token_that_has_not_expired_can_be_verified(self) -> None:
        for kid, until in self.tokens:
            assert kid in self.published() or kid in self.withdrawn or until <= self.now

    @invariant()
    def a_withdrawn_key_never_comes_back(self) -> None:
        assert not self.withdrawn & self.published()


TestTurning = Turning.TestCase
TestTurning.settings = settings(max_examples=60, stateful_step_count=40)


def test_an_algorithm_that_is_wanted_and_missing_starts_with_the_next_step() -> None:
    names = Names()
    keys = start("ES256", now=START, new_kid=names)

    early = rotate(keys, now=START + SECOND, new_kid=names, wanted=("ES256", "EdDSA"))

    assert early.keys[: len(keys)] == keys
    assert [(key.alg, key.state) for key in early.changes] == [("EdDSA", State.CURRENT), ("EdDSA", State.COMING)]
    assert rotate(early.keys, now=START + 2 * SECOND, new_kid=names, wanted=("ES256", "EdDSA")).changes == ()
