"""When a node group has more machines."""

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


def test_machines_are_there_half_an_hour_before_school_and_go_when_it_closes() -> None:
    assert scheduled_minimums(NEW_YORK, at_night=3, at_school=6) == (
        ScheduledMinimum("school-opens", 6, "30 5 * * MON-FRI", "America/New_York"),
        ScheduledMinimum("school-closes", 3, "0 18 * * MON-FRI", "America/New_York"),
    )


def test_a_school_that_opens_at_midnight_wakes_no_machine_the_day_before() -> None:
    early = SchoolHours("America/New_York", time(0, 10), time(8, 0), "MON")
    assert scheduled_minimums(early, at_night=0, at_school=1)[0].recurrence == "0 0 * * MON"


@given(HOURS, SIZES)
def test_nothing_is_scheduled_where_the_hours_make_no_difference(hours: SchoolHours, size: int) -> None:
    assert scheduled_minimums(hours, at_night=size, at_school=size) == ()


@given(HOURS, SIZES, SIZES)
def test_the_morning_sets_the_days_size_and_the_evening_takes_it_back(
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
def test_machines_never_come_late_nor_more_than_a_warm_up_early(hours: SchoolHours, at_night: int) -> None:
    morning, evening = scheduled_minimums(hours, at_night=at_night, at_school=at_night + 1)
    opens = hours.opens.hour * 60 + hours.opens.minute
    assert opens - WARM_UP_MINUTES <= _minute(morning) <= opens
    assert _minute(evening) == hours.closes.hour * 60 + hours.closes.minute
