"""Validation of the edge."""

from pathlib import Path
from typing import Any

import pytest

from stacks.loading import load_file
from tests.stacks.test_settings import _change, _mistakes, project

__all__ = ["project"]

MISTAKES: dict[str, tuple[str, dict[str, Any], list[str]]] = {
    "a limit below WAF's": (
        "dev",
        {"edge.requestsPerFiveMinutes": 99},
        ["edge.requestsPerFiveMinutes 99 is too small; the minimum is 100"],
    ),
    "a zone that rejects the load balancer's certificate": (
        "prod",
        {"edge.certificateAuthorities": ["letsencrypt.org"]},
        ["edge.certificateAuthorities does not include amazon.com, which issues the load balancer's certificate"],
    ),
    "no certificate authority": (
        "dev",
        {"edge.certificateAuthorities": []},
        ["edge.certificateAuthorities has too few entries (0; the minimum is 1)"],
    ),
    "query logs without a key": (
        "dev",
        {"region": "us-west-2", "recovery.region": "us-east-1"},
        ["region must be us-east-1 unless recovery.region is us-east-1, because Route 53 writes its query logs there"],
    ),
    "unsupported retention": (
        "dev",
        {"edge.logRetentionDays": 31},
        ["edge.logRetentionDays 31 is not a retention that CloudWatch Logs accepts; the nearest is 30"],
    ),
}


@pytest.mark.parametrize(("environment", "changes", "lines"), MISTAKES.values(), ids=MISTAKES)
def test_an_invalid_edge_is_reported(
    project: Path, environment: str, changes: dict[str, Any], lines: list[str]
) -> None:
    assert _mistakes(project, environment, changes) == lines


def test_primary_and_dr_region_are_interchangeable(project: Path) -> None:
    _change(project, "prod", {"region": "us-west-2", "recovery.region": "us-east-1"})
    assert load_file(project, "prod").regions == ("us-west-2", "us-east-1")
