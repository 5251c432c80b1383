"""Cost Explorer: cost categories, cost allocation tags, anomaly monitors and their subscriptions."""

import json
from typing import Any

from rehearsal.providers.aws.calls import Args
from rehearsal.providers.aws.table import ResourceType, Step, of_item, of_work, op
from rehearsal.providers.aws.tags import TagCalls
from rehearsal.providers.aws.work import Work
from rehearsal.providers.values import Properties

_LISTS = {"ands": "And", "ors": "Or"}
_LEAVES = {"costCategory": "CostCategories", "dimension": "Dimensions", "tags": "Tags"}
_LEAF = {"key": "Key", "values": "Values", "matchOptions": "MatchOptions"}


def _expression(wanted: Properties) -> Args:
    """A cost expression in AWS's form, which names its parts otherwise than the SDK."""
    found: Args = {
        member: [_expression(one) for one in wanted[name]] for name, member in _LISTS.items() if wanted.get(name)
    }
    found |= {
        member: {inner: wanted[name][key] for key, inner in _LEAF.items() if wanted[name].get(key)}
        for name, member in _LEAVES.items()
        if wanted.get(name)
    }
    return {**found, "Not": _expression(wanted["not"])} if wanted.get("not") else found


def _read_expression(item: Any) -> Properties:
    found: Properties = {
        name: [_read_expression(one) for one in item[member]] for name, member in _LISTS.items() if item.get(member)
    }
    found |= {
        name: {key: item[member][inner] for key, inner in _LEAF.items() if item[member].get(inner)}
        for name, member in _LEAVES.items()
        if item.get(member)
    }
    return {**found, "not": _read_expression(item["Not"])} if item.get("Not") else found


def _rule(wanted: Properties) -> Args:
    inherited = wanted.get("inheritedValue")
    return {
        "Value": wanted.get("value"),
        "Type": wanted.get("type"),
        "Rule": _expression(wanted["rule"]) if wanted.get("rule") else None,
        "InheritedValue": inherited
        and {"DimensionName": inherited.get("dimensionName"), "DimensionKey": inherited.get("dimensionKey")},
    }


def _read_rule(item: Any) -> Properties:
    inherited = item.get("InheritedValue")
    found = {
        "value": item.get("Value"),
        "type": item.get("Type"),
        "rule": _read_expression(item["Rule"]) if item.get("Rule") else None,
        "inheritedValue": inherited
        and {"dimensionName": inherited.get("DimensionName"), "dimensionKey": inherited.get("DimensionKey")},
    }
    return {name: value for name, value in found.items() if value}


def _rules(work: Work) -> Args:
    return {"Rules": [_rule(one) for one in work.new["rules"]]}


def _monitor(work: Work) -> Args:
    specification = work.new.get("monitorSpecification")
    monitor = {
        "MonitorName": work.new["name"],
        "MonitorType": work.new["monitorType"],
        "MonitorDimension": work.new.get("monitorDimension"),
        "MonitorSpecification": json.loads(specification) if specification else None,
    }
    return {"AnomalyMonitor": {name: value for name, value in monitor.items() if value is not None}}


def _specification(work: Work, item: Any) -> str | None:
    """JSON as the program wrote it, as long as it says what AWS has."""
    live, written = item.get("MonitorSpecification"), work.get("monitorSpecification")
    if live is None:
        return None
    return str(written) if written and json.loads(written) == live else json.dumps(live)


def _subscription(work: Work) -> Args:
    threshold = work.new.get("thresholdExpression")
    return {
        "SubscriptionName": work.new["name"],
        "Frequency": work.new["frequency"],
        "MonitorArnList": work.new["monitorArnLists"],
        "Subscribers": [{"Type": one["type"], "Address": one["address"]} for one in work.new["subscribers"]],
        "ThresholdExpression": _expression(threshold) if threshold else None,
    }


def _update_subscription(work: Work) -> None:
    wanted = {name: value for name, value in _subscription(work).items() if name != "SubscriptionName"}
    work.call("update_anomaly_subscription", {"SubscriptionArn": work.id, **wanted})


def _set_tag(work: Work, status: str) -> Args:
    return {"CostAllocationTagsStatus": [{"TagKey": work.get("tagKey"), "Status": status}]}


def _found_tag(work: Work, answer: Any) -> Any:
    return next((one for one in answer["CostAllocationTags"] if one["TagKey"] == work.get("tagKey", work.id)), None)


_TAGGING = TagCalls(
    "tag_resource", "untag_resource", lambda work: {"ResourceArn": work.id}, list="list_tags_for_resource"
)

TYPES = (
    ResourceType(
        tokens=("aws:costexplorer/costCategory:CostCategory",),
        service="ce",
        id="CostCategoryArn",
        create=op("create_cost_category_definition", beside=_rules, carries=("rules",)),
        read=op("describe_cost_category_definition"),
        update=[op("update_cost_category_definition", whole=True, beside=_rules, carries=("rules",))],
        delete=op("delete_cost_category_definition"),
        arn="{id}",
        force=("name",),
        outputs={"rules": of_item(lambda item: [_read_rule(one) for one in item["Rules"]])},
        tagging=_TAGGING,
    ),
    ResourceType(
        tokens=("aws:costexplorer/costAllocationTag:CostAllocationTag",),
        service="ce",
        id="{tagKey}",
        create=op(
            "update_cost_allocation_tags_status",
            lambda work: _set_tag(work, work.new["status"]),
            inputs=("tagKey", "status"),
        ),
        read=op("list_cost_allocation_tags", lambda work: {"TagKeys": [work.id]}),
        item=_found_tag,
        update=[
            op(
                "update_cost_allocation_tags_status",
                lambda work: _set_tag(work, work.new["status"]),
                inputs=("status",),
            )
        ],
        delete=op("update_cost_allocation_tags_status", lambda work: _set_tag(work, "Inactive")),
    ),
    ResourceType(
        tokens=("aws:costexplorer/anomalyMonitor:AnomalyMonitor",),
        service="ce",
        id="MonitorArn",
        create=op(
            "create_anomaly_monitor",
            _monitor,
            inputs=("name", "monitorType", "monitorDimension", "monitorSpecification"),
        ),
        read=op("get_anomaly_monitors", lambda work: {"MonitorArnList": [work.id]}),
        update=[op("update_anomaly_monitor")],
        delete=op("delete_anomaly_monitor"),
        names={"name": "MonitorName"},
        arn="{id}",
        outputs={"monitorSpecification": _specification},
        tagging=_TAGGING,
    ),
    ResourceType(
        tokens=("aws:costexplorer/anomalySubscription:AnomalySubscription",),
        service="ce",
        id="SubscriptionArn",
        create=op(
            "create_anomaly_subscription",
            lambda work: {"AnomalySubscription": _subscription(work)},
            inputs=("name", "frequency", "monitorArnLists", "subscribers", "thresholdExpression"),
        ),
        read=op("get_anomaly_subscriptions", lambda work: {"SubscriptionArnList": [work.id]}),
        update=[
            Step(
                inputs=("frequency", "monitorArnLists", "subscribers", "thresholdExpression"),
                run=_update_subscription,
                on_create=False,
            )
        ],
        delete=op("delete_anomaly_subscription"),
        names={"name": "SubscriptionName", "monitorArnLists": "MonitorArnList"},
        arn="{id}",
        outputs={
            "accountId": of_work(lambda work: work.account),
            "subscribers": of_item(
                lambda item: [{"type": one["Type"], "address": one["Address"]} for one in item["Subscribers"]]
            ),
            "thresholdExpression": of_item(
                lambda item: _read_expression(item["ThresholdExpression"]) if item.get("ThresholdExpression") else None
            ),
        },
        tagging=_TAGGING,
    ),
)
