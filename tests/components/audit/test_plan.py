"""What is recorded, and what somebody is told of."""

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

PLACE = DeploymentContext("prod", "444455556666", "us-east-1", Tags(*("x",) * 7))


def test_all_controls_of_cis_section_4_that_are_alarms_are_there_in_order() -> None:
    assert [watch.control for watch in METRIC_FILTERS] == [f"4.{number}" for number in range(1, 16)]


def test_no_two_watches_share_a_metric() -> None:
    assert len({watch.label for watch in METRIC_FILTERS}) == len(METRIC_FILTERS)


@pytest.mark.parametrize("watch", METRIC_FILTERS, ids=lambda watch: watch.control)
def test_patterns_are_such_as_cloudwatch_takes(watch: MetricFilterPlan) -> None:
    assert len(watch.pattern) <= MAX_PATTERN_LENGTH
    assert watch.pattern.startswith("{")
    assert watch.pattern.endswith("}")
    assert watch.pattern.count("(") == watch.pattern.count(")")
    assert re.fullmatch(r"[a-z0-9-]+", watch.label)


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
def test_an_event_is_watched_under_its_control(control: str, event: str) -> None:
    watch = next(watch for watch in METRIC_FILTERS if watch.control == control)
    assert f"($.eventName={event})" in watch.pattern


def test_a_pattern_names_the_service_where_events_are_not_its_own_alone() -> None:
    assert any_event(["A", "B"]) == "{($.eventName=A) || ($.eventName=B)}"
    assert any_event(["A", "B"], "iam.amazonaws.com") == (
        "{($.eventSource=iam.amazonaws.com) && (($.eventName=A) || ($.eventName=B))}"
    )


@given(
    st.lists(st.from_regex(r"[A-Z][a-z]{1,9}", fullmatch=True), min_size=1), st.sampled_from(["", "s3.amazonaws.com"])
)
def test_every_event_of_a_pattern_is_in_it_once_and_brackets_close(names: list[str], source: str) -> None:
    pattern = any_event(names, source)
    assert re.findall(r"\(\$\.eventName=(\w+)\)", pattern) == names
    assert pattern.count("(") == pattern.count(")")


def test_the_trail_watches_evidence_of_both_regions_and_the_programs_own_state() -> None:
    assert data_event_arn_prefixes(PLACE) == [
        "arn:aws:s3:::campus-prod-evidence",
        "arn:aws:s3:::campus-prod-pulumi-state",
    ]


def test_arns_are_known_before_anything_exists() -> None:
    assert trail_arn(PLACE) == "arn:aws:cloudtrail:us-east-1:444455556666:trail/campus-prod-trail"
    assert standard_arn("us-west-2", STANDARDS[1]) == (
        "arn:aws:securityhub:us-west-2::standards/cis-aws-foundations-benchmark/v/3.0.0"
    )
    assert standard_label(STANDARDS[0]) == "aws-foundational-security-best-practices"
