"""Validation of the audit layer and the repository."""

from pathlib import Path
from typing import Any

import pytest

from tests.stacks.test_settings import _mistakes, project

__all__ = ["project"]

MISTAKES: dict[str, tuple[str, dict[str, Any], list[str]]] = {
    "archive shorter than the evidence": (
        "prod",
        {"audit.archiveYears": 5},
        ["audit.archiveYears 5 is less than evidence.retentionYears (7)"],
    ),
    "no alarms in production": (
        "prod",
        {"audit.alarms": False, "audit.insights": False},
        [
            "audit.alarms must be true in production-like environments",
            "audit.insights must be true in production-like environments",
        ],
    ),
    "unsupported retention": (
        "dev",
        {"audit.trailLogDays": 31},
        ["audit.trailLogDays 31 is not a retention that CloudWatch Logs accepts; the nearest is 30"],
    ),
    "no recipients": ("dev", {"audit.notify": []}, ["audit.notify has too few entries (0; the minimum is 1)"]),
    "invalid address": (
        "dev",
        {"audit.notify": ["a@b.example", "security"]},
        ["audit.notify.1 'security' is not an e-mail address"],
    ),
    "missing section": ("staging", {"audit": ...}, ["audit is missing; every environment must set it"]),
    "a repository with its organisation in the name": (
        "dev",
        {"repository": {"organisation": "campus-safety", "name": "campus-safety/platform"}},
        ["repository.name 'campus-safety/platform' is not the name of a GitHub repository"],
    ),
}


@pytest.mark.parametrize("case", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_reported_in_one_sentence(project: Path, case: Any) -> None:
    environment, changes, expected = case
    assert _mistakes(project, environment, changes) == expected
