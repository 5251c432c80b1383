"""What a price is made of: how many of something at least, as planned and at most, at how many dollars a month each."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from policy_packs.cost.table import TABLE, Key
from policy_packs.kernel.errors import UnknownValue
from policy_packs.kernel.registry import Stack
from policy_packs.kernel.resource import Resource

T = TypeVar("T")

HOURS_PER_MONTH = 730
"""8,760 hours a year by twelve, as AWS's own calculator has it."""
FAMILIES = {"instances": "instance type", "databases": "instance class", "caches": "node type"}


class Unpriced(Exception):  # noqa: N818  # names what it found; a rule makes a finding of it
    """What something costs is not known, which is not the same as nothing. The message says why and what to do."""


@dataclass(frozen=True)
class Count:
    """How many at least, as planned, and at most."""

    low: Decimal
    expected: Decimal
    high: Decimal

    @classmethod
    def of(cls, number: float) -> "Count":
        """Always so many."""
        exact = Decimal(str(number))
        return cls(exact, exact, exact)

    def times(self, number: float) -> "Count":
        """So many of each."""
        factor = Decimal(str(number))
        return Count(self.low * factor, self.expected * factor, self.high * factor)

    def __str__(self) -> str:
        low, high = f"{self.low.normalize():f}", f"{self.high.normalize():f}"
        return high if low == high else f"{low} to {high}"


@dataclass(frozen=True)
class Item:
    """A part of what a resource costs: so many of something at `unit` dollars a month each."""

    what: str
    unit: Decimal
    count: Count

    def __str__(self) -> str:
        return f"{self.count} x {self.what} at {_exact(self.unit)}"


@dataclass(frozen=True)
class Cost:
    """US dollars a month at least, as planned, and at most."""

    low: Decimal = Decimal(0)
    expected: Decimal = Decimal(0)
    high: Decimal = Decimal(0)

    @classmethod
    def of(cls, items: Iterable[Item]) -> "Cost":
        """The sum of parts."""
        parts = tuple(items)
        return cls(
            sum((item.unit * item.count.low for item in parts), Decimal(0)),
            sum((item.unit * item.count.expected for item in parts), Decimal(0)),
            sum((item.unit * item.count.high for item in parts), Decimal(0)),
        )

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.low + other.low, self.expected + other.expected, self.high + other.high)


class Surroundings:
    """The stack that a resource is priced in: what its properties refer to, and what scales it by the clock."""

    def __init__(self, stack: Stack) -> None:
        self._named = {resource.urn: resource for resource in stack.resources}
        self._schedules = stack.of_type("aws:autoscaling/schedule:Schedule")

    def linked(self, resource: Resource, key: str, kind: str) -> Resource | None:
        """The resource of a type that a property's value comes from."""
        found = (self._named.get(urn) for urn in sorted(resource.property_dependencies.get(key, ())))
        return next((each for each in found if each and each.type == kind), None)

    def scheduled(self, group: Resource) -> Decimal:
        """The most machines that a schedule wants in a group."""
        wanted = [Decimal(0)]
        for schedule in self._schedules:
            if group.urn in schedule.property_dependencies.get("autoscalingGroupName", ()):
                wanted += [_number(schedule, key) for key in ("minSize", "desiredCapacity")]
        return max(wanted)


def first(*reads: Callable[[], T | None]) -> T | None:
    """The first value that is given and known; else the unknown one is awaited, or there is none.

    What a program leaves to the provider is unknown in a preview of the whole stack, though another property, or
    another resource, says the same.
    """
    awaited: list[UnknownValue] = []
    for read in reads:
        try:
            if (value := read()) is not None:
                return value
        except UnknownValue as wait:
            awaited.append(wait)
    for reason in awaited:
        raise reason
    return None


def region_of(resource: Resource) -> str:
    """The region that a resource is in: its own, or its provider's. Raises Unpriced when neither says."""
    region = resource.text("region") or (resource.provider.text("region") if resource.provider else None)
    if not region:
        raise Unpriced("neither it nor its provider says the region, so that its price is not known; set region")
    return region


def monthly(region: str, section: str, name: str) -> Decimal:
    """Dollars a month. Raises Unpriced for what is not in the table."""
    price = TABLE.prices.get(Key(region, section, name))
    if price is not None:
        return price.usd if name.endswith("-month") else price.usd * HOURS_PER_MONTH
    if region not in TABLE.regions:
        raise Unpriced(f"there are no prices of {region} in cost/prices.yaml; use {' or '.join(sorted(TABLE.regions))}")
    raise Unpriced(
        f"the price of {FAMILIES.get(section, 'service')} {name} in {region} is not in cost/prices.yaml; use a listed "
        "one, or add it and run `ops cost prices refresh`"
    )


def service(region: str, name: str, what: str, count: float = 1) -> Item:
    """An item of something that is priced by the hour or month it exists."""
    return Item(what, monthly(region, "services", name), Count.of(count))


def dollars(amount: Decimal) -> str:
    """An amount for a reader, to the cent."""
    return f"${amount:,.2f}"


def _exact(amount: Decimal) -> str:
    """A unit's price: those below a dollar are not to the cent."""
    return dollars(amount) if amount >= 1 else f"${amount.normalize():f}"


def _number(resource: Resource, key: str) -> Decimal:
    return Decimal(str(first(lambda: resource.number(key), lambda: 0)))
