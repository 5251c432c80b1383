"""Budgets fit together."""

from collections.abc import Mapping

from stacks.errors import Mistake
from stacks.figures import MONTHLY_BUDGET, Environment
from stacks.known import Known, NotParsedError
from stacks.rules.base import Mistakes, SiblingRule


def budgets_add_up(_environment: Environment, known: Known, siblings: Mapping[Environment, Known]) -> Mistakes:
    """All environments together stay within the document's monthly budget."""
    total = known["cost.monthlyBudget"]
    for theirs in siblings.values():
        try:
            total += theirs["cost.monthlyBudget"]
        except NotParsedError:
            continue
    if total > MONTHLY_BUDGET:
        yield Mistake(
            "cost.monthlyBudget",
            f"the environments add up to ${total:,} a month; the document allows ${MONTHLY_BUDGET:,}",
        )


SIBLING_RULES: tuple[SiblingRule, ...] = (budgets_add_up,)
