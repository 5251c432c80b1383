"""Which budgets and anomaly monitors an environment has: one of its own, and one for each team and feature."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

BILLING_REGION = "us-east-1"
"""Where AWS's billing services live; their topic stands there, whatever region the environment is in."""
BUDGET_NOTIFICATIONS = ((80, "ACTUAL"), (100, "ACTUAL"), (120, "ACTUAL"), (100, "FORECASTED"))
"""Percent of a budget, spent or forecast; 120 is the document's 20 % variance. AWS takes five (CreateBudget)."""
SERVICES = "services"
"""Role of the monitor that looks at each AWS service by itself."""


@dataclass(frozen=True)
class BudgetPlan:
    """One budget: `limit` US dollars a month for all that carries the tag with that value."""

    role: str
    limit: int
    tag: str
    value: str

    @property
    def cost_filter(self) -> str:
        """How AWS Budgets writes a user's tag and its value."""
        return f"user:{self.tag}${self.value}"


@dataclass(frozen=True)
class MonitorPlan:
    """One anomaly monitor; without a team it tells AWS services apart."""

    role: str
    team: str = ""

    @property
    def inputs(self) -> dict[str, Any]:
        """What the monitor's resource is given."""
        if not self.team:
            return {"monitor_type": "DIMENSIONAL", "monitor_dimension": "SERVICE"}
        specification = {"Tags": {"Key": "user:team", "Values": [self.team]}}
        return {"monitor_type": "CUSTOM", "monitor_specification": json.dumps(specification)}


def plan_budgets(
    environment: str, monthly: int, teams: Mapping[str, int], features: Mapping[str, int]
) -> tuple[BudgetPlan, ...]:
    """The environment's budget first, then its teams', then its features', each in the order of the settings."""
    whole = BudgetPlan("monthly", monthly, "environment", environment)
    shares = (("team", teams), ("feature", features))
    return (whole, *(BudgetPlan(f"{tag}-{name}", limit, tag, name) for tag, of in shares for name, limit in of.items()))


def plan_monitors(teams: Mapping[str, int]) -> tuple[MonitorPlan, ...]:
    """One monitor over the services, and one for each team: AWS adds up the values of one custom monitor."""
    return (MonitorPlan(SERVICES), *(MonitorPlan(f"team-{team}", team) for team in teams))
