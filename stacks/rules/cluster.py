"""Machines stand where there are subnets, in order and under the cap."""

from stacks.errors import Mistake
from stacks.figures import Environment
from stacks.known import Known
from stacks.rules.base import Mistakes, Rule


def nodes_stand_in_the_network(_environment: Environment, known: Known) -> Mistakes:
    """Machines stand in zones that have subnets."""
    if missing := sorted(set(known["cluster.nodeZones"]) - set(known["network.zones"])):
        yield Mistake("cluster.nodeZones", f"{', '.join(missing)} has no subnets; add it to network.zones")


def node_groups_are_in_order(_environment: Environment, known: Known) -> Mistakes:
    """Each group has min ≤ desired ≤ max, and all together stay under the cap."""
    groups = known["cluster.nodeGroups"]
    for name, group in groups.items():
        if not group.min <= group.desired <= group.max:
            key = f"cluster.nodeGroups.{name}"
            yield Mistake(key, f"needs min ≤ desired ≤ max, not {group.min}, {group.desired}, {group.max}")
    if all(group.spot for group in groups.values()):
        yield Mistake("cluster.nodeGroups", "all are spot; one on-demand group must carry what may not be interrupted")
    most = sum(group.max for group in groups.values())
    if most > known["cluster.nodeCap"]:
        yield Mistake("cluster.nodeCap", f"{known['cluster.nodeCap']} is less than the groups' max together ({most})")


RULES: tuple[Rule, ...] = (
    nodes_stand_in_the_network,
    node_groups_are_in_order,
)
