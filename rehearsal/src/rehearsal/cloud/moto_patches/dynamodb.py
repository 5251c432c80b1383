"""DynamoDB: unique tag keys, and streams that can be enabled again."""

from typing import Any, ClassVar

from moto.dynamodb.models import DynamoDBBackend as MotoBackend
from moto.dynamodb.models.table import Table
from typing_extensions import override

from rehearsal.cloud.moto_patches.moto_patch import MotoPatch
from rehearsal.cloud.patches import Patches


class DynamoDBBackend(MotoBackend):
    """Tables with unique tag keys, and with streams that can be enabled again."""

    original: ClassVar[type[MotoBackend]]

    @override
    def tag_resource(self, arn: str, tags: dict[str, str]) -> None:
        self.untag_resource(arn, list(tags))
        DynamoDBBackend.original.tag_resource(self, arn, tags)

    @override
    def update_table_streams(self, table: Table, stream_specification: dict[str, Any]) -> None:
        if not (table.stream_specification or {}).get("StreamEnabled"):
            table.latest_stream_label = None
        DynamoDBBackend.original.update_table_streams(self, table, stream_specification)


def install(patches: Patches) -> None:
    """Patch moto's DynamoDB."""
    patches.install(DynamoDBBackend)


MOTO_PATCHES = (
    MotoPatch(
        name="dynamodb-streams",
        moto="can't enable a stream that was disabled",
        aws="enables the stream again; rejects the request if the stream is enabled",
        source="DynamoDB UpdateTable, StreamSpecification",
        upstream="to file: DynamoDB: Enable a stream that was disabled in UpdateTable",
    ),
    MotoPatch(
        name="dynamodb-tags",
        moto="adds a second tag with the key of an existing tag",
        aws="replaces the value of the existing tag",
        source="DynamoDB TagResource",
        upstream="to file: DynamoDB: Replace existing tags in TagResource",
    ),
)
