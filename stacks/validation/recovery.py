"""The standby has the primary's kinds of machines, and runs before it is needed."""

from stacks.errors import Mistake
from stacks.parsed_values import ParsedValues
from stacks.requirements import Environment
from stacks.validation.base import Mistakes, SettingsRule


def standby_has_the_same_groups(_environment: Environment, values: ParsedValues) -> Mistakes:
    """What is missing there could not be scaled out."""
    standby, primary = set(values["recovery.nodeGroups"]), set(values["cluster.nodeGroups"])
    for name in sorted(standby ^ primary):
        lacking = "recovery.nodeGroups" if name in primary else "cluster.nodeGroups"
        yield Mistake(f"recovery.nodeGroups.{name}", f"{lacking} lacks it; both name the same groups")


def standby_is_in_order(_environment: Environment, values: ParsedValues) -> Mistakes:
    """Sizes are in order, no larger than the primary's, and something runs."""
    standby, primary = values["recovery.nodeGroups"], values["cluster.nodeGroups"]
    for name, sizes in standby.items():
        key = f"recovery.nodeGroups.{name}"
        if not sizes.min <= sizes.desired <= sizes.max:
            yield Mistake(key, f"needs min ≤ desired ≤ max, not {sizes.min}, {sizes.desired}, {sizes.max}")
        if name in primary and sizes.max > primary[name].max:
            yield Mistake(f"{key}.max", f"{sizes.max} is more than the primary's {primary[name].max}")
    if not any(sizes.min for sizes in standby.values()):
        yield Mistake("recovery.nodeGroups", "no machine runs; a warm standby has at least one")


RULES: tuple[SettingsRule, ...] = (standby_has_the_same_groups, standby_is_in_order)
