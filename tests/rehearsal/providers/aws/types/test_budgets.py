"""AWS budgets."""

from typing import Any

from tests.rehearsal.providers.aws.lifecycle import NEW, OLD, LifecycleCase


def budget(deps: Any, amount: str, threshold: int) -> dict[str, Any]:
    notification = {
        "comparisonOperator": "GREATER_THAN",
        "notificationType": "ACTUAL",
        "threshold": threshold,
        "thresholdType": "PERCENTAGE",
        "subscriberEmailAddresses": ["ops@campus.example"],
        "subscriberSnsTopicArns": [deps.topic],
    }
    return {
        "budgetType": "COST",
        "timeUnit": "MONTHLY",
        "limitAmount": amount,
        "limitUnit": "USD",
        "timePeriodStart": "2026-01-01_00:00",
        "costFilters": [{"name": "TagKeyValue", "values": ["user:environment$dev"]}],
        "notifications": [notification],
    }


CASES = [
    LifecycleCase(
        "aws:budgets/budget:Budget",
        lambda deps: {**budget(deps, "100", 80), "tags": OLD},
        lambda deps: {**budget(deps, "200.50", 90), "tags": NEW},
    ),
]
