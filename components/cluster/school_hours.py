"""Scheduled minimum sizes of a node group: higher during school hours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time

WARM_UP_MINUTES = 30
"""Minutes before school opens at which the minimum size rises.

A new node needs a few minutes until its pods serve requests, and teachers arrive before students.
"""


@dataclass(frozen=True)
class SchoolHours:
    """School hours in local time of `time_zone` (an IANA name)."""

    time_zone: str
    opens: time
    closes: time
    days: str
    """Days in cron syntax, e.g. `MON-FRI`."""


@dataclass(frozen=True)
class ScheduledMinimum:
    """A scheduled change of the minimum size.

    `recurrence` is a cron expression in `time_zone`.
    """

    name: str
    min_size: int
    recurrence: str
    time_zone: str


def scheduled_minimums(hours: SchoolHours, *, at_night: int, at_school: int) -> Sequence[ScheduledMinimum]:
    """Return the two scheduled changes of a school day, morning and evening.

    The morning's change is `WARM_UP_MINUTES` before school opens, but not before midnight, because its cron expression
    names the school days. The result is empty if both sizes are equal.
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
