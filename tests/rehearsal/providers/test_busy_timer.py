"""The timer measures the time during which provider calls run."""

import pytest

from rehearsal.providers.busy_timer import BusyTimer


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def busy_timer(clock: Clock) -> BusyTimer:
    return BusyTimer(clock)


def test_overlapping_calls_count_once(busy_timer: BusyTimer, clock: Clock) -> None:
    with busy_timer.measure():
        clock.now += 1
        with busy_timer.measure():
            clock.now += 2
    clock.now += 10
    assert busy_timer.take_seconds() == 3


def test_a_failed_call_counts(busy_timer: BusyTimer, clock: Clock) -> None:
    def call() -> None:
        with busy_timer.measure():
            clock.now += 1
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        call()
    assert busy_timer.take_seconds() == 1


def test_reading_during_a_call_starts_a_new_measurement(busy_timer: BusyTimer, clock: Clock) -> None:
    with busy_timer.measure():
        clock.now += 2
        assert busy_timer.take_seconds() == 2
        clock.now += 3
    assert busy_timer.take_seconds() == 3
    assert busy_timer.take_seconds() == 0
