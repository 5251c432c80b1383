"""Budgets fit together."""

from collections.abc import Mapping

from stacks.errors import Mistake
from stacks.figures import MONTHLY_BUDGET, Environment
from stacks.known import Known, NotParsedError
from stacks.rules.base import Mistakes, Rule, SiblingRule


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


def shares_stay_within_the_budget(_environment: Environment, known: Known) -> Mistakes:
    """What teams may spend, and what features may, is each part of the environment's budget."""
    whole = known["cost.monthlyBudget"]
    for key in ("cost.teams", "cost.features"):
        try:
            total = sum(known[key].values())
        except NotParsedError:
            continue
        if total > whole:
            yield Mistake(key, f"add up to ${total:,} a month, more than cost.monthlyBudget (${whole:,})")


def budgets_are_of_teams_that_exist(_environment: Environment, known: Known) -> Mistakes:
    """Whoever has a budget is one of the teams."""
    teams = known["teams"]
    for name in sorted(known["cost.teams"].keys() - teams.keys()):
        yield Mistake(f"cost.teams.{name}", f"is not one of teams ({', '.join(sorted(teams))})")


def machines_have_a_budget(_environment: Environment, known: Known) -> Mistakes:
    """Machines are most of the bill: what each kind of them is charged to has a budget of its own."""
    charged = {group.workload.feature for group in known["cluster.nodeGroups"].values()}
    for feature in sorted(charged - known["cost.features"].keys()):
        yield Mistake(f"cost.features.{feature}", "missing; machines of cluster.nodeGroups are charged to it")


RULES: tuple[Rule, ...] = (
    shares_stay_within_the_budget,
    budgets_are_of_teams_that_exist,
    machines_have_a_budget,
)
SIBLING_RULES: tuple[SiblingRule, ...] = (budgets_add_up,)
