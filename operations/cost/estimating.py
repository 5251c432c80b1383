"""Monthly cost of an environment, and the baseline that it is compared with."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from operations.cost.errors import CostError, mistakes_message
from operations.cost.stacks import read
from policy_packs.cost.estimate import Estimate, estimate
from policy_packs.cost.pricing import Cost
from policy_packs.cost.table import BASELINE, BASELINE_FILE, MISTAKES, Baseline
from policy_packs.kernel.context import Environment
from policy_packs.kernel.registry import Stack

HEADER = """\
# Agreed monthly cost of each environment in US dollars, by type. cost-must-not-grow-past-the-baseline measures growth
# from it. `ops cost baseline ENV --from FILE --execute` updates it.

"""
CENT = Decimal("0.01")


def priced(environment: str, file: Path) -> Estimate:
    """Estimate a preview or a state.

    Raises CostError if the file belongs to another environment, if the pack's data has mistakes, or if the sum would be
    incomplete because a resource has no price or a value is unknown before the update.
    """
    if MISTAKES:
        raise CostError(mistakes_message(MISTAKES))
    if environment not in set(Environment):
        raise CostError(f"{environment} is not an environment; use one of {', '.join(Environment)}")
    stack = read(file)
    if of := _others(stack, environment):
        raise CostError(f"{file} belongs to {of}, not to {environment}; nothing was estimated")
    result = estimate(stack)
    if result.unpriced:
        lines = (f"  {resource.name}: {reason}" for resource, reason in result.unpriced)
        raise CostError("\n".join((f"{environment} cannot be estimated: these resources have no price", *lines)))
    if result.unknown:
        paths = ", ".join(sorted({wait.path for wait in result.unknown}))
        raise CostError(f"{environment} cannot be estimated before the update; unknown until then: {paths}")
    return result


def renewed(environment: str, present: Estimate, source: str, today: date) -> dict[str, Baseline]:
    """Return all baselines, with the present estimate as this environment's baseline.

    Types that cost less than a cent are left out.
    """
    sums = {kind: _cents(cost) for kind, cost in present.by(lambda line: line.type).items()}
    types = {kind: usd for kind, usd in sums.items() if usd}
    return {**BASELINE, environment: Baseline(day=today, source=source, types=types)}


def write(baselines: Mapping[str, Baseline], file: Path = BASELINE_FILE) -> None:
    """Write all baselines to their file."""
    file.write_text(render(baselines), encoding="utf-8")


def render(baselines: Mapping[str, Baseline]) -> str:
    """Return the file's text in a fixed order, so that diffs are readable."""
    lines = []
    for environment in (name for name in Environment if name in baselines):
        each = baselines[environment]
        lines += [f"{environment}:", f"  day: {each.day}", f"  source: {json.dumps(each.source)}", "  types:"]
        lines += [f'    {kind}: "{each.types[kind]:.2f}"' for kind in sorted(each.types)]
    return HEADER + "\n".join(lines) + "\n"


def unchanged(old: Baseline | None, new: Baseline) -> bool:
    """Return True if the costs are equal, so that only day and source would change."""
    return old is not None and old.types == new.types


def _cents(cost: Cost) -> Decimal:
    return cost.expected.quantize(CENT, ROUND_HALF_UP)


def _others(stack: Stack, environment: str) -> str:
    """Return the names of other stacks to which resources belong, separated by commas."""
    stacks = {each.urn.split("::")[0].rpartition(":")[2] for each in stack.resources}
    return ", ".join(sorted(stacks - {environment}))
