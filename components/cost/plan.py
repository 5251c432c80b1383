"""Budgets and anomaly monitors of an environment, its teams and its features."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

BILLING_REGION = "us-east-1"
"""Region of AWS's billing services, and therefore of the topic that they publish to."""
BUDGET_NOTIFICATIONS = ((80, "ACTUAL"), (100, "ACTUAL"), (120, "ACTUAL"), (100, "FORECASTED"))
"""Notification thresholds in percent of a budget, for actual or forecast spending.

120 is the required 20 % variance. AWS allows five notifications per budget (CreateBudget).
"""
SERVICES = "services"
"""Role in the name of the monitor for AWS services."""


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
    """An anomaly monitor for one team, or for AWS services if `team` is empty."""

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
    """Return the budgets of the environment, then its teams, then its features.

    All amounts are US dollars per month.
    """
    whole = BudgetPlan("monthly", monthly, "environment", environment)
    shares = (("team", teams), ("feature", features))
    return (whole, *(BudgetPlan(f"{tag}-{name}", limit, tag, name) for tag, of in shares for name, limit in of.items()))


def plan_monitors(teams: Mapping[str, int]) -> tuple[MonitorPlan, ...]:
    """Return one monitor for AWS services and one monitor per team.

    Teams cannot share a custom monitor, because AWS adds up the costs of all tag values in one monitor.
    """
    return (MonitorPlan(SERVICES), *(MonitorPlan(f"team-{team}", team) for team in teams))
