"""What a whole stack costs a month: by resource, type, team and feature, at least, as planned and at most."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from policy_packs.cost.offers import OFFERS, price
from policy_packs.cost.pricing import Cost, Item, Surroundings, Unpriced
from policy_packs.kernel.errors import UnknownValue
from policy_packs.kernel.registry import Stack
from policy_packs.kernel.resource import Resource
from policy_packs.tagging.tags import Tags

UNTAGGED = "untagged"


@dataclass(frozen=True)
class Line:
    """One resource, the parts of its price, and who is charged for it."""

    resource: Resource
    items: tuple[Item, ...]
    team: str
    feature: str

    @cached_property
    def cost(self) -> Cost:
        """Their sum."""
        return Cost.of(self.items)

    @property
    def type(self) -> str:
        """The resource's type."""
        return self.resource.type

    def __str__(self) -> str:
        return f"{self.resource.name}: {' + '.join(map(str, self.items))}"


@dataclass(frozen=True)
class Estimate:
    """The lines of a stack, what has no price, and the values that have to be awaited for the rest."""

    lines: tuple[Line, ...]
    unpriced: tuple[tuple[Resource, str], ...]
    waits: tuple[UnknownValue, ...]

    @cached_property
    def total(self) -> Cost:
        """Of all lines."""
        return sum((line.cost for line in self.lines), Cost())

    def by(self, what: Callable[[Line], str]) -> Mapping[str, Cost]:
        """Sums of lines by what is the same of them, the dearest first."""
        sums: dict[str, Cost] = {}
        for line in self.lines:
            sums[what(line)] = sums.get(what(line), Cost()) + line.cost
        return dict(sorted(sums.items(), key=lambda each: (-each[1].high, each[0])))


def estimate(stack: Stack) -> Estimate:
    """Price every resource that has a price.

    What is not known yet keeps the rest from being neither priced nor judged: the caller decides on what is certain,
    then raises the first of `waits`, by which the kernel defers it.
    """
    around = Surroundings(stack)
    lines: list[Line] = []
    unpriced: list[tuple[Resource, str]] = []
    waits: list[UnknownValue] = []
    for resource in stack.of_type(*OFFERS):
        try:
            lines.append(_line(resource, price(resource, around)))
        except Unpriced as reason:
            unpriced.append((resource, str(reason)))
        except UnknownValue as wait:
            waits.append(wait)
    return Estimate(tuple(lines), tuple(unpriced), tuple(waits))


def _line(resource: Resource, items: Iterable[Item]) -> Line:
    tags = Tags(resource, ahead=True)
    return Line(resource, tuple(items), tags.value("team") or UNTAGGED, tags.value("feature") or UNTAGGED)
