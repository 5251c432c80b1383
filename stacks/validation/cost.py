"""Budgets fit together."""

from collections.abc import Mapping

from stacks.errors import Mistake
from stacks.parsed_values import NotParsedError, ParsedValues
from stacks.requirements import MONTHLY_BUDGET, Environment
from stacks.validation.base import CrossEnvironmentRule, Mistakes, SettingsRule


def budgets_add_up(
    _environment: Environment, values: ParsedValues, siblings: Mapping[Environment, ParsedValues]
) -> Mistakes:
    """All environments together stay within the document's monthly budget."""
    total = values["cost.monthlyBudget"]
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


def shares_stay_within_the_budget(_environment: Environment, values: ParsedValues) -> Mistakes:
    """What teams may spend, and what features may, is each part of the environment's budget."""
    whole = values["cost.monthlyBudget"]
    for key in ("cost.teams", "cost.features"):
        try:
            total = sum(values[key].values())
        except NotParsedError:
            continue
        if total > whole:
            yield Mistake(key, f"add up to ${total:,} a month, more than cost.monthlyBudget (${whole:,})")


def budgets_are_of_teams_that_exist(_environment: Environment, values: ParsedValues) -> Mistakes:
    """Whoever has a budget is one of the teams."""
    teams = values["teams"]
    for name in sorted(values["cost.teams"].keys() - teams.keys()):
        yield Mistake(f"cost.teams.{name}", f"is not one of teams ({', '.join(sorted(teams))})")


def machines_have_a_budget(_environment: Environment, values: ParsedValues) -> Mistakes:
    """Machines are most of the bill: what each kind of them is charged to has a budget of its own."""
    charged = {group.workload.feature for group in values["cluster.nodeGroups"].values()}
    for feature in sorted(charged - values["cost.features"].keys()):
        yield Mistake(f"cost.features.{feature}", "missing; machines of cluster.nodeGroups are charged to it")


RULES: tuple[SettingsRule, ...] = (
    shares_stay_within_the_budget,
    budgets_are_of_teams_that_exist,
    machines_have_a_budget,
)
CROSS_ENVIRONMENT_RULES: tuple[CrossEnvironmentRule, ...] = (budgets_add_up,)
