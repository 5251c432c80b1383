"""CloudWatch: tags of deleted alarms."""

from typing import ClassVar

from moto.cloudwatch import models
from typing_extensions import override

from rehearsal.cloud.moto_patches.moto_patch import MotoPatch
from rehearsal.cloud.patches import Patches


class CloudWatchBackend(models.CloudWatchBackend):
    """Backend that deletes the tags of an alarm when it deletes the alarm."""

    original: ClassVar[type[models.CloudWatchBackend]]

    @override
    def delete_alarms(self, alarm_names: list[str]) -> None:
        arns = [self.alarms[name].alarm_arn for name in alarm_names if name in self.alarms]
        CloudWatchBackend.original.delete_alarms(self, alarm_names)
        for arn in arns:
            self.tagger.delete_all_tags_for_resource(arn)


def install(patches: Patches) -> None:
    """Patch moto's CloudWatch."""
    patches.install(CloudWatchBackend)


MOTO_PATCHES = (
    MotoPatch(
        name="cloudwatch-deleted-alarm-tags",
        moto="keeps the tags of a deleted alarm, and a new alarm of the same name gets them",
        aws="deletes the tags too",
        source="CloudWatch DeleteAlarms, ListTagsForResource",
        upstream="to file: CloudWatch: Delete tags in DeleteAlarms",
    ),
)
