"""Settings of the Kubernetes cluster, its node groups and school hours."""

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
        raise ValueError(
            f"{name!r} is not in the IANA time zone database; use a name such as America/New_York"
        ) from None
    return name


ClockTime = Annotated[str, matching(r"([01]\d|2[0-3]):[0-5]\d", "a time of day, such as 06:00")]
Days = Annotated[str, matching(rf"({DAY})([-,]({DAY}))*", "days of the week, such as MON-FRI")]


class SchoolHours(Section):
    """School hours in the schools' time zone."""

    time_zone: Annotated[Text, AfterValidator(_time_zone)]
    opens: ClockTime
    closes: ClockTime
    days: Days

    @property
    def hours(self) -> Hours:
        """School hours as an argument of the node group plans."""
        return Hours(self.time_zone, time.fromisoformat(self.opens), time.fromisoformat(self.closes), self.days)


class NodeGroup(Section):
    """A group of machines of one type, for one workload."""

    workload: Workload
    instance_types: Annotated[tuple[Text, ...], Field(min_length=1)]
    spot: Flag
    min: Count
    desired: Count
    max: Positive
    school_hours_min: Count
    """Minimum number of machines during school hours. Use the value of `min` if school hours make no difference."""
    disk_gib: Annotated[Whole, Field(ge=20)]
    generation: Label | None
    """Suffix of the group's name in EKS; null for none.

    Change the suffix together with `instance_types`, `spot` or the zones, so that the new machines are ready before EKS
    deletes the old ones. Without a new suffix, EKS rejects the change.
    """

    def resized(self, minimum: int, desired: int, maximum: int) -> "NodeGroup":
        """Return a copy of the group with other sizes, which apply at all hours."""
        sizes = {"min": minimum, "school_hours_min": minimum, "desired": desired, "max": maximum}
        return self.model_copy(update=sizes)


class Cluster(Section):
    """The Kubernetes cluster. Access is not a setting; see `stacks.access`."""

    version: Annotated[str, matching(r"1\.\d\d", "a Kubernetes version, such as 1.34")]
    public_access_cidrs: tuple[IPv4Network, ...]
    """Address ranges that may reach the API over the internet. An empty list disables the public endpoint."""
    log_retention_days: LogDays
    node_zones: Zones
    node_cap: Positive
    """Maximum number of machines in all groups of both regions, with the DR cluster scaled out."""
    node_groups: Annotated[dict[Label, NodeGroup], Field(min_length=1)]
