"""Budgets and anomaly monitors of an environment, its teams and its features."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

BILLING_REGION = "us-east-1"
"""Region of AWS's billing services and so of their topic."""
BUDGET_NOTIFICATIONS = ((80, "ACTUAL"), (100, "ACTUAL"), (120, "ACTUAL"), (100, "FORECASTED"))
"""Percent of a budget, spent or forecast; 120 is the required 20 % variance.

AWS allows five (CreateBudget).
"""
SERVICES = "services"
"""Role of the monitor by AWS service."""


@dataclass(frozen=True)
class BudgetPlan:
    """One budget: `limit` US dollars per month for all resources with this tag value."""

    role: str
    limit: int
    tag: str
    value: str

    @property
    def cost_filter(self) -> str:
        """Tag and value in the syntax of AWS Budgets."""
        return f"user:{self.tag}${self.value}"


@dataclass(frozen=True)
class MonitorPlan:
    """One anomaly monitor, of one team or, without a team, by AWS service."""

    role: str
    team: str = ""

    @property
    def inputs(self) -> dict[str, Any]:
        """Type-specific inputs of the monitor resource."""
        if not self.team:
            return {"monitor_type": "DIMENSIONAL", "monitor_dimension": "SERVICE"}
        specification = {"Tags": {"Key": "user:team", "Values": [self.team]}}
        return {"monitor_type": "CUSTOM", "monitor_specification": json.dumps(specification)}


def plan_budgets(
    environment: str, monthly: int, teams: Mapping[str, int], features: Mapping[str, int]
) -> tuple[BudgetPlan, ...]:
    """Return the budgets of the environment, its teams and its features.

    The order is that of the settings.
    """
    whole = BudgetPlan("monthly", monthly, "environment", environment)
    shares = (("team", teams), ("feature", features))
    return (whole, *(BudgetPlan(f"{tag}-{name}", limit, tag, name) for tag, of in shares for name, limit in of.items()))


def plan_monitors(teams: Mapping[str, int]) -> tuple[MonitorPlan, ...]:
    """Return one monitor by service and one per team.

    AWS sums the values of a custom monitor, so teams cannot share one.
    """
    return (MonitorPlan(SERVICES), *(MonitorPlan(f"team-{team}", team) for team in teams))
