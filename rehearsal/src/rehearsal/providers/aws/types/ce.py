"""Cost Explorer: cost categories, cost allocation tags, anomaly detection."""

import json
from typing import Any

from rehearsal.providers.aws.calls import Args
from rehearsal.providers.aws.context import OperationContext, by_id, by_ids
from rehearsal.providers.aws.table import ApiCall, CustomUpdate, EmulatedType, from_context, from_response
from rehearsal.providers.aws.tags import TagOperations
from rehearsal.providers.values import Properties

_LISTS = {"ands": "And", "ors": "Or"}
_CONDITIONS = {"costCategory": "CostCategories", "dimension": "Dimensions", "tags": "Tags"}
_CONDITION_FIELDS = {"key": "Key", "values": "Values", "matchOptions": "MatchOptions"}


def _expression(inputs: Properties) -> Args:
    """Build a cost expression.

    Its members have different names in AWS and in the SDK.
    """
    expression: Args = {
        member: [_expression(operand) for operand in inputs[name]]
        for name, member in _LISTS.items()
        if inputs.get(name)
    }
    expression |= {
        member: {inner: inputs[name][key] for key, inner in _CONDITION_FIELDS.items() if inputs[name].get(key)}
        for name, member in _CONDITIONS.items()
        if inputs.get(name)
    }
    return {**expression, "Not": _expression(inputs["not"])} if inputs.get("not") else expression


def _read_expression(item: Any) -> Properties:
    expression: Properties = {
        name: [_read_expression(operand) for operand in item[member]]
        for name, member in _LISTS.items()
        if item.get(member)
    }
    expression |= {
        name: {key: item[member][inner] for key, inner in _CONDITION_FIELDS.items() if item[member].get(inner)}
        for name, member in _CONDITIONS.items()
        if item.get(member)
    }
    return {**expression, "not": _read_expression(item["Not"])} if item.get("Not") else expression


def _rule(inputs: Properties) -> Args:
    inherited = inputs.get("inheritedValue")
    return {
        "Value": inputs.get("value"),
        "Type": inputs.get("type"),
        "Rule": _expression(inputs["rule"]) if inputs.get("rule") else None,
        "InheritedValue": inherited
        and {"DimensionName": inherited.get("dimensionName"), "DimensionKey": inherited.get("dimensionKey")},
    }


def _read_rule(item: Any) -> Properties:
    inherited = item.get("InheritedValue")
    rule = {
        "value": item.get("Value"),
        "type": item.get("Type"),
        "rule": _read_expression(item["Rule"]) if item.get("Rule") else None,
        "inheritedValue": inherited
        and {"dimensionName": inherited.get("DimensionName"), "dimensionKey": inherited.get("DimensionKey")},
    }
    return {name: value for name, value in rule.items() if value}


def _rule_args(context: OperationContext) -> Args:
    return {"Rules": [_rule(rule) for rule in context.inputs["rules"]]}


def _monitor_args(context: OperationContext) -> Args:
    specification = context.inputs.get("monitorSpecification")
    monitor = {
        "MonitorName": context.inputs["name"],
        "MonitorType": context.inputs["monitorType"],
        "MonitorDimension": context.inputs.get("monitorDimension"),
        "MonitorSpecification": json.loads(specification) if specification else None,
    }
    return {"AnomalyMonitor": {name: value for name, value in monitor.items() if value is not None}}


def _monitor_specification(context: OperationContext, item: Any) -> str | None:
    """Return the specification: the program's JSON text if it is equivalent to AWS's."""
    live, written = item.get("MonitorSpecification"), context.get("monitorSpecification")
    if live is None:
        return None
    return str(written) if written and json.loads(written) == live else json.dumps(live)


def _subscription(context: OperationContext) -> Args:
    threshold = context.inputs.get("thresholdExpression")
    return {
        "SubscriptionName": context.inputs["name"],
        "Frequency": context.inputs["frequency"],
        "MonitorArnList": context.inputs["monitorArnLists"],
        "Subscribers": [
            {"Type": subscriber["type"], "Address": subscriber["address"]}
            for subscriber in context.inputs["subscribers"]
        ],
        "ThresholdExpression": _expression(threshold) if threshold else None,
    }


def _update_subscription(context: OperationContext) -> None:
    changes = {name: value for name, value in _subscription(context).items() if name != "SubscriptionName"}
    context.call("update_anomaly_subscription", {"SubscriptionArn": context.id, **changes})


def _tag_status(context: OperationContext, status: str) -> Args:
    return {"CostAllocationTagsStatus": [{"TagKey": context.get("tagKey"), "Status": status}]}


def _find_tag(context: OperationContext, response: Any) -> Any:
    return next(
        (tag for tag in response["CostAllocationTags"] if tag["TagKey"] == context.get("tagKey", context.id)), None
    )


_TAGGING = TagOperations("tag_resource", "untag_resource", by_id("ResourceArn"), list="list_tags_for_resource")
TYPES = (
    EmulatedType(
        tokens=("aws:costexplorer/costCategory:CostCategory",),
        service="ce",
        id="CostCategoryArn",
        create=ApiCall("create_cost_category_definition", extra_args=_rule_args, covers_inputs=("rules",)),
        read=ApiCall("describe_cost_category_definition"),
        update=[
            ApiCall(
                "update_cost_category_definition", full_replace=True, extra_args=_rule_args, covers_inputs=("rules",)
            )
        ],
        delete=ApiCall("delete_cost_category_definition"),
        arn="{id}",
        force_new=("name",),
        outputs={"rules": from_response(lambda item: [_read_rule(rule) for rule in item["Rules"]])},
        tagging=_TAGGING,
    ),
    EmulatedType(
        tokens=("aws:costexplorer/costAllocationTag:CostAllocationTag",),
        service="ce",
        id="{tagKey}",
        create=ApiCall(
            "update_cost_allocation_tags_status",
            args=lambda context: _tag_status(context, context.inputs["status"]),
            covers_inputs=("tagKey", "status"),
        ),
        read=ApiCall("list_cost_allocation_tags", args=by_ids("TagKeys")),
        item=_find_tag,
        update=[
            ApiCall(
                "update_cost_allocation_tags_status",
                args=lambda context: _tag_status(context, context.inputs["status"]),
                covers_inputs=("status",),
            )
        ],
        delete=ApiCall("update_cost_allocation_tags_status", args=lambda context: _tag_status(context, "Inactive")),
    ),
    EmulatedType(
        tokens=("aws:costexplorer/anomalyMonitor:AnomalyMonitor",),
        service="ce",
        id="MonitorArn",
        create=ApiCall(
            "create_anomaly_monitor",
            args=_monitor_args,
            covers_inputs=("name", "monitorType", "monitorDimension", "monitorSpecification"),
        ),
        read=ApiCall("get_anomaly_monitors", args=by_ids("MonitorArnList")),
        update=[ApiCall("update_anomaly_monitor")],
        delete=ApiCall("delete_anomaly_monitor"),
        names={"name": "MonitorName"},
        arn="{id}",
        outputs={"monitorSpecification": _monitor_specification},
        tagging=_TAGGING,
    ),
    EmulatedType(
        tokens=("aws:costexplorer/anomalySubscription:AnomalySubscription",),
        service="ce",
        id="SubscriptionArn",
        create=ApiCall(
            "create_anomaly_subscription",
            args=lambda context: {"AnomalySubscription": _subscription(context)},
            covers_inputs=("name", "frequency", "monitorArnLists", "subscribers", "thresholdExpression"),
        ),
        read=ApiCall("get_anomaly_subscriptions", args=by_ids("SubscriptionArnList")),
        update=[
            CustomUpdate(
                inputs=("frequency", "monitorArnLists", "subscribers", "thresholdExpression"),
                run=_update_subscription,
                on_create=False,
            )
        ],
        delete=ApiCall("delete_anomaly_subscription"),
        names={"name": "SubscriptionName", "monitorArnLists": "MonitorArnList"},
        arn="{id}",
        outputs={
            "accountId": from_context(lambda context: context.account),
            "subscribers": from_response(
                lambda item: [
                    {"type": subscriber["Type"], "address": subscriber["Address"]} for subscriber in item["Subscribers"]
                ]
            ),
            "thresholdExpression": from_response(
                lambda item: _read_expression(item["ThresholdExpression"]) if item.get("ThresholdExpression") else None
            ),
        },
        tagging=_TAGGING,
    ),
)
