"""Monthly cost of a whole stack, by resource, type, team and feature.

Every sum has a minimum, a planned and a maximum amount.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from policy_packs.cost.offers import OFFERS, price
from policy_packs.cost.pricing import Cost, Item, PricedStack, Unpriced
from policy_packs.kernel.errors import UnknownValue
from policy_packs.kernel.registry import Stack
from policy_packs.kernel.resource import Resource
from policy_packs.tagging.tags import Tags

UNTAGGED = "untagged"


@dataclass(frozen=True)
class CostLine:
    """One resource, the items of its price, and the team and feature that are charged."""

    resource: Resource
    items: tuple[Item, ...]
    team: str
    feature: str

    @cached_property
    def cost(self) -> Cost:
        """Sum of the items."""
        return Cost.of(self.items)

    @property
    def type(self) -> str:
        """Resource type."""
        return self.resource.type

    def __str__(self) -> str:
        return f"{self.resource.name}: {' + '.join(map(str, self.items))}"


@dataclass(frozen=True)
class Estimate:
    """Cost lines of a stack, unpriced resources, and values still unknown."""

    lines: tuple[CostLine, ...]
    unpriced: tuple[tuple[Resource, str], ...]
    unknown: tuple[UnknownValue, ...]

    @cached_property
    def total(self) -> Cost:
        """Sum of all lines."""
        return sum((line.cost for line in self.lines), Cost())

    def by(self, group: Callable[[CostLine], str]) -> Mapping[str, Cost]:
        """Return the sums by group, the most expensive group first."""
        sums: dict[str, Cost] = {}
        for line in self.lines:
            sums[group(line)] = sums.get(group(line), Cost()) + line.cost
        return dict(sorted(sums.items(), key=lambda each: (-each[1].high, each[0])))


def estimate(stack: Stack) -> Estimate:
    """Price every resource that has a price.

    If a value is unknown, the other resources are still priced. The caller judges the known costs and then raises the
    first of `unknown`, which makes the kernel defer the rule.
    """
    priced_stack = PricedStack(stack)
    lines: list[CostLine] = []
    unpriced: list[tuple[Resource, str]] = []
    unknown: list[UnknownValue] = []
    for resource in stack.of_type(*OFFERS):
        try:
            lines.append(_line(resource, price(resource, priced_stack)))
        except Unpriced as reason:
            unpriced.append((resource, str(reason)))
        except UnknownValue as value:
            unknown.append(value)
    return Estimate(tuple(lines), tuple(unpriced), tuple(unknown))


def _line(resource: Resource, items: Iterable[Item]) -> CostLine:
    tags = Tags(resource, ignore_unknown_defaults=True)
    return CostLine(resource, tuple(items), tags.value("team") or UNTAGGED, tags.value("feature") or UNTAGGED)
