"""Rules of the cluster: node groups, pinned add-ons and school hours."""

from collections.abc import Mapping

from components.cluster.plan import ADDON_VERSIONS, Workload
from stacks.errors import Mistake
from stacks.parsed_values import ParsedValues
from stacks.requirements import SCHOOL_DAY, Environment
from stacks.sections.cluster import NodeGroup
from stacks.validation.base import Mistakes, SettingsRule


def node_zones_have_subnets(_environment: Environment, values: ParsedValues) -> Mistakes:
    """Check that every node zone has subnets."""
    if missing := sorted(set(values["cluster.nodeZones"]) - set(values["network.zones"])):
        yield Mistake("cluster.nodeZones", f"{', '.join(missing)} has no subnets; add it to network.zones")


def node_group_sizes_are_ordered(_environment: Environment, values: ParsedValues) -> Mistakes:
    """Check that sizes are ordered, and that services have a group without spot."""
    groups: Mapping[str, NodeGroup] = values["cluster.nodeGroups"]
    for name, group in groups.items():
        key = f"cluster.nodeGroups.{name}"
        if not group.min <= group.desired <= group.max:
            yield Mistake(key, f"needs min ≤ desired ≤ max, not {group.min}, {group.desired}, {group.max}")
        if not group.min <= group.school_hours_min <= group.max:
            bounds = f"{group.min}, {group.school_hours_min}, {group.max}"
            yield Mistake(f"{key}.schoolHoursMin", f"needs min ≤ schoolHoursMin ≤ max, not {bounds}")
        if group.spot and group.workload is Workload.SERVICES:
            yield Mistake(f"{key}.spot", "must be false for services, which must not be interrupted")
    if not any(group.workload is Workload.SERVICES for group in groups.values()):
        yield Mistake(
            "cluster.nodeGroups", "has no group with workload services, which all pods except batch and training need"
        )


def machines_stay_below_the_cap(_environment: Environment, values: ParsedValues) -> Mistakes:
    """Check that the groups of both regions together are within the cap."""
    total = sum(group.max for group in values["cluster.nodeGroups"].values())
    both = ", counted in both regions" if values["recovery.enabled"] else ""
    total *= 2 if values["recovery.enabled"] else 1
    if total > values["cluster.nodeCap"]:
        sentence = f"{values['cluster.nodeCap']} is less than {total}, the sum of the groups' max{both}"
        yield Mistake("cluster.nodeCap", sentence)


def addons_are_pinned(_environment: Environment, values: ParsedValues) -> Mistakes:
    """Check that add-on versions are pinned for the cluster's Kubernetes version."""
    version = values["cluster.version"]
    if version not in ADDON_VERSIONS:
        pinned = ", ".join(ADDON_VERSIONS)
        sentence = (
            f"no add-on versions are pinned for Kubernetes {version}; use one of {pinned}, "
            "or add some to components/cluster/plan.py"
        )
        yield Mistake("cluster.version", sentence)


def school_hours_are_outside_the_maintenance_window(_environment: Environment, values: ParsedValues) -> Mistakes:
    """Check that school hours are in order and outside of the maintenance window."""
    opens, closes = values["schoolHours.opens"], values["schoolHours.closes"]
    begins, ends = SCHOOL_DAY
    if opens >= closes:
        yield Mistake("schoolHours.closes", f"{closes} is not after schoolHours.opens ({opens})")
    if opens < begins:
        yield Mistake("schoolHours.opens", f"{opens} is in the maintenance window ({ends} to {begins})")
    if closes > ends:
        yield Mistake("schoolHours.closes", f"{closes} is in the maintenance window ({ends} to {begins})")


RULES: tuple[SettingsRule, ...] = (
    node_zones_have_subnets,
    node_group_sizes_are_ordered,
    machines_stay_below_the_cap,
    addons_are_pinned,
    school_hours_are_outside_the_maintenance_window,
)
