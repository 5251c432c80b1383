"""Mistakes in the edge's settings."""

from pathlib import Path
from typing import Any

import pytest

from stacks.loading import load_file
from tests.stacks.test_settings import _spoil, _told, project

__all__ = ["project"]

MISTAKES: dict[str, tuple[str, dict[str, Any], list[str]]] = {
    "a limit below WAF's": (
        "dev",
        {"edge.requestsPerFiveMinutes": 99},
        ["edge.requestsPerFiveMinutes 99 is too small; at least 100"],
    ),
    "a zone that keeps the load balancer's certificate out": (
        "prod",
        {"edge.certificateAuthorities": ["letsencrypt.org"]},
        ["edge.certificateAuthorities lacks amazon.com, which issues the load balancer's certificate"],
    ),
    "nobody may issue": (
        "dev",
        {"edge.certificateAuthorities": []},
        ["edge.certificateAuthorities must have at least 1, has 0"],
    ),
    "logs that nobody can encrypt": (
        "dev",
        {"region": "us-west-2", "recovery.region": "us-east-1"},
        ["region must be us-east-1 unless the DR region is: Route 53 writes its logs there"],
    ),
    "a retention that CloudWatch lacks": (
        "dev",
        {"edge.logRetentionDays": 31},
        ["edge.logRetentionDays 31 is not a retention that CloudWatch Logs knows; the nearest is 30"],
    ),
}


@pytest.mark.parametrize(("environment", "changes", "lines"), MISTAKES.values(), ids=MISTAKES)
def test_an_edge_that_cannot_be_is_refused(
    project: Path, environment: str, changes: dict[str, Any], lines: list[str]
) -> None:
    assert _told(project, environment, changes) == lines


def test_regions_may_change_places(project: Path) -> None:
    _spoil(project, "prod", {"region": "us-west-2", "recovery.region": "us-east-1"})
    assert load_file(project, "prod").regions == ("us-west-2", "us-east-1")
