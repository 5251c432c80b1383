"""Mistakes in what may be spent, and the line that tells each."""

from pathlib import Path
from typing import Any

import pytest

from tests.stacks.test_settings import _told, project

__all__ = ["project"]

MISTAKES: dict[str, tuple[dict[str, Any], str]] = {
    "teams beyond the budget": (
        {"cost.teams": {"student-safety": 5000, "ml-platform": 1001}},
        "cost.teams add up to $6,001 a month, more than cost.monthlyBudget ($6,000)",
    ),
    "features beyond the budget": (
        {"cost.features": {"cluster": 5401, "batch": 300, "training": 300}},
        "cost.features add up to $6,001 a month, more than cost.monthlyBudget ($6,000)",
    ),
    "machines without a budget": (
        {"cost.features.training": ...},
        "cost.features.training missing; machines of cluster.nodeGroups are charged to it",
    ),
    "no team": ({"cost.teams": {}}, "cost.teams must have at least 1, has 0"),
    "a team that is none": (
        {"cost.teams": {"ml": 1}},
        "cost.teams.ml is not one of teams (ml-platform, student-safety)",
    ),
    "a budget of nothing": (
        {"cost.teams.student-safety": 0},
        "cost.teams.student-safety 0 is too small; at least 1",
    ),
    "a budget in cents": (
        {"cost.features.cluster": 10.5},
        "cost.features.cluster must be a whole number, not 10.5",
    ),
    "no threshold": ({"cost.anomalyThreshold": ...}, "cost.anomalyThreshold is missing; every environment sets it"),
    "a threshold of nothing": ({"cost.anomalyThreshold": 0}, "cost.anomalyThreshold 0 is too small; at least 1"),
    "eleven addresses": (
        {"cost.notify": [f"{number}@campus.example" for number in range(11)]},
        "cost.notify must have at most 10, has 11",
    ),
    "tags by word": ({"cost.activateTags": "yes"}, "cost.activateTags must be true or false, not 'yes'"),
}


@pytest.mark.parametrize(("changes", "line"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_about_costs_is_told_in_one_sentence(project: Path, changes: dict[str, Any], line: str) -> None:
    assert _told(project, "dev", changes) == [line]


def test_shares_are_not_held_against_a_budget_that_is_wrong_itself(project: Path) -> None:
    assert _told(project, "dev", {"cost.monthlyBudget": "much"}) == [
        "cost.monthlyBudget must be a whole number, not 'much'"
    ]
