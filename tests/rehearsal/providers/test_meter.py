"""The meter counts calls and their time by provider and kind."""

import pytest

from rehearsal.providers.meter import Meter, Spent


def test_calls_and_seconds_add_up_by_kind() -> None:
    meter = Meter()
    meter.add("aws", "Create", 1.5)
    meter.add("aws", "Create", 0.5)
    meter.add("vault", "Create", 1.0)
    assert meter.snapshot() == {("aws", "Create"): Spent(2, 2.0), ("vault", "Create"): Spent(1, 1.0)}


def test_a_failed_call_counts_too() -> None:
    meter = Meter()
    with pytest.raises(ValueError, match="no"), meter.measure("aws", "Read"):
        raise ValueError("no")
    assert meter.snapshot()["aws", "Read"].calls == 1


def test_a_reset_hands_out_what_was_counted_and_starts_again() -> None:
    meter = Meter()
    meter.add("aws", "Read", 1.0)
    assert meter.reset() == {("aws", "Read"): Spent(1, 1.0)}
    assert meter.snapshot() == {}
