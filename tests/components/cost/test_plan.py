"""Budgets and monitors of an environment."""

import json
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from components.cost.plan import BUDGET_NOTIFICATIONS, BudgetPlan, MonitorPlan, plan_budgets, plan_monitors

NAMES = st.from_regex(r"[a-z][-a-z0-9]{0,20}", fullmatch=True)
SHARES = st.dictionaries(NAMES, st.integers(1, 10**6), max_size=5)


def test_an_environment_its_teams_and_its_features_have_budgets() -> None:
    assert plan_budgets("prod", 100, {"safety": 60, "platform": 40}, {"cluster": 50}) == (
        BudgetPlan("monthly", 100, "environment", "prod"),
        BudgetPlan("team-safety", 60, "team", "safety"),
        BudgetPlan("team-platform", 40, "team", "platform"),
        BudgetPlan("feature-cluster", 50, "feature", "cluster"),
    )


@given(st.integers(1, 10**6), SHARES, SHARES)
def test_budget_roles_and_filters_are_unique(monthly: int, teams: dict[str, int], features: dict[str, int]) -> None:
    plans = plan_budgets("prod", monthly, teams, features)
    assert len({plan.role for plan in plans}) == len({plan.cost_filter for plan in plans}) == len(plans)
    assert sum(plan.limit for plan in plans) == monthly + sum(teams.values()) + sum(features.values())


def test_a_budget_filters_by_user_tag() -> None:
    assert BudgetPlan("team-safety", 60, "team", "safety").cost_filter == "user:team$safety"


def test_a_team_and_a_feature_with_equal_names_are_distinct() -> None:
    both = plan_budgets("dev", 10, {"records": 5}, {"records": 5})[1:]
    assert [plan.cost_filter for plan in both] == ["user:team$records", "user:feature$records"]


def test_notifications_include_the_required_variance_and_fit_the_aws_limit() -> None:
    assert max(percent for percent, kind in BUDGET_NOTIFICATIONS if kind == "ACTUAL") == 100 + 100 * Fraction(20, 100)
    assert len(BUDGET_NOTIFICATIONS) <= 5


def test_services_and_each_team_have_a_monitor() -> None:
    assert plan_monitors({"safety": 60, "platform": 40}) == (
        MonitorPlan("services"),
        MonitorPlan("team-safety", "safety"),
        MonitorPlan("team-platform", "platform"),
    )


def test_the_service_monitor_names_a_dimension_and_a_team_monitor_its_tag() -> None:
    services, team = (plan.inputs for plan in plan_monitors({"safety": 1}))
    assert services == {"monitor_type": "DIMENSIONAL", "monitor_dimension": "SERVICE"}
    assert team["monitor_type"] == "CUSTOM"
    assert json.loads(team["monitor_specification"]) == {"Tags": {"Key": "user:team", "Values": ["safety"]}}
