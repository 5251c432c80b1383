"""Machines stand where there are subnets, in order and under the cap; add-ons are pinned; school is by day."""

from collections.abc import Mapping

from components.cluster.plan import ADDON_VERSIONS, Workload
from stacks.errors import Mistake
from stacks.parsed_values import ParsedValues
from stacks.requirements import SCHOOL_DAY, Environment
from stacks.sections.cluster import NodeGroup
from stacks.validation.base import Mistakes, SettingsRule


def nodes_stand_in_the_network(_environment: Environment, values: ParsedValues) -> Mistakes:
    """Machines stand in zones that have subnets."""
    if missing := sorted(set(values["cluster.nodeZones"]) - set(values["network.zones"])):
        yield Mistake("cluster.nodeZones", f"{', '.join(missing)} has no subnets; add it to network.zones")


def node_groups_are_in_order(_environment: Environment, values: ParsedValues) -> Mistakes:
    """Each group has min ≤ desired ≤ max, by night and by day, and only what may be interrupted is on spot."""
    groups: Mapping[str, NodeGroup] = values["cluster.nodeGroups"]
    for name, group in groups.items():
        key = f"cluster.nodeGroups.{name}"
        if not group.min <= group.desired <= group.max:
            yield Mistake(key, f"needs min ≤ desired ≤ max, not {group.min}, {group.desired}, {group.max}")
        if not group.min <= group.school_hours_min <= group.max:
            bounds = f"{group.min}, {group.school_hours_min}, {group.max}"
            yield Mistake(f"{key}.schoolHoursMin", f"needs min ≤ schoolHoursMin ≤ max, not {bounds}")
        if group.spot and group.workload is Workload.SERVICES:
            yield Mistake(f"{key}.spot", "must be false for services, which may not be interrupted")
    if not any(group.workload is Workload.SERVICES for group in groups.values()):
        yield Mistake("cluster.nodeGroups", "none is for services; everything but batch work and training runs there")


def machines_stay_under_the_cap(_environment: Environment, values: ParsedValues) -> Mistakes:
    """All groups together, and in the DR region the same again, since it may be scaled out at any moment."""
    most = sum(group.max for group in values["cluster.nodeGroups"].values())
    both = " in each of two regions" if values["recovery.enabled"] else ""
    most *= 2 if values["recovery.enabled"] else 1
    if most > values["cluster.nodeCap"]:
        sentence = f"{values['cluster.nodeCap']} is less than the groups' max together{both} ({most})"
        yield Mistake("cluster.nodeCap", sentence)


def addons_are_pinned(_environment: Environment, values: ParsedValues) -> Mistakes:
    """A Kubernetes version comes with versions of all its add-ons."""
    version = values["cluster.version"]
    if version not in ADDON_VERSIONS:
        pinned = ", ".join(ADDON_VERSIONS)
        sentence = f"{version} has no pinned add-ons ({pinned} have); add them in components/cluster/plan.py"
        yield Mistake("cluster.version", sentence)


def school_is_outside_the_maintenance_window(_environment: Environment, values: ParsedValues) -> Mistakes:
    """School opens before it closes, and is over when maintenance may begin."""
    opens, closes = values["schoolHours.opens"], values["schoolHours.closes"]
    begins, ends = SCHOOL_DAY
    if opens >= closes:
        yield Mistake("schoolHours.closes", f"{closes} is not after schoolHours.opens ({opens})")
    if opens < begins:
        yield Mistake("schoolHours.opens", f"{opens} is in the maintenance window ({ends} to {begins})")
    if closes > ends:
        yield Mistake("schoolHours.closes", f"{closes} is in the maintenance window ({ends} to {begins})")


RULES: tuple[SettingsRule, ...] = (
    nodes_stand_in_the_network,
    node_groups_are_in_order,
    machines_stay_under_the_cap,
    addons_are_pinned,
    school_is_outside_the_maintenance_window,
)
