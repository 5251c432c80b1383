"""Rules of budgets."""

from collections.abc import Mapping

from stacks.errors import Mistake
from stacks.parsed_values import NotParsedError, ParsedValues
from stacks.requirements import MONTHLY_BUDGET, Environment
from stacks.validation.base import CrossEnvironmentRule, Mistakes, SettingsRule


def budgets_add_up(
    _environment: Environment, values: ParsedValues, siblings: Mapping[Environment, ParsedValues]
) -> Mistakes:
    """Check that all environments together stay within the required monthly budget."""
    total = values["cost.monthlyBudget"]
    for theirs in siblings.values():
        try:
            total += theirs["cost.monthlyBudget"]
        except NotParsedError:
            continue
    if total > MONTHLY_BUDGET:
        yield Mistake(
            "cost.monthlyBudget",
            f"all environments together add up to ${total:,} per month, more than the allowed ${MONTHLY_BUDGET:,}",
        )


def shares_are_within_the_budget(_environment: Environment, values: ParsedValues) -> Mistakes:
    """Check that team and feature budgets fit into the environment's budget."""
    budget = values["cost.monthlyBudget"]
    for key in ("cost.teams", "cost.features"):
        try:
            total = sum(values[key].values())
        except NotParsedError:
            continue
        if total > budget:
            yield Mistake(key, f"add up to ${total:,} per month, more than cost.monthlyBudget (${budget:,})")


def team_budgets_belong_to_teams(_environment: Environment, values: ParsedValues) -> Mistakes:
    """Check that every team budget belongs to one of the teams."""
    teams = values["teams"]
    for name in sorted(values["cost.teams"].keys() - teams.keys()):
        yield Mistake(f"cost.teams.{name}", f"is not one of the teams ({', '.join(sorted(teams))})")


def machines_have_a_feature_budget(_environment: Environment, values: ParsedValues) -> Mistakes:
    """Check that every feature that node groups are charged to has a budget."""
    charged = {group.workload.feature for group in values["cluster.nodeGroups"].values()}
    for feature in sorted(charged - values["cost.features"].keys()):
        yield Mistake(f"cost.features.{feature}", "is missing; node groups are charged to this feature")


RULES: tuple[SettingsRule, ...] = (
    shares_are_within_the_budget,
    team_budgets_belong_to_teams,
    machines_have_a_feature_budget,
)
CROSS_ENVIRONMENT_RULES: tuple[CrossEnvironmentRule, ...] = (budgets_add_up,)
