"""Trail alarm rules, judged on the metric filters of the platform."""

import pytest

from components.audit.plan import METRIC_FILTERS, MetricFilterPlan
from policy_packs import catalogue
from policy_packs.kernel.cases import Case
from policy_packs.kernel.verdict import Verdict
from policy_packs.security.aws.cloudtrail import TRAIL
from policy_packs.security.aws.cloudwatch_alarms import METRIC_ALARM, METRIC_FILTER

RULES = {
    policy.covers[0]: policy for name, policy in catalogue.policies().items() if name.startswith("trail-must-alarm-on-")
}
"""Alarm rules by control, such as `CIS-AWS 4.5`."""


def judged(control: str, pattern: str) -> list[Verdict]:
    metric = {"name": "seen", "namespace": "audit", "value": "1"}
    resources = (
        {"type": TRAIL, "name": "trail"},
        {"type": METRIC_FILTER, "name": "f", "properties": {"pattern": pattern, "metricTransformation": metric}},
        {
            "type": METRIC_ALARM,
            "name": "a",
            "properties": {"metricName": "seen", "namespace": "audit", "alarmActions": ["topic"]},
        },
    )
    policy = RULES[f"CIS-AWS {control}"]
    return Case(policy.name, "", 0, resources=resources).judge(policy)


def test_every_alarm_rule_is_for_a_metric_filter_of_the_platform() -> None:
    assert set(RULES) == {f"CIS-AWS {each.control}" for each in METRIC_FILTERS}


@pytest.mark.parametrize("plan", METRIC_FILTERS, ids=lambda plan: plan.control)
def test_the_platforms_metric_filter_passes_the_rule_of_its_control(plan: MetricFilterPlan) -> None:
    assert judged(plan.control, plan.pattern) == []


@pytest.mark.parametrize("plan", METRIC_FILTERS, ids=lambda plan: plan.control)
def test_a_metric_filter_on_fields_that_no_event_has_fails(plan: MetricFilterPlan) -> None:
    assert judged(plan.control, plan.pattern.replace("$.", "$.detail."))


@pytest.mark.parametrize(
    "pattern",
    [
        '{ ($.eventName = "DisableKey") || ($.eventName = "ScheduleKeyDeletion") }',
        "{$.eventName=DisableKey||$.eventName=ScheduleKeyDeletion}",
    ],
)
def test_spaces_and_quotation_marks_do_not_matter(pattern: str) -> None:
    assert judged("4.7", pattern) == []


def test_a_metric_filter_that_excludes_the_event_fails() -> None:
    assert judged("4.7", "{($.eventName!=DisableKey) || ($.eventName=ScheduleKeyDeletion)}")
