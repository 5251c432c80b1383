"""EC2 Auto Scaling: what a group's sizes are at which time of day."""

from typing import Any

from rehearsal.providers.aws.calls import Args
from rehearsal.providers.aws.table import ResourceType, of_item, op
from rehearsal.providers.aws.work import Work

UNCHANGED = -1
"""How the provider says that a size stays as it is; AWS is then not told any."""
_SIZES = {"desiredCapacity": "DesiredCapacity", "maxSize": "MaxSize", "minSize": "MinSize"}
_TIMES = {"startTime": "StartTime", "endTime": "EndTime", "recurrence": "Recurrence", "timeZone": "TimeZone"}
_INPUTS = ("autoscalingGroupName", "scheduledActionName", *_SIZES, *_TIMES)


def _named(work: Work) -> Args:
    return {
        "AutoScalingGroupName": work.get("autoscalingGroupName"),
        "ScheduledActionName": work.get("scheduledActionName"),
    }


def _put(work: Work) -> Args:
    sizes = {member: work.new.get(name) for name, member in _SIZES.items()}
    return {
        **_named(work),
        **{member: size for member, size in sizes.items() if size != UNCHANGED},
        **{member: work.new.get(name) for name, member in _TIMES.items()},
    }


def _find(work: Work) -> Args:
    named = _named(work)
    return {
        "AutoScalingGroupName": named["AutoScalingGroupName"],
        "ScheduledActionNames": [named["ScheduledActionName"]],
    }


def _size(member: str) -> Any:
    return of_item(lambda item: item.get(member, UNCHANGED))


def _from_id(resource_id: str) -> dict[str, Any]:
    group, _, name = resource_id.partition("/")
    return {"autoscalingGroupName": group, "scheduledActionName": name, "id": name}


TYPES = (
    ResourceType(
        tokens=("aws:autoscaling/schedule:Schedule",),
        service="autoscaling",
        id="{scheduledActionName}",
        create=op("put_scheduled_update_group_action", _put, inputs=_INPUTS),
        read=op("describe_scheduled_actions", _find),
        update=[op("put_scheduled_update_group_action", _put, inputs=_INPUTS, whole=True)],
        delete=op("delete_scheduled_action", _named),
        names={"autoscalingGroupName": "AutoScalingGroupName", "arn": "ScheduledActionARN"},
        outputs={name: _size(member) for name, member in _SIZES.items()},
        force=("autoscalingGroupName", "scheduledActionName"),
        import_inputs=_from_id,
    ),
)
