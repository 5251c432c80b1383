"""S3: buckets and the parts of their configuration."""

from collections.abc import Mapping
from typing import Any

from rehearsal.providers.aws.calls import Args, AwsError, input_shape
from rehearsal.providers.aws.mapping import members, to_aws
from rehearsal.providers.aws.table import Auto, Look, Op, ResourceType, Step, of_item, of_work, op
from rehearsal.providers.aws.tags import BucketTags
from rehearsal.providers.aws.work import Work

_WEBSITE_ZONES = {"us-east-1": "Z3AQBSTGFYJSTF", "us-east-2": "Z2O1EMRO9K5GLX", "us-west-2": "Z3BJ6K6RIION7M"}
"""Route 53 zone of each region's website endpoint, as AWS documents them; others are left out."""


def _location(work: Work) -> Args:
    if work.region == "us-east-1":
        return {}
    return {"CreateBucketConfiguration": {"LocationConstraint": work.region}}


def _acl(work: Work) -> None:
    work.call("put_bucket_acl", {"Bucket": work.id, "ACL": work.new.get("acl") or "private"})


def _empty_bucket(work: Work) -> None:
    """Delete every version of every object, when the program said that it may be."""
    if not work.get("forceDestroy"):
        return
    answer = work.call("list_object_versions", {"Bucket": work.id}, pages=True)
    for one in [*answer.get("Versions", []), *answer.get("DeleteMarkers", [])]:
        work.call("delete_object", {"Bucket": work.id, "Key": one["Key"], "VersionId": one["VersionId"]})


def _logging(work: Work) -> Args:
    enabled = members(members(input_shape("s3", "put_bucket_logging"))["BucketLoggingStatus"])["LoggingEnabled"]
    wanted = {name: value for name, value in work.new.items() if name.startswith("target")}
    return {"Bucket": work.new["bucket"], "BucketLoggingStatus": {"LoggingEnabled": to_aws(enabled, wanted, {})}}


_WITH_V2 = (
    "BucketLifecycleConfiguration",
    "BucketLogging",
    "BucketObjectLockConfiguration",
    "BucketServerSideEncryptionConfiguration",
    "BucketVersioning",
)
"""Parts that the SDK still has under their older names too."""


def _part(
    name: str,
    noun: str,
    wrap: str,
    *,
    item: str = "@",
    delete: Op | None,
    put: Op | None = None,
    local: tuple[str, ...] = (),
    outputs: Mapping[str, Any] | None = None,
    **more: Any,
) -> ResourceType:
    """A bucket's part that is put whole under the bucket's name; `name` as in `BucketVersioning`."""
    tokens = [name, f"{name}V2"] if name in _WITH_V2 else [name]
    put = put or op(f"put_{noun}", wrap=wrap, whole=True)
    return ResourceType(
        tokens=tuple(f"aws:s3/{one[0].lower()}{one[1:]}:{one}" for one in tokens),
        service="s3",
        id="{bucket}",
        key="Bucket",
        create=put,
        read=op(f"get_{noun}"),
        item=item,
        update=[put],
        delete=delete,
        local=("expectedBucketOwner", *local),
        outputs={"bucket": of_work(lambda work: work.id), **(outputs or {})},
        **more,
    )


def _versioning(work: Work) -> Args:
    wanted = work.new["versioningConfiguration"]
    return {
        "Bucket": work.new["bucket"],
        "MFA": work.new.get("mfa"),
        "VersioningConfiguration": {"Status": wanted["status"], "MFADelete": wanted.get("mfaDelete")},
    }


def _never_versioned(work: Work) -> bool:
    """`Disabled` is for buckets that never were versioned: AWS has no call for it."""
    return bool(work.new["versioningConfiguration"]["status"] == "Disabled")


def _read_versioning(item: Any) -> Any:
    deleting = {"mfaDelete": item["MFADelete"]} if item.get("MFADelete") else {}
    return {"status": item.get("Status", "Disabled"), **deleting}


def _lifecycle_size(work: Work) -> Args:
    return {"TransitionDefaultMinimumObjectSize": work.new.get("transitionDefaultMinimumObjectSize")}


def _lock_without_rule(work: Work) -> Args:
    """A lock can't be taken off a bucket; the real provider only drops its rule."""
    return {"Bucket": work.id, "ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled"}}


def _has_object_lock(answer: Any) -> bool:
    return bool(answer.get("ObjectLockConfiguration", {}).get("ObjectLockEnabled") == "Enabled")


_DESTINATIONS = (
    ("topics", "topicArn", "TopicConfigurations", "TopicArn"),
    ("queues", "queueArn", "QueueConfigurations", "QueueArn"),
    ("lambdaFunctions", "lambdaFunctionArn", "LambdaFunctionConfigurations", "LambdaFunctionArn"),
)
"""Where a bucket's events go: the input and its key, AWS's member and its key."""


def _notify(work: Work) -> Args:
    configuration: Args = {
        member: [_destination(one, key, arn) for one in work.new.get(name) or []] or None
        for name, key, member, arn in _DESTINATIONS
    }
    bridge: Args = {"EventBridgeConfiguration": {}} if work.new.get("eventbridge") else {}
    return {"Bucket": work.new["bucket"], "NotificationConfiguration": {**configuration, **bridge}}


def _destination(one: Mapping[str, Any], key: str, arn: str) -> Args:
    chosen = {"prefix": one.get("filterPrefix"), "suffix": one.get("filterSuffix")}
    rules = [{"Name": name, "Value": value} for name, value in chosen.items() if value]
    named = {"Filter": {"Key": {"FilterRules": rules}}} if rules else {}
    return {"Id": one.get("id"), arn: one[key], "Events": one["events"], **named}


def _notified(key: str, member: str, arn: str) -> Any:
    def shown(item: Any) -> Any:
        return [_shown_destination(one, key, arn) for one in item.get(member) or []] or None

    return of_item(shown)


def _shown_destination(one: Any, key: str, arn: str) -> dict[str, Any]:
    rules = one.get("Filter", {}).get("Key", {}).get("FilterRules", [])
    chosen = {f"filter{rule['Name'].capitalize()}": rule["Value"] for rule in rules}
    return {"id": one["Id"], key: one[arn], "events": one["Events"], **chosen}


def _suspend(work: Work) -> None:
    """A versioned bucket can't become unversioned: the real provider suspends it."""
    status = (work.get("versioningConfiguration") or {}).get("status")
    if status in ("Enabled", "Suspended"):
        try:
            work.call("put_bucket_versioning", {"Bucket": work.id, "VersioningConfiguration": {"Status": "Suspended"}})
        except AwsError as error:
            if not error.is_missing:
                raise


TYPES = (
    ResourceType(
        tokens=("aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2"),
        service="s3",
        id="{bucket}",
        key="Bucket",
        create=op("create_bucket", beside=_location),
        read=op("head_bucket"),
        item=lambda work, answer: {"Bucket": work.id, **answer},
        before_delete=[_empty_bucket],
        delete=op("delete_bucket"),
        update=[Step(inputs=("acl",), run=_acl)],
        names={"objectLockEnabled": "ObjectLockEnabledForBucket"},
        auto=Auto(input="bucket", limit=63, lower=True),
        local=("forceDestroy",),
        defaults={"forceDestroy": False},
        arn="arn:{partition}:s3:::{id}",
        outputs={
            "bucket": of_work(lambda work: work.id),
            "bucketDomainName": of_work(lambda work: f"{work.id}.s3.amazonaws.com"),
            "bucketRegion": of_work(lambda work: work.region),
            "bucketRegionalDomainName": of_work(lambda work: f"{work.id}.s3.{work.region}.amazonaws.com"),
            "hostedZoneId": of_work(lambda work: _WEBSITE_ZONES.get(work.region)),
        },
        also=[
            Look(
                name="get_object_lock_configuration",
                outputs={"objectLockEnabled": of_item(_has_object_lock)},
                absent={"objectLockEnabled": False},
            )
        ],
        tagging=BucketTags(),
    ),
    _part(
        "BucketVersioning",
        "bucket_versioning",
        "",
        put=op("put_bucket_versioning", _versioning, inputs=("bucket", "versioningConfiguration", "mfa")),
        variants=(
            (
                _never_versioned,
                op("head_bucket", lambda work: {"Bucket": work.new["bucket"]}, inputs=("versioningConfiguration",)),
            ),
        ),
        before_delete=[_suspend],
        delete=None,
        local=("mfa",),
        outputs={"versioningConfiguration": of_item(_read_versioning)},
    ),
    _part(
        "BucketPublicAccessBlock",
        "public_access_block",
        "PublicAccessBlockConfiguration",
        item="PublicAccessBlockConfiguration",
        delete=op("delete_public_access_block"),
        defaults=dict.fromkeys(
            ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"),
            False,  # a value, not a switch
        ),
        local=("skipDestroy",),
    ),
    _part(
        "BucketServerSideEncryptionConfiguration",
        "bucket_encryption",
        "ServerSideEncryptionConfiguration",
        item="ServerSideEncryptionConfiguration",
        delete=op("delete_bucket_encryption"),
        names={"kmsMasterKeyId": "KMSMasterKeyID", "sseAlgorithm": "SSEAlgorithm"},
    ),
    _part("BucketPolicy", "bucket_policy", "", delete=op("delete_bucket_policy")),
    _part(
        "BucketLifecycleConfiguration",
        "bucket_lifecycle_configuration",
        "LifecycleConfiguration",
        put=op(
            "put_bucket_lifecycle_configuration",
            wrap="LifecycleConfiguration",
            whole=True,
            beside=_lifecycle_size,
            carries=("transitionDefaultMinimumObjectSize",),
        ),
        delete=op("delete_bucket_lifecycle"),
        local=("timeouts",),
    ),
    _part(
        "BucketLogging",
        "bucket_logging",
        "",
        item="LoggingEnabled",
        put=op(
            "put_bucket_logging",
            _logging,
            inputs=("bucket", "targetBucket", "targetPrefix", "targetGrants", "targetObjectKeyFormat"),
        ),
        delete=op("put_bucket_logging", lambda work: {"Bucket": work.id, "BucketLoggingStatus": {}}),
    ),
    _part(
        "BucketOwnershipControls",
        "bucket_ownership_controls",
        "OwnershipControls",
        item="OwnershipControls",
        delete=op("delete_bucket_ownership_controls"),
    ),
    _part(
        "BucketObjectLockConfiguration",
        "object_lock_configuration",
        "ObjectLockConfiguration",
        item="ObjectLockConfiguration",
        delete=op("put_object_lock_configuration", _lock_without_rule),
        defaults={"objectLockEnabled": "Enabled"},
        local=("token",),
    ),
    _part(
        "BucketNotification",
        "bucket_notification_configuration",
        "",
        put=op(
            "put_bucket_notification_configuration",
            _notify,
            inputs=("bucket", "eventbridge", "topics", "queues", "lambdaFunctions"),
        ),
        delete=op(
            "put_bucket_notification_configuration",
            lambda work: {"Bucket": work.id, "NotificationConfiguration": {}},
        ),
        outputs={
            "eventbridge": of_item(lambda item: True if "EventBridgeConfiguration" in item else None),
            **{name: _notified(key, member, arn) for name, key, member, arn in _DESTINATIONS},
        },
    ),
    _part(
        "BucketReplicationConfig",
        "bucket_replication",
        "ReplicationConfiguration",
        item="ReplicationConfiguration",
        delete=op("delete_bucket_replication"),
        local=("token",),
    ),
)
