"""CloudWatch log groups and metric filters."""

from tests.rehearsal.providers.aws.lifecycle import NEW, OLD, LifecycleCase

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
    LifecycleCase(
        "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
        lambda deps: {"policyName": "queries", "policyDocument": deps.policy("route53", "logs:PutLogEvents")},
        lambda deps: {"policyName": "queries", "policyDocument": deps.policy("es", "logs:PutLogEvents")},
        replacing=lambda _deps: {"policyName": "other"},
    ),
]
