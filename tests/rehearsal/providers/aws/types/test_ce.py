"""Cost categories, cost allocation tags, anomaly monitors and subscriptions."""

import json
from typing import Any

import pytest

from rehearsal.providers.aws.calls import AwsError
from tests.rehearsal.providers.aws.lifecycle import NEW, OLD, LifecycleCase

CATEGORY = "aws:costexplorer/costCategory:CostCategory"
TAG = "aws:costexplorer/costAllocationTag:CostAllocationTag"
MONITOR = "aws:costexplorer/anomalyMonitor:AnomalyMonitor"
SUBSCRIPTION = "aws:costexplorer/anomalySubscription:AnomalySubscription"
SERVICES = {"name": "services", "monitorType": "DIMENSIONAL", "monitorDimension": "SERVICE"}
TEAM = {
    "name": "team",
    "monitorType": "CUSTOM",
    "monitorSpecification": json.dumps({"Tags": {"Key": "user:team", "Values": ["safety"]}}),
}


def category(rule: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": "team", "ruleVersion": "CostCategoryExpression.v1", "rules": [rule], **more}


def tag(value: str) -> dict[str, Any]:
    return {"tags": {"key": "team", "values": [value], "matchOptions": ["EQUALS"]}}


INHERITED = {"type": "INHERITED_VALUE", "inheritedValue": {"dimensionName": "TAG", "dimensionKey": "team"}}
NESTED = {"type": "REGULAR", "value": "ours", "rule": {"ors": [tag("a"), {"not": tag("b")}]}}


def subscription(monitors: list[str], dollars: int, **more: Any) -> dict[str, Any]:
    return {
        "name": "digest",
        "frequency": "DAILY",
        "monitorArnLists": monitors,
        "subscribers": [{"type": "EMAIL", "address": "costs@campus.example"}],
        "thresholdExpression": {
            "dimension": {
                "key": "ANOMALY_TOTAL_IMPACT_ABSOLUTE",
                "matchOptions": ["GREATER_THAN_OR_EQUAL"],
                "values": [str(dollars)],
            }
        },
        **more,
    }


CASES = [
    LifecycleCase(
        CATEGORY,
        lambda _deps: category(INHERITED, tags=OLD),
        lambda _deps: category(NESTED, defaultValue="untagged", tags=NEW),
    ),
    LifecycleCase(
        TAG,
        lambda _deps: {"tagKey": "team", "status": "Active"},
        lambda _deps: {"tagKey": "team", "status": "Inactive"},
        replacing=lambda _deps: {"tagKey": "owner"},
        remains=True,
    ),
    LifecycleCase(
        MONITOR, lambda _deps: {**SERVICES, "tags": OLD}, lambda _deps: {**SERVICES, "name": "all", "tags": NEW}
    ),
    LifecycleCase(MONITOR, lambda _deps: TEAM, None),
    LifecycleCase(
        SUBSCRIPTION,
        lambda deps: subscription(deps.cost_monitors, 50, tags=OLD),
        lambda deps: subscription(deps.cost_monitors[:1], 100, frequency="WEEKLY", tags=NEW),
        drifts=lambda _deps: {
            "subscribers": tuple([{"type": "EMAIL", "address": f"{name}@campus.example"}] for name in ("a", "b"))
        },
    ),
]


def test_account_of_a_subscription_is_an_output(engine: Any, deps: Any) -> None:
    created = engine.create(SUBSCRIPTION, **subscription(deps.cost_monitors, 50))
    assert created.outputs["accountId"] == "123456789012"


def test_changed_monitor_specification_replaces(engine: Any) -> None:
    monitor = engine.create(MONITOR, **TEAM)
    other = json.dumps({"Tags": {"Key": "user:team", "Values": ["other"]}})
    changes = engine.diff(monitor, **{**TEAM, "monitorSpecification": other}).changes
    assert [(change.path, change.replace) for change in changes] == [("monitorSpecification", True)]


def test_second_service_monitor_is_rejected(engine: Any) -> None:
    engine.create(MONITOR, "first", **SERVICES)
    with pytest.raises(AwsError, match="LimitExceededException"):
        engine.create(MONITOR, "second", **SERVICES)


def test_changes_outside_the_program_are_drift(engine: Any, client: Any) -> None:
    monitor = engine.create(MONITOR, **SERVICES)
    active = engine.create(TAG, tagKey="team", status="Active")
    alerts = engine.create(SUBSCRIPTION, **subscription([monitor.id], 50))
    ce = client("ce")
    ce.update_cost_allocation_tags_status(CostAllocationTagsStatus=[{"TagKey": "team", "Status": "Inactive"}])
    subscribers = [{"Type": "EMAIL", "Address": "other@campus.example"}]
    ce.update_anomaly_subscription(SubscriptionArn=alerts.id, Subscribers=subscribers)
    assert engine.drift(active) == ["status"]
    assert engine.drift(alerts) == ["subscribers[0].address"]
    ce.delete_anomaly_subscription(SubscriptionArn=alerts.id)
    ce.delete_anomaly_monitor(MonitorArn=monitor.id)
    assert engine.read(alerts) is None
    assert engine.read(monitor) is None
