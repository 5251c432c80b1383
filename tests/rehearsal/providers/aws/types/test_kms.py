"""KMS keys, replicas, aliases and key policies."""

from typing import Any

import pytest

from tests.rehearsal.providers.aws.lifecycle import NEW, OLD, CheckLifecycle, LifecycleCase

CASES = [
    LifecycleCase(
        "aws:kms/key:Key",
        lambda _deps: {"description": "old", "deletionWindowInDays": 7, "tags": OLD},
        lambda deps: {
            "description": "new",
            "deletionWindowInDays": 7,
            "enableKeyRotation": True,
            "policy": deps.allow("kms:*"),
            "tags": NEW,
        },
    ),
    LifecycleCase(
        "aws:kms/replicaKey:ReplicaKey",
        lambda deps: {"primaryKeyArn": deps.key, "region": "us-west-2", "description": "old", "tags": OLD},
        lambda deps: {"primaryKeyArn": deps.key, "region": "us-west-2", "description": "new", "tags": NEW},
    ),
    LifecycleCase(
        "aws:kms/alias:Alias",
        lambda deps: {"name": "alias/database", "targetKeyId": deps.key},
        lambda deps: {"name": "alias/database", "targetKeyId": deps.other_key},
    ),
    LifecycleCase(
        "aws:kms/keyPolicy:KeyPolicy",
        lambda deps: {"keyId": deps.key, "policy": deps.allow("kms:*")},
        lambda deps: {"keyId": deps.key, "policy": deps.allow("kms:Put*")},
        remains=True,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_lifecycle(case: LifecycleCase, check_lifecycle: CheckLifecycle) -> None:
    check_lifecycle(case)


def test_replica_key_is_created_in_its_own_region(engine: Any, deps: Any) -> None:
    replica = engine.create("aws:kms/replicaKey:ReplicaKey", primaryKeyArn=deps.key, region="us-west-2")
    assert replica.outputs["arn"].startswith("arn:aws:kms:us-west-2:")
    assert replica.outputs["arn"].split("/")[-1] == deps.key.split("/")[-1]
