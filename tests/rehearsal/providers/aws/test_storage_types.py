"""Buckets, keys, secrets, parameters and tables live through create, change and delete."""

import json
from typing import Any

import pytest

from rehearsal.providers.protocol import ProviderError

OLD, NEW = {"Name": "old", "owner": "ops"}, {"Name": "new"}


def encryption(g: Any, algorithm: str) -> dict[str, Any]:
    default = {"sseAlgorithm": algorithm, **({"kmsMasterKeyId": g.key} if algorithm == "aws:kms" else {})}
    return {"bucket": g.bucket, "rules": [{"applyServerSideEncryptionByDefault": default, "bucketKeyEnabled": True}]}


def lifecycle(g: Any, days: int) -> dict[str, Any]:
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
    return {"bucket": g.bucket, "rules": [old, tagged]}


def replication(g: Any, status: str) -> dict[str, Any]:
    rule = {
        "id": "all",
        "status": status,
        "filter": {"prefix": ""},
        "deleteMarkerReplication": {"status": "Enabled"},
        "destination": {"bucket": f"arn:aws:s3:::{g.log_bucket}", "storageClass": "STANDARD"},
    }
    return {"bucket": g.bucket, "role": g.role.outputs["arn"], "rules": [rule]}


def table(**more: Any) -> dict[str, Any]:
    return {"billingMode": "PAY_PER_REQUEST", "hashKey": "id", "attributes": [{"name": "id", "type": "S"}], **more}


def access(g: Any, *, closed: bool) -> dict[str, Any]:
    names = ("blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
    return {"bucket": g.bucket, "blockPublicAcls": True, **dict.fromkeys(names, closed)}


def kept(g: Any, mode: str) -> dict[str, Any]:
    return {"bucket": g.bucket, "rule": {"defaultRetention": {"mode": mode, "days": 5}}}


def secure(g: Any, value: str) -> dict[str, Any]:
    return {"type": "SecureString", "value": value, "keyId": g.key}


CASES = [
    (
        "aws:s3/bucket:Bucket",
        lambda _g: {"bucket": "campus-evidence", "tags": OLD},
        lambda _g: {"bucket": "campus-evidence", "forceDestroy": True, "tags": NEW},
    ),
    ("aws:s3/bucketV2:BucketV2", lambda _g: {"region": "us-west-2"}, None),
    (
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        lambda g: access(g, closed=False),
        lambda g: access(g, closed=True),
    ),
    (
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        lambda g: encryption(g, "AES256"),
        lambda g: encryption(g, "aws:kms"),
    ),
    (
        "aws:s3/bucketPolicy:BucketPolicy",
        lambda g: {"bucket": g.bucket, "policy": g.policy("cloudtrail", "s3:PutObject")},
        lambda g: {"bucket": g.bucket, "policy": g.policy("cloudtrail", "s3:GetBucketAcl")},
    ),
    (
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        lambda g: lifecycle(g, 90),
        lambda g: lifecycle(g, 100),
    ),
    (
        "aws:s3/bucketLogging:BucketLogging",
        lambda g: {"bucket": g.bucket, "targetBucket": g.log_bucket, "targetPrefix": "a/"},
        lambda g: {"bucket": g.bucket, "targetBucket": g.log_bucket, "targetPrefix": "b/"},
    ),
    (
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        lambda g: {"bucket": g.bucket, "rule": {"objectOwnership": "ObjectWriter"}},
        lambda g: {"bucket": g.bucket, "rule": {"objectOwnership": "BucketOwnerEnforced"}},
    ),
    (
        "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
        lambda g: replication(g, "Enabled"),
        lambda g: replication(g, "Disabled"),
    ),
    (
        "aws:kms/key:Key",
        lambda _g: {"description": "old", "deletionWindowInDays": 7, "tags": OLD},
        lambda g: {
            "description": "new",
            "deletionWindowInDays": 7,
            "enableKeyRotation": True,
            "policy": g.allow("kms:*"),
            "tags": NEW,
        },
    ),
    (
        "aws:kms/replicaKey:ReplicaKey",
        lambda g: {"primaryKeyArn": g.key, "region": "us-west-2", "description": "old", "tags": OLD},
        lambda g: {"primaryKeyArn": g.key, "region": "us-west-2", "description": "new", "tags": NEW},
    ),
    (
        "aws:kms/alias:Alias",
        lambda g: {"name": "alias/database", "targetKeyId": g.key},
        lambda g: {"name": "alias/database", "targetKeyId": g.other_key},
    ),
    (
        "aws:secretsmanager/secret:Secret",
        lambda _g: {"description": "old", "recoveryWindowInDays": 0, "tags": OLD},
        lambda g: {"description": "new", "kmsKeyId": g.key, "recoveryWindowInDays": 0, "tags": NEW},
    ),
    (
        "aws:ssm/parameter:Parameter",
        lambda g: {**secure(g, "a"), "description": "old", "tags": OLD},
        lambda g: {**secure(g, "b"), "description": "new", "tags": NEW},
    ),
    (
        "aws:dynamodb/table:Table",
        lambda g: table(
            ttl={"enabled": True, "attributeName": "expires"},
            serverSideEncryption={"enabled": True, "kmsKeyArn": g.key},
            tags=OLD,
        ),
        lambda g: table(
            attributes=[{"name": "id", "type": "S"}, {"name": "owner", "type": "S"}],
            globalSecondaryIndexes=[{"name": "by-owner", "hashKey": "owner", "projectionType": "ALL"}],
            pointInTimeRecovery={"enabled": True},
            serverSideEncryption={"enabled": True, "kmsKeyArn": g.key},
            streamEnabled=True,
            streamViewType="NEW_IMAGE",
            tags=NEW,
        ),
    ),
]

REMAINING = [
    (
        "aws:s3/bucketVersioning:BucketVersioning",
        lambda g: {"bucket": g.bucket, "versioningConfiguration": {"status": "Enabled"}},
        lambda g: {"bucket": g.bucket, "versioningConfiguration": {"status": "Suspended"}},
    ),
    (
        "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
        lambda g: kept(g, "COMPLIANCE"),
        lambda g: kept(g, "GOVERNANCE"),
    ),
    (
        "aws:kms/keyPolicy:KeyPolicy",
        lambda g: {"keyId": g.key, "policy": g.allow("kms:*")},
        lambda g: {"keyId": g.key, "policy": g.allow("kms:Decrypt")},
    ),
    (
        "aws:secretsmanager/secretVersion:SecretVersion",
        lambda g: {"secretId": g.secret, "secretString": "hunter22"},
        None,
    ),
]
"""What AWS can't take away again: the real provider leaves it in its default state."""


@pytest.mark.parametrize("case", CASES, ids=[case[0].split(":")[2] for case in CASES])
def test_a_store_lives_and_goes(case: Any, ground: Any, live_through: Any, world: Any) -> None:
    token, first, second = case
    assert world.read(live_through(token, first(ground), second and second(ground))) is None


@pytest.mark.parametrize("case", REMAINING, ids=[case[0].split(":")[2] for case in REMAINING])
def test_what_cannot_be_taken_away_lives_and_is_let_go(case: Any, ground: Any, live_through: Any) -> None:
    token, first, second = case
    live_through(token, first(ground), second and second(ground))


def test_a_bucket_with_objects_goes_only_when_the_program_allows_it(world: Any, client: Any) -> None:
    careful = world.make("aws:s3/bucket:Bucket", bucket="campus-careful")
    client("s3").put_object(Bucket="campus-careful", Key="a", Body=b"a")
    with pytest.raises(ProviderError, match="not empty"):
        world.delete(careful)
    world.delete(world.update(careful, bucket="campus-careful", forceDestroy=True))
    assert world.read(careful) is None


def test_a_replica_key_lives_in_its_own_region(world: Any, ground: Any) -> None:
    replica = world.make("aws:kms/replicaKey:ReplicaKey", primaryKeyArn=ground.key, region="us-west-2")
    assert replica.outputs["arn"].startswith("arn:aws:kms:us-west-2:")
    assert replica.outputs["arn"].split("/")[-1] == ground.key.split("/")[-1]


def test_a_never_versioned_bucket_can_be_declared_as_such(world: Any) -> None:
    bucket = world.make("aws:s3/bucket:Bucket").id
    kind = "aws:s3/bucketVersioning:BucketVersioning"
    made = world.make(kind, bucket=bucket, versioningConfiguration={"status": "Disabled"})
    assert world.drift(made) == []


def test_a_policy_that_says_the_same_in_other_words_is_no_change(world: Any, ground: Any) -> None:
    policy = json.loads(ground.policy("cloudtrail", "s3:PutObject"))
    made = world.make("aws:s3/bucketPolicy:BucketPolicy", bucket=ground.bucket, policy=json.dumps(policy))
    policy["Statement"][0]["Action"] = ["s3:PutObject"]
    assert not world.diff(made, bucket=ground.bucket, policy=json.dumps(policy, indent=2, sort_keys=True)).changes
