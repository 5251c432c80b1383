"""Backup and maintenance windows: between 6 PM and 6 AM in every US time zone."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from components.backup import plan as backups
from components.cache import plan as cache
from components.database import plan as database

ZONES = ("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Anchorage")
SEASONS = (datetime(2026, 1, 18, tzinfo=UTC), datetime(2026, 7, 19, tzinfo=UTC))
"""One Sunday in standard time and one in daylight saving time."""
SCHEDULED = tuple(map(int, re.findall(r"\d+", backups.SCHEDULE)))


def minutes(text: str) -> int:
    hours, rest = text.split(":")
    return 60 * int(hours) + int(rest)


def window(text: str) -> tuple[int, int]:
    """Return the window's first and last minute of the UTC day."""
    first, last = (part.removeprefix("sun:") for part in text.split("-"))
    return minutes(first), minutes(last)


WINDOWS = {
    "database backup": window(database.BACKUP_WINDOW),
    "database maintenance": window(database.MAINTENANCE_WINDOW),
    "cache snapshot": window(cache.SNAPSHOT_WINDOW),
    "cache maintenance": window(cache.MAINTENANCE_WINDOW),
    "start of the full backup": (60 * SCHEDULED[1], 60 * SCHEDULED[1] + backups.START_MINUTES),
}


@pytest.mark.parametrize("name", WINDOWS)
@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("day", SEASONS, ids=["winter", "summer"])
def test_windows_are_outside_school_hours(name: str, zone: str, day: datetime) -> None:
    for minute in WINDOWS[name]:
        there = (day + timedelta(minutes=minute)).astimezone(ZoneInfo(zone))
        assert there.hour >= 18 or (there.hour, there.minute) <= (6, 0), there


def test_full_backups_start_at_least_an_hour_before_rds_windows() -> None:
    last_start = WINDOWS["start of the full backup"][1]
    assert min(WINDOWS[name][0] for name in ("database backup", "database maintenance")) - last_start >= 60


def test_maintenance_does_not_overlap_the_backup() -> None:
    assert WINDOWS["database backup"][1] <= WINDOWS["database maintenance"][0]
    assert WINDOWS["cache snapshot"][1] <= WINDOWS["cache maintenance"][0]
