"""Output of `ops cost`."""

from decimal import Decimal
from operator import attrgetter

from rich.console import Console
from rich.table import Table
from rich.text import Text

from operations.cost.refreshing import Renewal
from policy_packs.cost.estimate import Estimate
from policy_packs.cost.pricing import Cost, dollars
from policy_packs.cost.table import TABLE, Baseline


def show_estimate(console: Console, environment: str, result: Estimate) -> None:
    """Print the sums, then every resource, the most expensive first."""
    verified = sum(1 for price in TABLE.prices.values() if price.verified)
    console.print(
        f"{environment}, US dollars a month at list prices as of {TABLE.as_of} ({verified} of {len(TABLE.prices)} "
        "verified), without usage, traffic and tax"
    )
    sums = _table("", "at least", "as planned", "at most")
    for name in ("team", "feature", "type"):
        for key, cost in result.by(attrgetter(name)).items():
            sums.add_row(f"{name} {key}", *_three(cost))
        sums.add_section()
    sums.add_row("all", *_three(result.total))
    console.print(sums)
    lines = Table("resource", "arithmetic", "at most")
    lines.columns[2].justify = "right"
    for line in sorted(result.lines, key=lambda each: (-each.cost.high, each.resource.urn)):
        if line.cost.high:
            lines.add_row(Text(line.resource.name), Text(" + ".join(map(str, line.items))), dollars(line.cost.high))
    console.print(lines)


def show_baseline(console: Console, environment: str, old: Baseline | None, new: Baseline) -> None:
    """Print the baseline and the present estimate by type."""
    before = old.types if old else {}
    table = _table("type", "baseline", "now", "difference")
    for kind in sorted({*before, *new.types}):
        was, now = before.get(kind, Decimal(0)), new.types.get(kind, Decimal(0))
        table.add_row(kind, dollars(was), dollars(now), _signed(now - was))
    table.add_section()
    was = old.expected if old else Decimal(0)
    table.add_row(environment, dollars(was), dollars(new.expected), _signed(new.expected - was))
    console.print(table)


def show_renewal(console: Console, renewal: Renewal) -> None:
    """Print the prices that differ from AWS's, and those that AWS did not confirm."""
    if renewal.changes:
        table = _table("price", "table", "AWS", "%")
        for change in renewal.changes:
            percent = (change.new / change.old - 1) * 100
            table.add_row(str(change.key), f"{change.old:f}", f"{change.new:f}", f"{percent:+.1f}")
        console.print(table)
    for key, reason in renewal.unanswered.items():
        console.print(Text(f"not verified: {key}: {reason}", style="yellow"))
    console.print(
        f"{renewal.verified} prices verified, {len(renewal.changes)} of them changed, "
        f"{len(renewal.unanswered)} not verified"
    )


def _table(*columns: str) -> Table:
    table = Table(*columns)
    for column in table.columns[1:]:
        column.justify = "right"
    return table


def _three(cost: Cost) -> tuple[str, str, str]:
    return dollars(cost.low), dollars(cost.expected), dollars(cost.high)


def _signed(amount: Decimal) -> str:
    return f"{'+' if amount > 0 else '-' if amount < 0 else ''}{dollars(abs(amount))}"
