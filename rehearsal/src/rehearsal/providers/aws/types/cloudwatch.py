"""CloudWatch: metric alarms."""

from collections.abc import Mapping
from typing import Any

from rehearsal.providers.aws.calls import Args, input_shape
from rehearsal.providers.aws.context import OperationContext, by_arn
from rehearsal.providers.aws.mapping import element_shape, members, to_aws
from rehearsal.providers.aws.table import ApiCall, AutoName, EmulatedType, from_response
from rehearsal.providers.aws.tags import TagOperations
from rehearsal.providers.values import Properties

_METRIC_MEMBERS = {"metricName": "MetricName", "namespace": "Namespace", "dimensions": "Dimensions"}


def _metric_queries(context: OperationContext) -> Args:
    """Build metric queries.

    In the SDK, one object contains both a metric and its statistic. AWS has one object for each.
    """
    queries = context.inputs.get("metricQueries")
    if not queries:
        return {}
    shape = element_shape(members(input_shape("cloudwatch", "put_metric_alarm"))["Metrics"])
    metrics = []
    for query in queries:
        inputs = {name: value for name, value in query.items() if name != "metric"}
        if query.get("metric"):
            metric = query["metric"]
            inputs["metricStat"] = {
                "metric": {name: metric[name] for name in _METRIC_MEMBERS if metric.get(name)},
                **{name: value for name, value in metric.items() if name not in _METRIC_MEMBERS},
            }
        metrics.append(to_aws(shape, inputs, {}))
    return {"Metrics": metrics}


def _read_queries(item: Any) -> list[Properties] | None:
    return [_read_query(query) for query in item.get("Metrics", [])] or None


def _read_query(query: Mapping[str, Any]) -> Properties:
    names = {"Id": "id", "Expression": "expression", "Label": "label", "ReturnData": "returnData", "Period": "period"}
    outputs = {names[key]: value for key, value in query.items() if key in names and value is not None}
    statistic = query.get("MetricStat")
    if statistic:
        metric = statistic["Metric"]
        outputs["metric"] = {
            "metricName": metric.get("MetricName"),
            "namespace": metric.get("Namespace"),
            "dimensions": {dimension["Name"]: dimension["Value"] for dimension in metric.get("Dimensions", [])},
            "period": statistic.get("Period"),
            "stat": statistic.get("Stat"),
            "unit": statistic.get("Unit"),
        }
        outputs["metric"] = {name: value for name, value in outputs["metric"].items() if value not in (None, {})}
    return outputs


TYPES = (
    EmulatedType(
        tokens=("aws:cloudwatch/metricAlarm:MetricAlarm",),
        service="cloudwatch",
        id="{name}",
        id_argument="AlarmName",
        create=ApiCall("put_metric_alarm", extra_args=_metric_queries, covers_inputs=("metricQueries",)),
        read=ApiCall("describe_alarms"),
        item="MetricAlarms[0]",
        update=[
            ApiCall("put_metric_alarm", full_replace=True, extra_args=_metric_queries, covers_inputs=("metricQueries",))
        ],
        delete=ApiCall("delete_alarms"),
        names={"name": "AlarmName", "arn": "AlarmArn"},
        autoname=AutoName(max_length=255),
        defaults={"actionsEnabled": True, "treatMissingData": "missing"},
        outputs={"metricQueries": from_response(_read_queries)},
        tagging=TagOperations(
            "tag_resource",
            "untag_resource",
            by_arn("ResourceARN"),
            list="list_tags_for_resource",
        ),
    ),
)
