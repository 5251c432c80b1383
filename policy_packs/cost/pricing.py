"""Building blocks of a price: quantities and unit prices per month.

A quantity has a minimum, a planned and a maximum value.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from policy_packs.cost.table import TABLE, Key
from policy_packs.kernel.errors import PolicyError, UnknownValue
from policy_packs.kernel.registry import Stack
from policy_packs.kernel.resource import Resource

T = TypeVar("T")

SCHEDULE = "aws:autoscaling/schedule:Schedule"
HOURS_PER_MONTH = 730
"""8,760 hours a year divided by twelve, as in AWS's own calculator."""
SECTION_LABELS = {
    "instances": "EC2 instance type",
    "databases": "RDS instance class",
    "caches": "ElastiCache node type",
}
"""Label in messages for the entries of each section of the price table."""


class Unpriced(PolicyError):  # noqa: N818  # names a state of a resource; rules turn it into a finding
    """A price is unknown, which isn't the same as zero.

    The message says why and what to do.
    """


@dataclass(frozen=True)
class Count:
    """Minimum, planned and maximum quantity."""

    low: Decimal
    expected: Decimal
    high: Decimal

    @classmethod
    def of(cls, number: float) -> "Count":
        """Return a fixed quantity."""
        exact = Decimal(str(number))
        return cls(exact, exact, exact)

    def times(self, number: float) -> "Count":
        """Multiply all three quantities."""
        factor = Decimal(str(number))
        return Count(self.low * factor, self.expected * factor, self.high * factor)

    def __str__(self) -> str:
        low, high = f"{self.low.normalize():f}", f"{self.high.normalize():f}"
        return high if low == high else f"{low} to {high}"


@dataclass(frozen=True)
class Item:
    """Part of a resource's price: a quantity at `unit` dollars a month each."""

    name: str
    unit: Decimal
    count: Count

    def __str__(self) -> str:
        return f"{self.count} x {self.name} at {_exact(self.unit)}"


@dataclass(frozen=True)
class Cost:
    """Minimum, planned and maximum cost in US dollars a month."""

    low: Decimal = Decimal(0)
    expected: Decimal = Decimal(0)
    high: Decimal = Decimal(0)

    @classmethod
    def of(cls, items: Iterable[Item]) -> "Cost":
        """Add up items."""
        parts = tuple(items)
        return cls(
            sum((item.unit * item.count.low for item in parts), Decimal(0)),
            sum((item.unit * item.count.expected for item in parts), Decimal(0)),
            sum((item.unit * item.count.high for item in parts), Decimal(0)),
        )

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.low + other.low, self.expected + other.expected, self.high + other.high)


class PricedStack:
    """Resources that another resource's price depends on, such as scaling schedules."""

    def __init__(self, stack: Stack) -> None:
        self._by_urn = {resource.urn: resource for resource in stack.resources}
        self._schedules = stack.of_type(SCHEDULE)

    def linked(self, resource: Resource, key: str, resource_type: str) -> Resource | None:
        """Return the resource of type `resource_type` that a property refers to, or None."""
        sources = (self._by_urn.get(urn) for urn in sorted(resource.property_dependencies.get(key, ())))
        return next((each for each in sources if each and each.type == resource_type), None)

    def scheduled(self, group: Resource) -> Decimal:
        """Return the largest size at which a schedule starts a group."""
        return self._largest(group, "minSize", "desiredCapacity")

    def scheduled_maximum(self, group: Resource) -> Decimal:
        """Return the largest size to which a schedule lets a group grow."""
        return self._largest(group, "minSize", "desiredCapacity", "maxSize")

    def _largest(self, group: Resource, *keys: str) -> Decimal:
        sizes = [Decimal(0)]
        for schedule in self._schedules:
            if group.urn in schedule.property_dependencies.get("autoscalingGroupName", ()):
                sizes += [_number(schedule, key) for key in keys]
        return max(sizes)


def first(*reads: Callable[[], T | None]) -> T | None:
    """Return the first value that is set and known, or None if none is set.

    In a preview of the whole stack, a value that the program leaves to the provider is unknown, although another
    property or another resource may have the same value.

    Raises UnknownValue if values are set, but none of them is known.
    """
    unknown: list[UnknownValue] = []
    for read in reads:
        try:
            if (value := read()) is not None:
                return value
        except UnknownValue as unknown_value:
            unknown.append(unknown_value)
    for each in unknown:
        raise each
    return None


def region_of(resource: Resource) -> str:
    """Return the region of a resource or of its provider.

    Raises Unpriced if neither has one.
    """
    region = resource.text("region") or (resource.provider.text("region") if resource.provider else None)
    if not region:
        raise Unpriced("Neither the resource nor its provider has a region, so its price is unknown. Set `region`.")
    return region


def monthly(region: str, section: str, name: str) -> Decimal:
    """Return a price in US dollars a month. Raises Unpriced if it isn't in the table."""
    price = TABLE.prices.get(Key(region, section, name))
    if price is not None:
        return price.usd if name.endswith("-month") else price.usd * HOURS_PER_MONTH
    if region not in TABLE.regions:
        raise Unpriced(f"cost/prices.yaml has no prices for {region}. Use {' or '.join(sorted(TABLE.regions))}.")
    label = SECTION_LABELS.get(section, "The service")
    raise Unpriced(
        f"{label} {name} in {region} has no price in cost/prices.yaml. Add its price from AWS's price list with "
        f"`verified: false`, or choose a listed {label.rpartition(' ')[2]}."
    )


def service(region: str, price_name: str, name: str, count: float = 1) -> Item:
    """Return the price item of a service that is billed by the hour or month."""
    return Item(name, monthly(region, "services", price_name), Count.of(count))


def dollars(amount: Decimal) -> str:
    """Format an amount to the cent."""
    return f"${amount:,.2f}"


def _exact(amount: Decimal) -> str:
    """Format a unit price: exact below a dollar, else to the cent."""
    return dollars(amount) if amount >= 1 else f"${amount.normalize():f}"


def _number(resource: Resource, key: str) -> Decimal:
    return Decimal(str(first(lambda: resource.number(key), lambda: 0)))
