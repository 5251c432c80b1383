"""Validation of budgets and cost alerts."""

from pathlib import Path
from typing import Any

import pytest

from tests.stacks.test_settings import _mistakes, project

__all__ = ["project"]

MISTAKES: dict[str, tuple[dict[str, Any], str]] = {
    "teams beyond the budget": (
        {"cost.teams": {"student-safety": 5000, "ml-platform": 1001}},
        "cost.teams add up to $6,001 per month, more than cost.monthlyBudget ($6,000)",
    ),
    "features beyond the budget": (
        {"cost.features": {"cluster": 5401, "batch": 300, "training": 300}},
        "cost.features add up to $6,001 per month, more than cost.monthlyBudget ($6,000)",
    ),
    "machines without a budget": (
        {"cost.features.training": ...},
        "cost.features.training is missing; node groups are charged to this feature",
    ),
    "no team": ({"cost.teams": {}}, "cost.teams has too few entries (0; the minimum is 1)"),
    "unknown team": (
        {"cost.teams": {"ml": 1}},
        "cost.teams.ml is not one of the teams (ml-platform, student-safety)",
    ),
    "a budget of nothing": (
        {"cost.teams.student-safety": 0},
        "cost.teams.student-safety 0 is too small; the minimum is 1",
    ),
    "a budget in cents": (
        {"cost.features.cluster": 10.5},
        "cost.features.cluster must be a whole number, not 10.5",
    ),
    "no threshold": ({"cost.anomalyThreshold": ...}, "cost.anomalyThreshold is missing; every environment must set it"),
    "a threshold of nothing": ({"cost.anomalyThreshold": 0}, "cost.anomalyThreshold 0 is too small; the minimum is 1"),
    "eleven addresses": (
        {"cost.notify": [f"{number}@campus.example" for number in range(11)]},
        "cost.notify has too many entries (11; the maximum is 10)",
    ),
    "text where a flag is expected": (
        {"cost.activateTags": "yes"},
        "cost.activateTags must be true or false, not 'yes'",
    ),
}


@pytest.mark.parametrize(("changes", "line"), MISTAKES.values(), ids=MISTAKES)
def test_invalid_cost_settings_are_reported_in_one_sentence(project: Path, changes: dict[str, Any], line: str) -> None:
    assert _mistakes(project, "dev", changes) == [line]


def test_shares_are_not_compared_with_an_invalid_budget(project: Path) -> None:
    assert _mistakes(project, "dev", {"cost.monthlyBudget": "much"}) == [
        "cost.monthlyBudget must be a whole number, not 'much'"
    ]
