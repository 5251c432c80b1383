"""DynamoDB: unique keys of tags."""

from typing import ClassVar

from moto.dynamodb.models import DynamoDBBackend as MotoBackend
from typing_extensions import override

from rehearsal.cloud.moto_patches.moto_patch import MotoPatch
from rehearsal.cloud.patches import Patches


class DynamoDBBackend(MotoBackend):
    """Tables whose tags have unique keys."""

    original: ClassVar[type[MotoBackend]]

    @override
    def tag_resource(self, arn: str, tags: dict[str, str]) -> None:
        self.untag_resource(arn, list(tags))
        DynamoDBBackend.original.tag_resource(self, arn, tags)


def install(patches: Patches) -> None:
    """Patch moto's DynamoDB."""
    patches.install(DynamoDBBackend)


MOTO_PATCHES = (
    MotoPatch(
        name="dynamodb-tags",
        moto="adds a second tag with the key of an existing tag",
        aws="replaces the value of the existing tag",
        source="DynamoDB TagResource",
        upstream="to file: DynamoDB: Replace existing tags in TagResource",
    ),
)
