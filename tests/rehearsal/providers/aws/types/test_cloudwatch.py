"""CloudWatch metric alarms."""

from typing import Any

from tests.rehearsal.providers.aws.lifecycle import NEW, OLD, LifecycleCase


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


def without_statistic(inputs: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in inputs.items() if name != "statistic"}


def lag(threshold: float, expression: str = "m * 2") -> dict[str, Any]:
    metric = {"metricName": "Lag", "namespace": "AWS/RDS", "period": 60, "stat": "Maximum", "dimensions": {"A": "b"}}
    queries = [{"id": "e", "expression": expression, "returnData": True}, {"id": "m", "metric": metric}]
    common = {"comparisonOperator": "GreaterThanThreshold", "evaluationPeriods": 1, "threshold": threshold}
    return {**common, "metricQueries": queries}


CASES = [
    LifecycleCase(
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        lambda _deps: {**alarm(80), "tags": OLD},
        lambda _deps: {**alarm(90.5), "tags": NEW},
    ),
    LifecycleCase(
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        lambda _deps: lag(1),
        lambda _deps: lag(2),
        drifts=lambda _deps: {"metricQueries": (lag(1)["metricQueries"], lag(1, "m * 3")["metricQueries"])},
    ),
    LifecycleCase(
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        lambda _deps: {**without_statistic(alarm(80)), "extendedStatistic": "p95"},
        drifts=lambda _deps: {
            "evaluateLowSampleCountPercentiles": ("evaluate", "ignore"),
            "extendedStatistic": ("p95", "p99"),
        },
    ),
]
