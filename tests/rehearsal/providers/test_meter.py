"""The meter tells how long providers had something to do."""

import pytest

from rehearsal.providers.meter import Meter


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def meter(clock: Clock) -> Meter:
    return Meter(clock)


def test_calls_side_by_side_count_once(meter: Meter, clock: Clock) -> None:
    with meter.measure():
        clock.now += 1
        with meter.measure():
            clock.now += 2
    clock.now += 10
    assert meter.busy() == 3


def test_a_failed_call_counts_too(meter: Meter, clock: Clock) -> None:
    def call() -> None:
        with meter.measure():
            clock.now += 1
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        call()
    assert meter.busy() == 1


def test_a_reading_in_the_middle_of_a_call_starts_the_next_one(meter: Meter, clock: Clock) -> None:
    with meter.measure():
        clock.now += 2
        assert meter.busy() == 2
        clock.now += 3
    assert meter.busy() == 3
    assert meter.busy() == 0
