"""CloudWatch log groups and metric filters."""

import pytest

from tests.rehearsal.providers.aws.lifecycle import NEW, OLD, CheckLifecycle, LifecycleCase

ALARM = {"name": "root", "namespace": "Campus/dev", "value": "1"}


CASES = [
    LifecycleCase(
        "aws:cloudwatch/logMetricFilter:LogMetricFilter",
        lambda deps: {
            "logGroupName": deps.log_group,
            "name": "root",
            "pattern": "{$.a = 1}",
            "metricTransformation": ALARM,
        },
        lambda deps: {
            "logGroupName": deps.log_group,
            "name": "root",
            "pattern": "{$.a = 2}",
            "metricTransformation": {**ALARM, "defaultValue": "0", "unit": "Count"},
        },
    ),
    LifecycleCase(
        "aws:cloudwatch/logGroup:LogGroup",
        lambda deps: {"name": "/campus/web", "retentionInDays": 30, "kmsKeyId": deps.key, "tags": OLD},
        lambda deps: {"name": "/campus/web", "retentionInDays": 90, "kmsKeyId": deps.key, "tags": NEW},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_lifecycle(case: LifecycleCase, check_lifecycle: CheckLifecycle) -> None:
    check_lifecycle(case)
