"""Rules of the standby's node groups."""

from stacks.errors import Mistake
from stacks.parsed_values import ParsedValues
from stacks.requirements import Environment
from stacks.validation.base import Mistakes, SettingsRule


def standby_has_the_same_groups(_environment: Environment, values: ParsedValues) -> Mistakes:
    """Check that the standby has the primary's node groups."""
    standby, primary = set(values["recovery.nodeGroups"]), set(values["cluster.nodeGroups"])
    for name in sorted(standby ^ primary):
        incomplete = "recovery.nodeGroups" if name in primary else "cluster.nodeGroups"
        sentence = f"is missing from {incomplete}; both regions must have the same groups"
        yield Mistake(f"recovery.nodeGroups.{name}", sentence)


def standby_sizes_are_ordered(_environment: Environment, values: ParsedValues) -> Mistakes:
    """Check that standby sizes are ordered and not above the primary's.

    At least one group must have a minimum above 0, because a warm standby runs nodes.
    """
    standby, primary = values["recovery.nodeGroups"], values["cluster.nodeGroups"]
    for name, sizes in standby.items():
        key = f"recovery.nodeGroups.{name}"
        if not sizes.min <= sizes.desired <= sizes.max:
            yield Mistake(key, f"needs min ≤ desired ≤ max, not {sizes.min}, {sizes.desired}, {sizes.max}")
        if name in primary and sizes.max > primary[name].max:
            yield Mistake(f"{key}.max", f"{sizes.max} is more than the primary's {primary[name].max}")
    if not any(sizes.min for sizes in standby.values()):
        yield Mistake("recovery.nodeGroups", "has only groups with min 0; a warm standby needs at least one node")


RULES: tuple[SettingsRule, ...] = (standby_has_the_same_groups, standby_sizes_are_ordered)
