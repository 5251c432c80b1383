"""When a node group has more machines: its smallest size rises before school opens and falls when it closes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time

WARM_UP_MINUTES = 30
"""A machine needs a few minutes until its pods serve, and teachers come before the pupils do."""


@dataclass(frozen=True)
class SchoolHours:
    """When pupils are at school, by the clock of `time_zone` (an IANA name)."""

    time_zone: str
    opens: time
    closes: time
    days: str
    """As cron writes it, e.g. `MON-FRI`."""


@dataclass(frozen=True)
class ScheduledMinimum:
    """From then on, at least so many machines. `recurrence` is a cron expression by the clock of `time_zone`."""

    name: str
    min_size: int
    recurrence: str
    time_zone: str


def scheduled_minimums(hours: SchoolHours, *, at_night: int, at_school: int) -> Sequence[ScheduledMinimum]:
    """The two changes of a school day, morning first; none when both sizes are the same.

    The warm-up never begins the day before, since cron's days would then be other ones.
    """
    if at_night == at_school:
        return ()
    opens = max(0, hours.opens.hour * 60 + hours.opens.minute - WARM_UP_MINUTES)
    morning = _cron(time(opens // 60, opens % 60), hours.days)
    evening = _cron(hours.closes, hours.days)
    return (
        ScheduledMinimum("school-opens", at_school, morning, hours.time_zone),
        ScheduledMinimum("school-closes", at_night, evening, hours.time_zone),
    )


def _cron(at: time, days: str) -> str:
    return f"{at.minute} {at.hour} * * {days}"
