"""CloudWatch Logs: log groups, metric filters and resource policies."""

from typing import Any

from rehearsal.providers.aws.calls import Args, input_shape
from rehearsal.providers.aws.context import OperationContext, by_arn, by_id, no_args
from rehearsal.providers.aws.mapping import members, to_aws
from rehearsal.providers.aws.table import ApiCall, AutoName, CustomUpdate, EmulatedType, find_by_id, from_response
from rehearsal.providers.aws.tags import TagOperations
from rehearsal.providers.values import Properties


def _set_retention(context: OperationContext) -> None:
    days = context.inputs.get("retentionInDays")
    if days:
        context.call("put_retention_policy", {"logGroupName": context.id, "retentionInDays": days})
    elif not context.creating:
        context.call("delete_retention_policy", {"logGroupName": context.id})


def _set_key(context: OperationContext) -> None:
    key = context.inputs.get("kmsKeyId")
    if key:
        context.call("associate_kms_key", {"logGroupName": context.id, "kmsKeyId": key})
    else:
        context.call("disassociate_kms_key", {"logGroupName": context.id})


def _set_deletion_protection(context: OperationContext) -> None:
    args = {
        "logGroupIdentifier": context.id,
        "deletionProtectionEnabled": context.inputs.get("deletionProtectionEnabled"),
    }
    context.call("put_log_group_deletion_protection", args)


_METRIC_NAMES = {"name": "metricName", "namespace": "metricNamespace", "value": "metricValue"}


def _metric_filter_args(context: OperationContext) -> Args:
    transformation = members(input_shape("logs", "put_metric_filter"))["metricTransformations"]
    return {
        "filterName": context.inputs["name"],
        "logGroupName": context.inputs["logGroupName"],
        "filterPattern": context.inputs.get("pattern", ""),
        "metricTransformations": to_aws(transformation, [context.inputs["metricTransformation"]], _METRIC_NAMES),
    }


def _read_transformation(item: Any) -> Properties:
    transformation = item["metricTransformations"][0]
    outputs = {name: transformation.get(member) for name, member in _METRIC_NAMES.items()}
    return {
        **outputs,
        **{key: value for key, value in transformation.items() if key in {"dimensions", "unit"} and value},
        **(
            {"defaultValue": f"{transformation['defaultValue']:g}"}
            if transformation.get("defaultValue") is not None
            else {}
        ),
    }


def _policy_args(context: OperationContext) -> Args:
    return {"policyName": context.inputs["policyName"], "policyDocument": context.inputs["policyDocument"]}


def _put_policy(context: OperationContext) -> None:
    context.call("put_resource_policy", _policy_args(context))


TYPES = (
    EmulatedType(
        tokens=("aws:cloudwatch/logGroup:LogGroup",),
        service="logs",
        id="{name}",
        id_argument="logGroupName",
        create=ApiCall("create_log_group"),
        read=ApiCall("describe_log_groups", args=by_id("logGroupNamePrefix")),
        item=find_by_id("logGroups", "logGroupName"),
        update=[
            CustomUpdate(inputs=("retentionInDays",), run=_set_retention),
            CustomUpdate(inputs=("kmsKeyId",), run=_set_key, on_create=False),
            CustomUpdate(inputs=("deletionProtectionEnabled",), run=_set_deletion_protection, on_create=False),
        ],
        delete=ApiCall("delete_log_group"),
        names={"name": "logGroupName"},
        autoname=AutoName(max_length=512),
        defaults={"retentionInDays": 0, "skipDestroy": False},
        state_only=("skipDestroy",),
        outputs={
            "arn": from_response(lambda item: item["arn"].removesuffix(":*")),
            "retentionInDays": from_response(lambda item: item.get("retentionInDays", 0)),
            "kmsKeyId": "kmsKeyId",
        },
        tagging=TagOperations(
            "tag_resource",
            "untag_resource",
            by_arn("resourceArn"),
            list="list_tags_for_resource",
        ),
    ),
    EmulatedType(
        tokens=("aws:cloudwatch/logMetricFilter:LogMetricFilter",),
        service="logs",
        id="{name}",
        create=ApiCall(
            "put_metric_filter",
            args=_metric_filter_args,
            covers_inputs=("name", "logGroupName", "pattern", "metricTransformation"),
        ),
        read=ApiCall(
            "describe_metric_filters",
            args=lambda context: {"logGroupName": context.get("logGroupName"), "filterNamePrefix": context.id},
        ),
        item=find_by_id("metricFilters", "filterName"),
        update=[
            ApiCall("put_metric_filter", args=_metric_filter_args, covers_inputs=("pattern", "metricTransformation"))
        ],
        delete=ApiCall(
            "delete_metric_filter",
            args=lambda context: {"logGroupName": context.get("logGroupName"), "filterName": context.id},
        ),
        autoname=AutoName(max_length=512),
        names={"name": "filterName", "pattern": "filterPattern"},
        outputs={"metricTransformation": from_response(_read_transformation)},
        import_inputs=lambda text: dict(zip(("logGroupName", "name"), text.split(":"), strict=False)),
    ),
    EmulatedType(
        tokens=("aws:cloudwatch/logResourcePolicy:LogResourcePolicy",),
        service="logs",
        id="{policyName}",
        id_argument="policyName",
        create=ApiCall("put_resource_policy", args=_policy_args, covers_inputs=("policyName", "policyDocument")),
        read=ApiCall("describe_resource_policies", args=no_args),
        item=find_by_id("resourcePolicies", "policyName"),
        update=[CustomUpdate(inputs=("policyDocument",), run=_put_policy, on_create=False)],
        delete=ApiCall("delete_resource_policy", args=by_id("policyName")),
    ),
)
