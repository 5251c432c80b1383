"""Buckets and their configurations."""

import json
from typing import Any

import pytest

from rehearsal.providers.protocol import ProviderError
from tests.rehearsal.providers.aws.lifecycle import NEW, OLD, LifecycleCase


def encryption(deps: Any, algorithm: str) -> dict[str, Any]:
    default = {"sseAlgorithm": algorithm, **({"kmsMasterKeyId": deps.key} if algorithm == "aws:kms" else {})}
    return {"bucket": deps.bucket, "rules": [{"applyServerSideEncryptionByDefault": default, "bucketKeyEnabled": True}]}


def lifecycle(deps: Any, days: int) -> dict[str, Any]:
    old = {
        "id": "old",
        "status": "Enabled",
        "filter": {"prefix": "evidence/"},
        "expiration": {"days": days},
        "noncurrentVersionExpiration": {"noncurrentDays": 30},
        "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7},
        "transitions": [{"days": 30, "storageClass": "GLACIER"}],
    }
    tagged = {
        "id": "tagged",
        "status": "Enabled",
        "filter": {"and": {"prefix": "tmp/", "tags": {"keep": "no", "team": "ops"}}},
        "expiration": {"days": 3},
    }
    return {"bucket": deps.bucket, "rules": [old, tagged]}


def replication(deps: Any, status: str) -> dict[str, Any]:
    rule = {
        "id": "all",
        "status": status,
        "filter": {"prefix": ""},
        "deleteMarkerReplication": {"status": "Enabled"},
        "destination": {"bucket": f"arn:aws:s3:::{deps.log_bucket}", "storageClass": "STANDARD"},
    }
    return {"bucket": deps.bucket, "role": deps.role.outputs["arn"], "rules": [rule]}


def access(deps: Any, *, closed: bool) -> dict[str, Any]:
    names = ("blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
    return {"bucket": deps.bucket, "blockPublicAcls": True, **dict.fromkeys(names, closed)}


def object_lock(deps: Any, mode: str) -> dict[str, Any]:
    return {"bucket": deps.bucket, "rule": {"defaultRetention": {"mode": mode, "days": 5}}}


CASES = [
    LifecycleCase(
        "aws:s3/bucket:Bucket",
        lambda _deps: {"bucket": "campus-evidence", "tags": OLD},
        lambda _deps: {"bucket": "campus-evidence", "forceDestroy": True, "tags": NEW},
    ),
    LifecycleCase("aws:s3/bucketV2:BucketV2", lambda _deps: {"region": "us-west-2"}, None),
    LifecycleCase(
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        lambda deps: access(deps, closed=False),
        lambda deps: access(deps, closed=True),
    ),
    LifecycleCase(
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        lambda deps: encryption(deps, "AES256"),
        lambda deps: encryption(deps, "aws:kms"),
    ),
    LifecycleCase(
        "aws:s3/bucketPolicy:BucketPolicy",
        lambda deps: {"bucket": deps.bucket, "policy": deps.policy("cloudtrail", "s3:PutObject")},
        lambda deps: {"bucket": deps.bucket, "policy": deps.policy("cloudtrail", "s3:GetBucketAcl")},
    ),
    LifecycleCase(
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        lambda deps: lifecycle(deps, 90),
        lambda deps: lifecycle(deps, 100),
    ),
    LifecycleCase(
        "aws:s3/bucketLogging:BucketLogging",
        lambda deps: {"bucket": deps.bucket, "targetBucket": deps.log_bucket, "targetPrefix": "a/"},
        lambda deps: {"bucket": deps.bucket, "targetBucket": deps.log_bucket, "targetPrefix": "b/"},
    ),
    LifecycleCase(
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        lambda deps: {"bucket": deps.bucket, "rule": {"objectOwnership": "ObjectWriter"}},
        lambda deps: {"bucket": deps.bucket, "rule": {"objectOwnership": "BucketOwnerEnforced"}},
    ),
    LifecycleCase(
        "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
        lambda deps: replication(deps, "Enabled"),
        lambda deps: replication(deps, "Disabled"),
    ),
    LifecycleCase(
        "aws:s3/bucketVersioning:BucketVersioning",
        lambda deps: {"bucket": deps.bucket, "versioningConfiguration": {"status": "Enabled"}},
        lambda deps: {"bucket": deps.bucket, "versioningConfiguration": {"status": "Suspended"}},
        remains=True,
    ),
    LifecycleCase(
        "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
        lambda deps: object_lock(deps, "COMPLIANCE"),
        lambda deps: object_lock(deps, "GOVERNANCE"),
        remains=True,
    ),
    LifecycleCase(
        "aws:s3/bucketNotification:BucketNotification",
        lambda deps: {
            "bucket": deps.bucket,
            "topics": [{"id": "late", "topicArn": deps.topic, "events": ["s3:Replication:*"]}],
        },
        lambda deps: {
            "bucket": deps.bucket,
            "topics": [
                {
                    "id": "late",
                    "topicArn": deps.topic,
                    "events": ["s3:ObjectRemoved:*"],
                    "filterPrefix": "evidence/",
                }
            ],
        },
    ),
]


def test_bucket_with_objects_is_deleted_only_with_force_destroy(engine: Any, client: Any) -> None:
    bucket = engine.create("aws:s3/bucket:Bucket", bucket="campus-data")
    client("s3").put_object(Bucket="campus-data", Key="a", Body=b"a")
    with pytest.raises(ProviderError, match="not empty"):
        engine.delete(bucket)
    engine.delete(engine.update(bucket, bucket="campus-data", forceDestroy=True))
    assert engine.read(bucket) is None


def test_disabled_versioning_of_a_new_bucket_is_not_drift(engine: Any) -> None:
    bucket = engine.create("aws:s3/bucket:Bucket").id
    token = "aws:s3/bucketVersioning:BucketVersioning"
    created = engine.create(token, bucket=bucket, versioningConfiguration={"status": "Disabled"})
    assert engine.drift(created) == []


def test_equivalent_policy_is_not_a_change(engine: Any, deps: Any) -> None:
    policy = json.loads(deps.policy("cloudtrail", "s3:PutObject"))
    created = engine.create("aws:s3/bucketPolicy:BucketPolicy", bucket=deps.bucket, policy=json.dumps(policy))
    policy["Statement"][0]["Action"] = ["s3:PutObject"]
    assert not engine.diff(created, bucket=deps.bucket, policy=json.dumps(policy, indent=2, sort_keys=True)).changes
