"""The circuit breaker, with a clock that the test turns."""

from __future__ import annotations

import pytest

from idp.gateways.breaker import Breaker


class Clock:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker(failures=3, rest=60, clock=clock)


def test_three_failures_in_a_row_stop_the_asking_for_a_minute(breaker: Breaker, clock: Clock) -> None:
    for _ in range(3):
        assert breaker.allows()
        breaker.failed()
    clock.seconds += 59
    assert not breaker.allows()
    clock.seconds += 1
    assert breaker.allows()


def test_after_the_rest_one_question_goes_through_and_the_others_wait_for_its_answer(
    breaker: Breaker, clock: Clock
) -> None:
    breaker.failed(for_certain=True)
    clock.seconds += 60
    assert breaker.allows()
    assert not breaker.allows()
    breaker.succeeded()
    assert breaker.allows()
    assert breaker.allows()


def test_a_failing_probe_starts_another_rest(breaker: Breaker, clock: Clock) -> None:
    breaker.failed(for_certain=True)
    clock.seconds += 60
    assert breaker.allows()
    breaker.failed()
    clock.seconds += 59
    assert not breaker.allows()


def test_failures_that_are_not_in_a_row_stop_nothing(breaker: Breaker) -> None:
    for _ in range(10):
        breaker.failed()
        breaker.failed()
        breaker.succeeded()
    assert breaker.allows()


def test_a_refused_credential_stops_the_asking_at_once(breaker: Breaker) -> None:
    breaker.failed(for_certain=True)
    assert not breaker.allows()
