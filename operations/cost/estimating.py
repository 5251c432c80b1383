"""What an environment costs a month, and what it was agreed to cost."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from operations.cost.errors import CostError, told
from operations.cost.stacks import read
from policy_packs.cost.estimate import Estimate, estimate
from policy_packs.cost.pricing import Cost
from policy_packs.cost.table import BASELINE, BASELINE_FILE, MISTAKES, Baseline
from policy_packs.kernel.context import Environment
from policy_packs.kernel.registry import Stack

HEADER = """\
# What each environment was expected to cost when somebody last agreed to it, in US dollars a month by type: what
# cost-must-not-grow-past-the-baseline measures growth from. `ops cost baseline ENV --from FILE --execute` renews it.

"""
CENT = Decimal("0.01")


def priced(environment: str, file: Path) -> Estimate:
    """The estimate of a preview or a state.

    Raises CostError for another environment's file, for mistakes in the pack's data, and when anything has no price or
    waits for the update: what is left out would be missing from the sum.
    """
    if MISTAKES:
        raise CostError(told(MISTAKES))
    if environment not in set(Environment):
        raise CostError(f"{environment} is no environment; there is {', '.join(Environment)}")
    stack = read(file)
    if of := _others(stack, environment):
        raise CostError(f"{file} is of {of}, not of {environment}; nothing was estimated")
    found = estimate(stack)
    if found.unpriced:
        lines = (f"  {resource.name}: {reason}" for resource, reason in found.unpriced)
        raise CostError("\n".join((f"{environment} can't be estimated: something has no price", *lines)))
    if found.waits:
        paths = ", ".join(sorted({wait.path for wait in found.waits}))
        raise CostError(f"{environment} can't be estimated before the update: {paths} not known yet")
    return found


def renewed(environment: str, found: Estimate, source: str, today: date) -> dict[str, Baseline]:
    """All baselines, with this environment's as estimated now. What costs less than a cent as planned is left out."""
    sums = {kind: _cents(cost) for kind, cost in found.by(lambda line: line.type).items()}
    types = {kind: usd for kind, usd in sums.items() if usd}
    return {**BASELINE, environment: Baseline(day=today, source=source, types=types)}


def write(baselines: Mapping[str, Baseline], file: Path = BASELINE_FILE) -> None:
    """Put all baselines into their file."""
    file.write_text(render(baselines), encoding="utf-8")


def render(baselines: Mapping[str, Baseline]) -> str:
    """The file's text: environments and types in a fixed order, so that a renewal is a readable difference."""
    lines = []
    for environment in (name for name in Environment if name in baselines):
        each = baselines[environment]
        lines += [f"{environment}:", f"  day: {each.day}", f"  source: {json.dumps(each.source)}", "  types:"]
        lines += [f'    {kind}: "{each.types[kind]:.2f}"' for kind in sorted(each.types)]
    return HEADER + "\n".join(lines) + "\n"


def unchanged(old: Baseline | None, new: Baseline) -> bool:
    """Whether a renewal would change no more than the day and the source."""
    return old is not None and old.types == new.types


def _cents(cost: Cost) -> Decimal:
    return cost.expected.quantize(CENT, ROUND_HALF_UP)


def _others(stack: Stack, environment: str) -> str:
    """The stack that the resources are of, when it is another than this environment."""
    found = {each.urn.split("::")[0].rpartition(":")[2] for each in stack.resources}
    return ", ".join(sorted(found - {environment}))
