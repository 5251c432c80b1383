"""Scheduled minimum sizes of node groups."""

from datetime import time

from hypothesis import given
from hypothesis import strategies as st

from components.cluster.school_hours import WARM_UP_MINUTES, ScheduledMinimum, SchoolHours, scheduled_minimums

NEW_YORK = SchoolHours("America/New_York", time(6, 0), time(18, 0), "MON-FRI")
TIMES = st.times().map(lambda at: at.replace(second=0, microsecond=0))
HOURS = st.builds(
    SchoolHours,
    st.sampled_from(["America/New_York", "America/Los_Angeles"]),
    TIMES,
    TIMES,
    st.sampled_from(["MON-FRI", "MON", "MON,WED"]),
)
SIZES = st.integers(0, 50)


def _minute(change: ScheduledMinimum) -> int:
    minute, hour, *_ = change.recurrence.split()
    return int(hour) * 60 + int(minute)


def test_the_minimum_rises_half_an_hour_before_school_and_falls_at_closing() -> None:
    assert scheduled_minimums(NEW_YORK, at_night=3, at_school=6) == (
        ScheduledMinimum("school-opens", 6, "30 5 * * MON-FRI", "America/New_York"),
        ScheduledMinimum("school-closes", 3, "0 18 * * MON-FRI", "America/New_York"),
    )


def test_the_warm_up_never_starts_on_the_previous_day() -> None:
    early = SchoolHours("America/New_York", time(0, 10), time(8, 0), "MON")
    assert scheduled_minimums(early, at_night=0, at_school=1)[0].recurrence == "0 0 * * MON"


@given(HOURS, SIZES)
def test_equal_sizes_need_no_schedule(hours: SchoolHours, size: int) -> None:
    assert scheduled_minimums(hours, at_night=size, at_school=size) == ()


@given(HOURS, SIZES, SIZES)
def test_the_morning_raises_the_minimum_and_the_evening_lowers_it(
    hours: SchoolHours, at_night: int, at_school: int
) -> None:
    changes = scheduled_minimums(hours, at_night=at_night, at_school=at_school)
    assert [change.min_size for change in changes] in ([], [at_school, at_night])
    for change in changes:
        minute, hour, *rest = change.recurrence.split()
        assert 0 <= int(minute) < 60
        assert 0 <= int(hour) < 24
        assert rest == ["*", "*", hours.days]
        assert change.time_zone == hours.time_zone


@given(HOURS, st.integers(0, 9))
def test_nodes_start_at_most_one_warm_up_before_school(hours: SchoolHours, at_night: int) -> None:
    morning, evening = scheduled_minimums(hours, at_night=at_night, at_school=at_night + 1)
    opens = hours.opens.hour * 60 + hours.opens.minute
    assert opens - WARM_UP_MINUTES <= _minute(morning) <= opens
    assert _minute(evening) == hours.closes.hour * 60 + hours.closes.minute
