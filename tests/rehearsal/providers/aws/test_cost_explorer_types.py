"""Cost categories, cost allocation tags, anomaly monitors and subscriptions live through create, change and delete."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from rehearsal.providers.aws.calls import AwsError

CATEGORY = "aws:costexplorer/costCategory:CostCategory"
TAG = "aws:costexplorer/costAllocationTag:CostAllocationTag"
MONITOR = "aws:costexplorer/anomalyMonitor:AnomalyMonitor"
SUBSCRIPTION = "aws:costexplorer/anomalySubscription:AnomalySubscription"
OLD, NEW = {"Name": "old", "owner": "ops"}, {"Name": "new"}

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


@pytest.mark.parametrize(
    ("token", "first", "second"),
    [
        (CATEGORY, category(INHERITED, tags=OLD), category(NESTED, defaultValue="untagged", tags=NEW)),
        (TAG, {"tagKey": "team", "status": "Inactive"}, {"tagKey": "team", "status": "Active"}),
        (MONITOR, {**SERVICES, "tags": OLD}, {**SERVICES, "name": "all", "tags": NEW}),
        (MONITOR, TEAM, None),
    ],
)
def test_a_resource_lives_its_whole_life(
    live_through: Callable[..., Any], token: str, first: dict[str, Any], second: dict[str, Any] | None
) -> None:
    assert live_through(token, first, second).urn.type == token


def test_a_subscription_lives_its_whole_life(world: Any, live_through: Callable[..., Any]) -> None:
    monitors = [world.make(MONITOR, "a", **SERVICES).id, world.make(MONITOR, "b", **TEAM).id]
    first, second = subscription(monitors, 50, tags=OLD), subscription(monitors[:1], 100, frequency="WEEKLY", tags=NEW)
    assert live_through(SUBSCRIPTION, first, second).outputs["accountId"] == "123456789012"


def test_a_monitor_that_watches_something_else_is_another_monitor(world: Any) -> None:
    monitor = world.make(MONITOR, **TEAM)
    other = json.dumps({"Tags": {"Key": "user:team", "Values": ["other"]}})
    changes = world.diff(monitor, **{**TEAM, "monitorSpecification": other}).changes
    assert [(change.path, change.replace) for change in changes] == [("monitorSpecification", True)]


def test_a_second_monitor_over_the_services_is_refused(world: Any) -> None:
    world.make(MONITOR, "first", **SERVICES)
    with pytest.raises(AwsError, match="LimitExceededException"):
        world.make(MONITOR, "second", **SERVICES)


def test_what_somebody_else_changed_is_drift(world: Any, client: Any) -> None:
    monitor = world.make(MONITOR, **SERVICES)
    active = world.make(TAG, tagKey="team", status="Active")
    alerts = world.make(SUBSCRIPTION, **subscription([monitor.id], 50))
    ce = client("ce")
    ce.update_cost_allocation_tags_status(CostAllocationTagsStatus=[{"TagKey": "team", "Status": "Inactive"}])
    subscribers = [{"Type": "EMAIL", "Address": "other@campus.example"}]
    ce.update_anomaly_subscription(SubscriptionArn=alerts.id, Subscribers=subscribers)
    assert world.drift(active) == ["status"]
    assert world.drift(alerts) == ["subscribers[0].address"]
    ce.delete_anomaly_subscription(SubscriptionArn=alerts.id)
    ce.delete_anomaly_monitor(MonitorArn=monitor.id)
    assert world.read(alerts) is None
    assert world.read(monitor) is None
