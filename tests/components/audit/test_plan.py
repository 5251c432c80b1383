"""Data events, metric filters and ARNs of the audit trail."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.audit.plan import (
    MAX_PATTERN_LENGTH,
    METRIC_FILTERS,
    STANDARDS,
    MetricFilterPlan,
    any_event,
    data_event_arn_prefixes,
    standard_arn,
    standard_label,
    trail_arn,
)
from components.base import DeploymentContext, Tags

CONTEXT = DeploymentContext("prod", "444455556666", "us-east-1", Tags(*("x",) * 7))


def test_every_alarm_control_of_cis_section_4_has_a_metric_filter() -> None:
    assert [metric_filter.control for metric_filter in METRIC_FILTERS] == [f"4.{number}" for number in range(1, 16)]


def test_metric_names_are_unique() -> None:
    assert len({metric_filter.label for metric_filter in METRIC_FILTERS}) == len(METRIC_FILTERS)


@pytest.mark.parametrize("metric_filter", METRIC_FILTERS, ids=lambda metric_filter: metric_filter.control)
def test_patterns_are_valid_for_cloudwatch(metric_filter: MetricFilterPlan) -> None:
    assert len(metric_filter.pattern) <= MAX_PATTERN_LENGTH
    assert metric_filter.pattern.startswith("{")
    assert metric_filter.pattern.endswith("}")
    assert metric_filter.pattern.count("(") == metric_filter.pattern.count(")")
    assert re.fullmatch(r"[a-z0-9-]+", metric_filter.label)


@pytest.mark.parametrize(
    ("control", "event"),
    [
        ("4.4", "PutRolePolicy"),
        ("4.5", "StopLogging"),
        ("4.7", "ScheduleKeyDeletion"),
        ("4.8", "PutBucketPolicy"),
        ("4.10", "AuthorizeSecurityGroupIngress"),
        ("4.13", "ReplaceRoute"),
        ("4.15", "LeaveOrganization"),
    ],
)
def test_an_event_is_matched_by_the_filter_of_its_control(control: str, event: str) -> None:
    metric_filter = next(metric_filter for metric_filter in METRIC_FILTERS if metric_filter.control == control)
    assert f"($.eventName={event})" in metric_filter.pattern


def test_a_pattern_names_the_service_of_ambiguous_events() -> None:
    assert any_event(["A", "B"]) == "{($.eventName=A) || ($.eventName=B)}"
    assert any_event(["A", "B"], "iam.amazonaws.com") == (
        "{($.eventSource=iam.amazonaws.com) && (($.eventName=A) || ($.eventName=B))}"
    )


@given(
    st.lists(st.from_regex(r"[A-Z][a-z]{1,9}", fullmatch=True), min_size=1), st.sampled_from(["", "s3.amazonaws.com"])
)
def test_a_pattern_contains_every_event_once_and_is_balanced(names: list[str], source: str) -> None:
    pattern = any_event(names, source)
    assert re.findall(r"\(\$\.eventName=(\w+)\)", pattern) == names
    assert pattern.count("(") == pattern.count(")")


def test_data_events_cover_evidence_and_snapshots_of_both_regions_and_the_state() -> None:
    assert data_event_arn_prefixes(CONTEXT) == [
        "arn:aws:s3:::campus-prod-evidence",
        "arn:aws:s3:::campus-prod-vault-snapshots",
        "arn:aws:s3:::campus-prod-pulumi-state",
    ]


def test_arns_are_known_before_the_resources_exist() -> None:
    assert trail_arn(CONTEXT) == "arn:aws:cloudtrail:us-east-1:444455556666:trail/campus-prod-trail"
    assert standard_arn("us-west-2", STANDARDS[1]) == (
        "arn:aws:securityhub:us-west-2::standards/cis-aws-foundations-benchmark/v/3.0.0"
    )
    assert standard_label(STANDARDS[0]) == "aws-foundational-security-best-practices"
