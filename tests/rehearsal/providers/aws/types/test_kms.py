"""KMS keys, replicas, aliases and key policies."""

from typing import Any

from rehearsal.providers.protocol import ResourceState
from tests.rehearsal.providers.aws.lifecycle import NEW, OLD, LifecycleCase


def cancel_deletion(client: Any, replica: ResourceState) -> None:
    kms = client("kms", "us-west-2")
    kms.cancel_key_deletion(KeyId=replica.id)
    kms.enable_key(KeyId=replica.id)


CASES = [
    LifecycleCase(
        "aws:kms/key:Key",
        lambda _deps: {"description": "old", "deletionWindowInDays": 7, "tags": OLD},
        lambda deps: {
            "description": "new",
            "deletionWindowInDays": 7,
            "enableKeyRotation": True,
            "policy": deps.key_policy("kms:*"),
            "tags": NEW,
        },
        coupled={"enableKeyRotation": "rotationPeriodInDays"},
    ),
    LifecycleCase(
        "aws:kms/replicaKey:ReplicaKey",
        lambda deps: {"primaryKeyArn": deps.key, "region": "us-west-2", "description": "old", "tags": OLD},
        lambda deps: {"primaryKeyArn": deps.key, "region": "us-west-2", "description": "new", "tags": NEW},
        replacing=lambda deps: {"primaryKeyArn": deps.other_multi_region_key},
        undelete=cancel_deletion,
    ),
    LifecycleCase(
        "aws:kms/alias:Alias",
        lambda deps: {"name": "alias/database", "targetKeyId": deps.key},
        lambda deps: {"name": "alias/database", "targetKeyId": deps.other_key},
        drifts=lambda deps: {"targetKeyId": (deps.key, deps.other_key.rpartition("/")[2])},
    ),
    LifecycleCase(
        "aws:kms/keyPolicy:KeyPolicy",
        lambda deps: {"keyId": deps.key, "policy": deps.key_policy("kms:*")},
        lambda deps: {"keyId": deps.key, "policy": deps.key_policy("kms:Put*")},
        remains=True,
    ),
]


def test_replica_key_is_created_in_its_own_region(engine: Any, deps: Any) -> None:
    replica = engine.create("aws:kms/replicaKey:ReplicaKey", primaryKeyArn=deps.key, region="us-west-2")
    assert replica.outputs["arn"].startswith("arn:aws:kms:us-west-2:")
    assert replica.outputs["arn"].split("/")[-1] == deps.key.split("/")[-1]
