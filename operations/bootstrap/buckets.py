"""State buckets: nothing in them is ever lost, or read by anyone without TLS and the key."""

from typing import Any

from operations.bootstrap.cloud import (
    BootstrapError,
    Cloud,
    Handler,
    ask,
    pairs,
    parsed,
    tag_list,
    text,
    wanted_tags,
)
from operations.bootstrap.plan import Aspects, Piece

FORBIDDEN = "403"
FIRST_REGION = "us-east-1"
"""The region that CreateBucket must not be told, and that GetBucketLocation answers with nothing."""


def _s3(cloud: Cloud, piece: Piece) -> Any:
    return cloud.client("s3", piece.region)


def _of(cloud: Cloud, piece: Piece) -> dict[str, str]:
    """The bucket, if it is this account's: a stranger may own one of this name."""
    return {"Bucket": piece.name, "ExpectedBucketOwner": cloud.account}


def find(cloud: Cloud, piece: Piece) -> Aspects | None:
    """The bucket as it is. Raises BootstrapError when somebody else has one of this name."""
    s3, bucket = _s3(cloud, piece), _of(cloud, piece)
    try:
        if ask(s3.head_bucket, **bucket) is None:
            return None
    except s3.exceptions.ClientError as error:
        if error.response["Error"]["Code"] != FORBIDDEN:
            raise
        raise BootstrapError(
            f"A bucket named {piece.name} belongs to another account, or may not be looked at with these credentials; "
            "bucket names are worldwide. Nothing was changed."
        ) from error
    block = ask(s3.get_public_access_block, **bucket)
    policy, tags = ask(s3.get_bucket_policy, **bucket), ask(s3.get_bucket_tagging, **bucket)
    lifecycle = ask(s3.get_bucket_lifecycle_configuration, **bucket)
    ownership = ask(s3.get_bucket_ownership_controls, "OwnershipControlsNotFoundError", **bucket)
    return {
        "region": s3.get_bucket_location(**bucket).get("LocationConstraint") or FIRST_REGION,
        "public access block": block and block["PublicAccessBlockConfiguration"],
        "ownership": ownership and ownership["OwnershipControls"]["Rules"][0]["ObjectOwnership"],
        "policy": policy and parsed(policy["Policy"]),
        "versioning": s3.get_bucket_versioning(**bucket).get("Status"),
        "encryption": _encryption_of(s3, bucket),
        "lifecycle": lifecycle and lifecycle["Rules"],
        "replication": _replication_of(s3, bucket),
        "tags": wanted_tags(piece, pairs(tags["TagSet"]) if tags else {}),
    }


def _encryption_of(s3: Any, bucket: dict[str, str]) -> Any:
    found = ask(s3.get_bucket_encryption, **bucket)
    if found is None:
        return None
    rule = found["ServerSideEncryptionConfiguration"]["Rules"][0]
    default = rule["ApplyServerSideEncryptionByDefault"]
    return {"key": default.get("KMSMasterKeyID"), "bucket key": rule.get("BucketKeyEnabled", False)}


def _replication_of(s3: Any, bucket: dict[str, str]) -> Any:
    found = ask(s3.get_bucket_replication, **bucket)
    if found is None:
        return None
    configuration = found["ReplicationConfiguration"]
    return {"role": configuration["Role"], "rules": configuration["Rules"]}


def _create(cloud: Cloud, piece: Piece) -> None:
    where = {} if piece.region == FIRST_REGION else {"LocationConstraint": piece.region}
    _s3(cloud, piece).create_bucket(Bucket=piece.name, **({"CreateBucketConfiguration": where} if where else {}))


def _block(cloud: Cloud, piece: Piece) -> None:
    switches = piece.aspects["public access block"]
    _s3(cloud, piece).put_public_access_block(**_of(cloud, piece), PublicAccessBlockConfiguration=switches)


def _ownership(cloud: Cloud, piece: Piece) -> None:
    rules = {"Rules": [{"ObjectOwnership": piece.aspects["ownership"]}]}
    _s3(cloud, piece).put_bucket_ownership_controls(**_of(cloud, piece), OwnershipControls=rules)


def _policy(cloud: Cloud, piece: Piece) -> None:
    _s3(cloud, piece).put_bucket_policy(**_of(cloud, piece), Policy=text(piece.aspects["policy"]))


def _versioning(cloud: Cloud, piece: Piece) -> None:
    status = {"Status": piece.aspects["versioning"]}
    _s3(cloud, piece).put_bucket_versioning(**_of(cloud, piece), VersioningConfiguration=status)


def _encryption(cloud: Cloud, piece: Piece) -> None:
    wanted = piece.aspects["encryption"]
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": wanted["key"]}
    rule = {"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": wanted["bucket key"]}
    _s3(cloud, piece).put_bucket_encryption(**_of(cloud, piece), ServerSideEncryptionConfiguration={"Rules": [rule]})


def _lifecycle(cloud: Cloud, piece: Piece) -> None:
    rules = {"Rules": piece.aspects["lifecycle"]}
    _s3(cloud, piece).put_bucket_lifecycle_configuration(**_of(cloud, piece), LifecycleConfiguration=rules)


def _replication(cloud: Cloud, piece: Piece) -> None:
    wanted = piece.aspects["replication"]
    rules = {"Role": wanted["role"], "Rules": wanted["rules"]}
    _s3(cloud, piece).put_bucket_replication(**_of(cloud, piece), ReplicationConfiguration=rules)


def _tags(cloud: Cloud, piece: Piece) -> None:
    """S3 replaces all tags: those that somebody added stay."""
    s3, bucket = _s3(cloud, piece), _of(cloud, piece)
    live = ask(s3.get_bucket_tagging, **bucket)
    ours = set(piece.aspects["tags"])
    theirs = [tag for tag in (live["TagSet"] if live else []) if tag["Key"] not in ours]
    s3.put_bucket_tagging(**bucket, Tagging={"TagSet": [*theirs, *tag_list(piece)]})


BUCKET = Handler(
    find,
    _create,
    {
        "public access block": _block,
        "ownership": _ownership,
        "policy": _policy,
        "versioning": _versioning,
        "encryption": _encryption,
        "lifecycle": _lifecycle,
        "replication": _replication,
        "tags": _tags,
    },
)
