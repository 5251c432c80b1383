"""CloudWatch metric alarms."""

from typing import Any

import pytest

from tests.rehearsal.providers.aws.lifecycle import NEW, OLD, CheckLifecycle, LifecycleCase


def alarm(threshold: float) -> dict[str, Any]:
    return {
        "comparisonOperator": "GreaterThanThreshold",
        "evaluationPeriods": 2,
        "metricName": "CPUUtilization",
        "namespace": "AWS/RDS",
        "period": 60,
        "statistic": "Average",
        "threshold": threshold,
        "dimensions": {"DBInstanceIdentifier": "records"},
    }


def lag(threshold: float) -> dict[str, Any]:
    metric = {"metricName": "Lag", "namespace": "AWS/RDS", "period": 60, "stat": "Maximum", "dimensions": {"A": "b"}}
    queries = [{"id": "e", "expression": "m * 2", "returnData": True}, {"id": "m", "metric": metric}]
    common = {"comparisonOperator": "GreaterThanThreshold", "evaluationPeriods": 1, "threshold": threshold}
    return {**common, "metricQueries": queries}


CASES = [
    LifecycleCase(
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        lambda _deps: {**alarm(80), "tags": OLD},
        lambda _deps: {**alarm(90.5), "tags": NEW},
    ),
    LifecycleCase("aws:cloudwatch/metricAlarm:MetricAlarm", lambda _deps: lag(1), lambda _deps: lag(2)),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_lifecycle(case: LifecycleCase, check_lifecycle: CheckLifecycle) -> None:
    check_lifecycle(case)
