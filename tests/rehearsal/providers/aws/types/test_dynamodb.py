"""DynamoDB tables."""

from typing import Any

from tests.rehearsal.providers.aws.lifecycle import NEW, OLD, LifecycleCase


def table(**more: Any) -> dict[str, Any]:
    return {"billingMode": "PAY_PER_REQUEST", "hashKey": "id", "attributes": [{"name": "id", "type": "S"}], **more}


CASES = [
    LifecycleCase(
        "aws:dynamodb/table:Table",
        lambda deps: table(
            globalSecondaryIndexes=[],
            ttl={"enabled": True, "attributeName": "expires"},
            streamEnabled=True,
            streamViewType="NEW_IMAGE",
            serverSideEncryption={"enabled": True, "kmsKeyArn": deps.key},
            tags=OLD,
        ),
        lambda deps: table(
            attributes=[{"name": "id", "type": "S"}, {"name": "owner", "type": "S"}],
            globalSecondaryIndexes=[{"name": "by-owner", "hashKey": "owner", "projectionType": "ALL"}],
            pointInTimeRecovery={"enabled": True},
            serverSideEncryption={"enabled": True, "kmsKeyArn": deps.key},
            streamEnabled=True,
            streamViewType="NEW_IMAGE",
            tags=NEW,
        ),
        coupled={"streamEnabled": "streamViewType"},
    ),
    LifecycleCase(
        "aws:dynamodb/table:Table",
        lambda _deps: table(billingMode="PROVISIONED", readCapacity=1, writeCapacity=1),
        drifts=lambda _deps: {"readCapacity": (1, 2), "writeCapacity": (1, 2)},
    ),
]
