"""EC2 Auto Scaling: scheduled actions that belong to a group."""

from typing import Any, ClassVar, cast

from moto.autoscaling import models
from moto.autoscaling.exceptions import ValidationError
from moto.autoscaling.models import FakeScheduledAction
from typing_extensions import override

from rehearsal.cloud.moto_patches.moto_patch import MotoPatch
from rehearsal.cloud.patches import Patches


class AutoScalingBackend(models.AutoScalingBackend):
    """Backend that stores scheduled actions per group.

    Groups can have scheduled actions of the same name. Deleting a group deletes its scheduled actions.
    """

    original: ClassVar[type[models.AutoScalingBackend]]

    @override
    def put_scheduled_update_group_action(self, name: str, *args: Any, **settings: Any) -> FakeScheduledAction:
        if name not in self.autoscaling_groups:
            raise ValidationError("AutoScalingGroup name not found - null")
        action: Any = AutoScalingBackend.original.put_scheduled_update_group_action(self, name, *args, **settings)
        action_name = action.scheduled_action_name
        action.scheduled_action_arn = (
            f"arn:aws:autoscaling:{self.region_name}:{self.account_id}:scheduledUpdateGroupAction:"
            f"{name}:autoScalingGroupName/{name}:scheduledActionName/{action_name}"
        )
        self.scheduled_actions[_action_key(name, action_name)] = self.scheduled_actions.pop(action_name)
        return cast("FakeScheduledAction", action)

    @override
    def delete_scheduled_action(self, auto_scaling_group_name: str, scheduled_action_name: str) -> None:
        key = _action_key(auto_scaling_group_name, scheduled_action_name)
        if self.scheduled_actions.pop(key, None) is None:
            raise ValidationError("Scheduled action name not found")

    @override
    def delete_auto_scaling_group(self, group_name: str) -> None:
        AutoScalingBackend.original.delete_auto_scaling_group(self, group_name)
        delete_scheduled_actions(self, group_name)


def delete_scheduled_actions(autoscaling: models.AutoScalingBackend, group_name: str) -> None:
    """Delete the scheduled actions of a group."""
    for key, action in list(autoscaling.scheduled_actions.items()):
        if action.auto_scaling_group_name == group_name:
            del autoscaling.scheduled_actions[key]


def _action_key(group_name: str, action_name: str) -> str:
    return f"{group_name}/{action_name}"


def install(patches: Patches) -> None:
    """Patch moto's Auto Scaling."""
    patches.install(AutoScalingBackend)


MOTO_PATCHES = (
    MotoPatch(
        name="autoscaling-scheduled-actions",
        moto="stores one scheduled action per name and region, without an ARN, even if its group does not exist",
        aws="stores one scheduled action per group and name, and deletes it with its group",
        source="EC2 Auto Scaling PutScheduledUpdateGroupAction, DeleteAutoScalingGroup",
        upstream="to file: AutoScaling: Scope scheduled actions to their Auto Scaling group",
        operations=("DescribeScheduledActions", "DeleteScheduledAction"),
    ),
)
