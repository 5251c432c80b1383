"""EC2 Auto Scaling: scheduled actions."""

from typing import Any

from rehearsal.providers.aws.calls import Args
from rehearsal.providers.aws.context import OperationContext
from rehearsal.providers.aws.table import ApiCall, EmulatedType, OutputFunction, from_response

UNCHANGED = -1
"""Value of the real provider for "keep the current size". Such a size is not sent to AWS."""
_SIZES = {"desiredCapacity": "DesiredCapacity", "maxSize": "MaxSize", "minSize": "MinSize"}
_TIMES = {"startTime": "StartTime", "endTime": "EndTime", "recurrence": "Recurrence", "timeZone": "TimeZone"}
_INPUTS = ("autoscalingGroupName", "scheduledActionName", *_SIZES, *_TIMES)


def _action_key(context: OperationContext) -> Args:
    return {
        "AutoScalingGroupName": context.get("autoscalingGroupName"),
        "ScheduledActionName": context.get("scheduledActionName"),
    }


def _put_args(context: OperationContext) -> Args:
    sizes = {member: context.inputs.get(name) for name, member in _SIZES.items()}
    return {
        **_action_key(context),
        **{member: size for member, size in sizes.items() if size != UNCHANGED},
        **{member: context.inputs.get(name) for name, member in _TIMES.items()},
    }


def _describe_args(context: OperationContext) -> Args:
    key = _action_key(context)
    return {
        "AutoScalingGroupName": key["AutoScalingGroupName"],
        "ScheduledActionNames": [key["ScheduledActionName"]],
    }


def _size_output(member: str) -> OutputFunction:
    return from_response(lambda item: item.get(member, UNCHANGED))


def _inputs_from_id(resource_id: str) -> dict[str, Any]:
    group, _, name = resource_id.partition("/")
    return {"autoscalingGroupName": group, "scheduledActionName": name, "id": name}


TYPES = (
    EmulatedType(
        tokens=("aws:autoscaling/schedule:Schedule",),
        service="autoscaling",
        id="{scheduledActionName}",
        create=ApiCall("put_scheduled_update_group_action", args=_put_args, covers_inputs=_INPUTS),
        read=ApiCall("describe_scheduled_actions", args=_describe_args),
        update=[ApiCall("put_scheduled_update_group_action", args=_put_args, covers_inputs=_INPUTS, full_replace=True)],
        delete=ApiCall("delete_scheduled_action", args=_action_key),
        names={"autoscalingGroupName": "AutoScalingGroupName", "arn": "ScheduledActionARN"},
        outputs={name: _size_output(member) for name, member in _SIZES.items()},
        force_new=("autoscalingGroupName", "scheduledActionName"),
        import_inputs=_inputs_from_id,
    ),
)
