"""CloudTrail: trails and their event and insight selectors."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from rehearsal.providers.aws.calls import Args, input_shape
from rehearsal.providers.aws.context import OperationContext, by_id
from rehearsal.providers.aws.mapping import members, to_aws
from rehearsal.providers.aws.table import ApiCall, CustomUpdate, EmulatedType, ExtraRead, from_response
from rehearsal.providers.aws.tags import Tags, tags_from_aws, tags_to_aws
from rehearsal.providers.values import Properties

_DEFAULT_SELECTORS = [{"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": []}]
"""Event selectors of a trail whose selectors were never set."""


def _by_name(context: OperationContext) -> Args:
    return {"Name": context.get("name")}


def _switch_logging(context: OperationContext) -> None:
    context.call("start_logging" if context.inputs.get("enableLogging", True) else "stop_logging", _by_name(context))


def _select_events(context: OperationContext) -> None:
    target = {"TrailName": context.get("name")}
    shape = members(input_shape("cloudtrail", "put_event_selectors"))
    for name, member in (("advancedEventSelectors", "AdvancedEventSelectors"), ("eventSelectors", "EventSelectors")):
        if context.inputs.get(name):
            context.call("put_event_selectors", {**target, member: to_aws(shape[member], context.inputs[name], {})})
            return
    context.call("put_event_selectors", {**target, "EventSelectors": _DEFAULT_SELECTORS})


def _select_insights(context: OperationContext) -> None:
    selectors = [{"InsightType": selector["insightType"]} for selector in context.inputs.get("insightSelectors") or []]
    context.call("put_insight_selectors", {"TrailName": context.get("name"), "InsightSelectors": selectors})


def _by_trail_name(context: OperationContext) -> Args:
    return {"TrailName": context.get("name")}


def _event_selectors(response: Any) -> list[Properties] | None:
    """Return the event selectors, or None if they are the default selectors."""
    selectors = response.get("EventSelectors") or []
    outputs = [
        {
            "readWriteType": selector.get("ReadWriteType", "All"),
            "includeManagementEvents": selector.get("IncludeManagementEvents", True),
            "dataResources": [
                {"type": resource["Type"], "values": resource["Values"]}
                for resource in selector.get("DataResources") or []
            ],
        }
        for selector in selectors
    ]
    return None if not selectors or selectors == _DEFAULT_SELECTORS else outputs


@dataclass(frozen=True)
class TrailTags:
    """Tags of CloudTrail, whose operations accept a `TagsList` and several resources."""

    def on_create(self, service: str, operation: str, tags: Tags) -> Args:
        """Return the argument with the tags of a new trail."""
        return {"TagsList": tags_to_aws(members(input_shape(service, operation))["TagsList"], tags)}

    def write(self, context: OperationContext, tags: Tags, removed_keys: Iterable[str]) -> None:
        """Set all tags and remove the given keys."""
        keys = [{"Key": key} for key in removed_keys]
        if keys:
            context.call("remove_tags", {"ResourceId": context.id, "TagsList": keys})
        if tags:
            context.call("add_tags", {"ResourceId": context.id, **self.on_create("cloudtrail", "add_tags", tags)})

    def read(self, context: OperationContext, item: Any) -> Tags | None:  # noqa: ARG002  # the item has none
        """Return the live tags."""
        resources = context.call("list_tags", {"ResourceIdList": [context.id]})["ResourceTagList"]
        return tags_from_aws(resources[0]["TagsList"]) if resources else {}


TYPES = (
    EmulatedType(
        tokens=("aws:cloudtrail/trail:Trail",),
        service="cloudtrail",
        id="TrailARN",
        create=ApiCall("create_trail"),
        read=ApiCall("get_trail", args=by_id("Name")),
        item="Trail",
        update=[
            CustomUpdate(inputs=("advancedEventSelectors", "eventSelectors"), run=_select_events),
            CustomUpdate(inputs=("insightSelectors",), run=_select_insights),
            CustomUpdate(inputs=("enableLogging",), run=_switch_logging, always_on_create=True),
            ApiCall("update_trail", extra_args=_by_name),
        ],
        delete=ApiCall("delete_trail", args=_by_name),
        names={
            "arn": "TrailARN",
            "cloudWatchLogsGroupArn": "CloudWatchLogsLogGroupArn",
        },
        force_new=("name",),
        defaults={
            "enableLogging": True,
            "enableLogFileValidation": False,
            "includeGlobalServiceEvents": True,
            "isMultiRegionTrail": False,
            "isOrganizationTrail": False,
        },
        outputs={
            "enableLogFileValidation": "LogFileValidationEnabled",
            "homeRegion": from_response(lambda item: str(item["TrailARN"]).split(":")[3]),
        },
        extra_reads=[
            ExtraRead(
                "get_event_selectors",
                args=_by_trail_name,
                outputs={
                    "advancedEventSelectors": "AdvancedEventSelectors",
                    "eventSelectors": from_response(_event_selectors),
                },
            ),
            ExtraRead("get_insight_selectors", args=_by_trail_name, outputs={"insightSelectors": "InsightSelectors"}),
            ExtraRead("get_trail_status", args=_by_name, outputs={"enableLogging": "IsLogging"}),
        ],
        tagging=TrailTags(),
        import_inputs=lambda arn: {"name": arn.rpartition("/")[2]},
    ),
)
