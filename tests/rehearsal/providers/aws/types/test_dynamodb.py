"""DynamoDB tables."""

from typing import Any

import pytest

from tests.rehearsal.providers.aws.lifecycle import NEW, OLD, CheckLifecycle, LifecycleCase


def table(**more: Any) -> dict[str, Any]:
    return {"billingMode": "PAY_PER_REQUEST", "hashKey": "id", "attributes": [{"name": "id", "type": "S"}], **more}


CASES = [
    LifecycleCase(
        "aws:dynamodb/table:Table",
        lambda deps: table(
            globalSecondaryIndexes=[],
            ttl={"enabled": True, "attributeName": "expires"},
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
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_lifecycle(case: LifecycleCase, check_lifecycle: CheckLifecycle) -> None:
    check_lifecycle(case)
