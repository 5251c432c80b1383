"""The Kubernetes cluster and its machines, and the hours in which there are more of them."""

from datetime import time
from ipaddress import IPv4Network
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field

from components.cluster.plan import Workload
from components.cluster.school_hours import SchoolHours as Hours
from stacks.sections.fields import Count, Flag, Label, LogDays, Positive, Section, Text, Whole, Zones, matching

DAY = "MON|TUE|WED|THU|FRI|SAT|SUN"


def _time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{name!r} is not a time zone of the IANA database, such as America/New_York") from None
    return name


ClockTime = Annotated[str, matching(r"([01]\d|2[0-3]):[0-5]\d", "a time of day, such as 06:00")]
Days = Annotated[str, matching(rf"({DAY})([-,]({DAY}))*", "days of the week, such as MON-FRI")]


class SchoolHours(Section):
    """When pupils are at school, by the clock of the schools."""

    time_zone: Annotated[Text, AfterValidator(_time_zone)]
    opens: ClockTime
    closes: ClockTime
    days: Days

    @property
    def hours(self) -> Hours:
        """What plans take."""
        return Hours(self.time_zone, time.fromisoformat(self.opens), time.fromisoformat(self.closes), self.days)


class NodeGroup(Section):
    """Machines of one kind, for one kind of work."""

    workload: Workload
    instance_types: Annotated[tuple[Text, ...], Field(min_length=1)]
    spot: Flag
    min: Count
    desired: Count
    max: Positive
    school_hours_min: Count
    """The least while school is open; the same as `min` where the hours make no difference."""
    disk_gib: Annotated[Whole, Field(ge=20)]

    def resized(self, least: int, desired: int, most: int) -> "NodeGroup":
        """The same machines in other numbers, at all hours."""
        sizes = {"min": least, "school_hours_min": least, "desired": desired, "max": most}
        return self.model_copy(update=sizes)


class Cluster(Section):
    """The Kubernetes cluster. Who has access is not a setting: `stacks.access` says it."""

    version: Annotated[str, matching(r"1\.\d\d", "a Kubernetes version, such as 1.34")]
    public_access_cidrs: tuple[IPv4Network, ...]
    """Who may reach the API over the internet; empty turns the public endpoint off."""
    log_retention_days: LogDays
    node_zones: Zones
    node_cap: Positive
    """Most machines that all groups of both regions together may ever be, the DR cluster scaled out."""
    node_groups: Annotated[dict[Label, NodeGroup], Field(min_length=1)]
