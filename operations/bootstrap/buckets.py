"""State buckets: versioned, encrypted and accessible only over TLS."""

from typing import Any

from operations.bootstrap.cloud import (
    AwsClients,
    BootstrapError,
    ResourceHandler,
    call_or_none,
    compact_json,
    managed_tags,
    parse_document,
    tag_list,
    tags_by_key,
)
from operations.bootstrap.plan import Attributes, Resource

FORBIDDEN = "403"
FIRST_REGION = "us-east-1"
"""Region that CreateBucket rejects as a location constraint, and that GetBucketLocation returns as empty."""


def _s3(clients: AwsClients, resource: Resource) -> Any:
    return clients.client("s3", resource.region)


def _of(clients: AwsClients, resource: Resource) -> dict[str, str]:
    """Return the arguments that name the bucket and its expected owner."""
    return {"Bucket": resource.name, "ExpectedBucketOwner": clients.account}


def find(clients: AwsClients, resource: Resource) -> Attributes | None:
    """Read the bucket. Raises BootstrapError when another account owns the name."""
    s3, bucket = _s3(clients, resource), _of(clients, resource)
    try:
        if call_or_none(s3.head_bucket, **bucket) is None:
            return None
    except s3.exceptions.ClientError as error:
        if error.response["Error"]["Code"] != FORBIDDEN:
            raise
        raise BootstrapError(
            f"A bucket named {resource.name} belongs to another account, or these credentials may not read it. "
            f"If account {clients.account} owns it, use credentials that have s3:ListBucket on it. Otherwise choose "
            "other names in operations/bootstrap/context.py, because bucket names are global. Nothing was changed."
        ) from error
    block = call_or_none(s3.get_public_access_block, **bucket)
    policy, tags = call_or_none(s3.get_bucket_policy, **bucket), call_or_none(s3.get_bucket_tagging, **bucket)
    lifecycle = call_or_none(s3.get_bucket_lifecycle_configuration, **bucket)
    ownership = call_or_none(s3.get_bucket_ownership_controls, "OwnershipControlsNotFoundError", **bucket)
    return {
        "region": s3.get_bucket_location(**bucket).get("LocationConstraint") or FIRST_REGION,
        "public access block": block and block["PublicAccessBlockConfiguration"],
        "ownership": ownership and ownership["OwnershipControls"]["Rules"][0]["ObjectOwnership"],
        "policy": policy and parse_document(policy["Policy"]),
        "versioning": s3.get_bucket_versioning(**bucket).get("Status"),
        "encryption": _encryption_of(s3, bucket),
        "lifecycle": lifecycle and lifecycle["Rules"],
        "replication": _replication_of(s3, bucket),
        "tags": managed_tags(resource, tags_by_key(tags["TagSet"]) if tags else {}),
    }


def _encryption_of(s3: Any, bucket: dict[str, str]) -> Any:
    found = call_or_none(s3.get_bucket_encryption, **bucket)
    if found is None:
        return None
    rule = found["ServerSideEncryptionConfiguration"]["Rules"][0]
    default = rule["ApplyServerSideEncryptionByDefault"]
    return {"key": default.get("KMSMasterKeyID"), "bucket key": rule.get("BucketKeyEnabled", False)}


def _replication_of(s3: Any, bucket: dict[str, str]) -> Any:
    found = call_or_none(s3.get_bucket_replication, **bucket)
    if found is None:
        return None
    configuration = found["ReplicationConfiguration"]
    return {"role": configuration["Role"], "rules": configuration["Rules"]}


def _create(clients: AwsClients, resource: Resource) -> None:
    where = {} if resource.region == FIRST_REGION else {"LocationConstraint": resource.region}
    _s3(clients, resource).create_bucket(
        Bucket=resource.name, **({"CreateBucketConfiguration": where} if where else {})
    )


def _block(clients: AwsClients, resource: Resource) -> None:
    switches = resource.attributes["public access block"]
    _s3(clients, resource).put_public_access_block(**_of(clients, resource), PublicAccessBlockConfiguration=switches)


def _ownership(clients: AwsClients, resource: Resource) -> None:
    rules = {"Rules": [{"ObjectOwnership": resource.attributes["ownership"]}]}
    _s3(clients, resource).put_bucket_ownership_controls(**_of(clients, resource), OwnershipControls=rules)


def _policy(clients: AwsClients, resource: Resource) -> None:
    _s3(clients, resource).put_bucket_policy(
        **_of(clients, resource), Policy=compact_json(resource.attributes["policy"])
    )


def _versioning(clients: AwsClients, resource: Resource) -> None:
    status = {"Status": resource.attributes["versioning"]}
    _s3(clients, resource).put_bucket_versioning(**_of(clients, resource), VersioningConfiguration=status)


def _encryption(clients: AwsClients, resource: Resource) -> None:
    wanted = resource.attributes["encryption"]
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": wanted["key"]}
    rule = {"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": wanted["bucket key"]}
    _s3(clients, resource).put_bucket_encryption(
        **_of(clients, resource), ServerSideEncryptionConfiguration={"Rules": [rule]}
    )


def _lifecycle(clients: AwsClients, resource: Resource) -> None:
    rules = {"Rules": resource.attributes["lifecycle"]}
    _s3(clients, resource).put_bucket_lifecycle_configuration(**_of(clients, resource), LifecycleConfiguration=rules)


def _replication(clients: AwsClients, resource: Resource) -> None:
    wanted = resource.attributes["replication"]
    rules = {"Role": wanted["role"], "Rules": wanted["rules"]}
    _s3(clients, resource).put_bucket_replication(**_of(clients, resource), ReplicationConfiguration=rules)


def _tags(clients: AwsClients, resource: Resource) -> None:
    """Set our tags and keep tags that others added, because S3 replaces all tags."""
    s3, bucket = _s3(clients, resource), _of(clients, resource)
    live = call_or_none(s3.get_bucket_tagging, **bucket)
    ours = set(resource.attributes["tags"])
    theirs = [tag for tag in (live["TagSet"] if live else []) if tag["Key"] not in ours]
    s3.put_bucket_tagging(**bucket, Tagging={"TagSet": [*theirs, *tag_list(resource)]})


BUCKET = ResourceHandler(
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
