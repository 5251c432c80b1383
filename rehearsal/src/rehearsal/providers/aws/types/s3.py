"""S3: buckets and their configurations."""

from collections.abc import Mapping
from typing import Any

from rehearsal.providers.aws.calls import Args, AwsError, input_shape
from rehearsal.providers.aws.context import OperationContext
from rehearsal.providers.aws.mapping import members, to_aws
from rehearsal.providers.aws.table import (
    ApiCall,
    AutoName,
    CustomUpdate,
    EmulatedType,
    ExtraRead,
    OutputFunction,
    from_context,
    from_response,
    resource_id,
)
from rehearsal.providers.aws.tags import BucketTags
from rehearsal.providers.values import Properties

_WEBSITE_ZONES = {"us-east-1": "Z3AQBSTGFYJSTF", "us-east-2": "Z2O1EMRO9K5GLX", "us-west-2": "Z3BJ6K6RIION7M"}
"""Region → Route 53 zone id of the region's website endpoint, from AWS's documentation. Not all regions are listed."""


def _location_args(context: OperationContext) -> Args:
    if context.region == "us-east-1":
        return {}
    return {"CreateBucketConfiguration": {"LocationConstraint": context.region}}


def _put_acl(context: OperationContext) -> None:
    context.call("put_bucket_acl", {"Bucket": context.id, "ACL": context.inputs.get("acl") or "private"})


def _empty_bucket(context: OperationContext) -> None:
    """Delete all versions of all objects, if the program sets `forceDestroy`."""
    if not context.get("forceDestroy"):
        return
    response = context.call("list_object_versions", {"Bucket": context.id}, pages=True)
    for version in [*response.get("Versions", []), *response.get("DeleteMarkers", [])]:
        context.call("delete_object", {"Bucket": context.id, "Key": version["Key"], "VersionId": version["VersionId"]})


def _logging_args(context: OperationContext) -> Args:
    enabled = members(members(input_shape("s3", "put_bucket_logging"))["BucketLoggingStatus"])["LoggingEnabled"]
    inputs = {name: value for name, value in context.inputs.items() if name.startswith("target")}
    return {"Bucket": context.inputs["bucket"], "BucketLoggingStatus": {"LoggingEnabled": to_aws(enabled, inputs, {})}}


_HAS_V2_ALIAS = (
    "BucketLifecycleConfiguration",
    "BucketLogging",
    "BucketObjectLockConfiguration",
    "BucketServerSideEncryptionConfiguration",
    "BucketVersioning",
)
"""Configurations that the SDK also offers under an older name with the suffix V2."""


def _bucket_configuration(
    name: str,
    noun: str,
    nested_in: str,
    *,
    item: str = "@",
    delete: ApiCall | None,
    put: ApiCall | None = None,
    state_only: tuple[str, ...] = (),
    outputs: Mapping[str, Any] | None = None,
    **more: Any,
) -> EmulatedType:
    """Declare a bucket configuration that AWS replaces as a whole.

    An example is `BucketVersioning`.
    """
    type_names = [name, f"{name}V2"] if name in _HAS_V2_ALIAS else [name]
    put = put or ApiCall(f"put_{noun}", nested_in=nested_in, full_replace=True)
    return EmulatedType(
        tokens=tuple(f"aws:s3/{type_name[0].lower()}{type_name[1:]}:{type_name}" for type_name in type_names),
        service="s3",
        id="{bucket}",
        id_argument="Bucket",
        create=put,
        read=ApiCall(f"get_{noun}"),
        item=item,
        update=[put],
        delete=delete,
        state_only=("expectedBucketOwner", *state_only),
        outputs={"bucket": resource_id, **(outputs or {})},
        **more,
    )


def _versioning_args(context: OperationContext) -> Args:
    configuration = context.inputs["versioningConfiguration"]
    return {
        "Bucket": context.inputs["bucket"],
        "MFA": context.inputs.get("mfa"),
        "VersioningConfiguration": {"Status": configuration["status"], "MFADelete": configuration.get("mfaDelete")},
    }


def _never_versioned(context: OperationContext) -> bool:
    """Return True if the program sets the status `Disabled`.

    A new bucket has this status, and no call can set it.
    """
    return bool(context.inputs["versioningConfiguration"]["status"] == "Disabled")


def _read_versioning(item: Any) -> Properties:
    deleting = {"mfaDelete": item["MFADelete"]} if item.get("MFADelete") else {}
    return {"status": item.get("Status", "Disabled"), **deleting}


def _lifecycle_args(context: OperationContext) -> Args:
    return {"TransitionDefaultMinimumObjectSize": context.inputs.get("transitionDefaultMinimumObjectSize")}


def _remove_lock_rule_args(context: OperationContext) -> Args:
    """Build an object lock configuration without a rule.

    AWS can't remove the object lock itself.
    """
    return {"Bucket": context.id, "ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled"}}


def _has_object_lock(response: Any) -> bool:
    return bool(response.get("ObjectLockConfiguration", {}).get("ObjectLockEnabled") == "Enabled")


_DESTINATIONS = (
    ("topics", "topicArn", "TopicConfigurations", "TopicArn"),
    ("queues", "queueArn", "QueueConfigurations", "QueueArn"),
    ("lambdaFunctions", "lambdaFunctionArn", "LambdaFunctionConfigurations", "LambdaFunctionArn"),
)
"""Event destinations: (input, field of the input with the ARN, AWS member, field of the member with the ARN)."""


def _notification_args(context: OperationContext) -> Args:
    configuration: Args = {
        member: [_destination(target, key, arn) for target in context.inputs.get(name) or []] or None
        for name, key, member, arn in _DESTINATIONS
    }
    bridge: Args = {"EventBridgeConfiguration": {}} if context.inputs.get("eventbridge") else {}
    return {"Bucket": context.inputs["bucket"], "NotificationConfiguration": {**configuration, **bridge}}


def _destination(inputs: Mapping[str, Any], key: str, arn: str) -> Args:
    filters = {"prefix": inputs.get("filterPrefix"), "suffix": inputs.get("filterSuffix")}
    rules = [{"Name": name, "Value": value} for name, value in filters.items() if value]
    filter_args = {"Filter": {"Key": {"FilterRules": rules}}} if rules else {}
    return {"Id": inputs.get("id"), arn: inputs[key], "Events": inputs["events"], **filter_args}


def _notification_output(key: str, member: str, arn: str) -> OutputFunction:
    def read(item: Any) -> Any:
        return [_read_destination(configuration, key, arn) for configuration in item.get(member) or []] or None

    return from_response(read)


def _read_destination(configuration: Any, key: str, arn: str) -> dict[str, Any]:
    rules = configuration.get("Filter", {}).get("Key", {}).get("FilterRules", [])
    filters = {f"filter{rule['Name'].capitalize()}": rule["Value"] for rule in rules}
    return {"id": configuration["Id"], key: configuration[arn], "events": configuration["Events"], **filters}


def _suspend_versioning(context: OperationContext) -> None:
    """Suspend versioning, because AWS can't remove it.

    The real provider does the same.
    """
    status = (context.get("versioningConfiguration") or {}).get("status")
    if status in ("Enabled", "Suspended"):
        try:
            context.call(
                "put_bucket_versioning", {"Bucket": context.id, "VersioningConfiguration": {"Status": "Suspended"}}
            )
        except AwsError as error:
            if not error.is_missing:
                raise


TYPES = (
    EmulatedType(
        tokens=("aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2"),
        service="s3",
        id="{bucket}",
        id_argument="Bucket",
        create=ApiCall("create_bucket", extra_args=_location_args),
        read=ApiCall("head_bucket"),
        item=lambda context, response: {"Bucket": context.id, **response},
        before_delete=[_empty_bucket],
        delete=ApiCall("delete_bucket"),
        update=[CustomUpdate(inputs=("acl",), run=_put_acl)],
        names={"objectLockEnabled": "ObjectLockEnabledForBucket"},
        autoname=AutoName(input="bucket", max_length=63, lowercase=True),
        state_only=("forceDestroy",),
        defaults={"forceDestroy": False},
        arn="arn:{partition}:s3:::{id}",
        outputs={
            "bucket": resource_id,
            "bucketDomainName": from_context(lambda context: f"{context.id}.s3.amazonaws.com"),
            "bucketRegion": from_context(lambda context: context.region),
            "bucketRegionalDomainName": from_context(lambda context: f"{context.id}.s3.{context.region}.amazonaws.com"),
            "hostedZoneId": from_context(lambda context: _WEBSITE_ZONES.get(context.region)),
        },
        extra_reads=[
            ExtraRead(
                "get_object_lock_configuration",
                outputs={"objectLockEnabled": from_response(_has_object_lock)},
                when_missing={"objectLockEnabled": False},
            )
        ],
        tagging=BucketTags(),
    ),
    _bucket_configuration(
        "BucketVersioning",
        "bucket_versioning",
        "",
        item="{Status: Status || 'Disabled', MFADelete: MFADelete}",
        put=ApiCall(
            "put_bucket_versioning", args=_versioning_args, covers_inputs=("bucket", "versioningConfiguration", "mfa")
        ),
        create_variants=(
            (
                _never_versioned,
                ApiCall(
                    "head_bucket",
                    args=lambda context: {"Bucket": context.inputs["bucket"]},
                    covers_inputs=("bucket", "versioningConfiguration", "mfa"),
                ),
            ),
        ),
        before_delete=[_suspend_versioning],
        delete=None,
        state_only=("mfa",),
        outputs={"versioningConfiguration": from_response(_read_versioning)},
    ),
    _bucket_configuration(
        "BucketPublicAccessBlock",
        "public_access_block",
        "PublicAccessBlockConfiguration",
        item="PublicAccessBlockConfiguration",
        delete=ApiCall("delete_public_access_block"),
        defaults=dict.fromkeys(
            ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"),
            False,
        ),
        state_only=("skipDestroy",),
    ),
    _bucket_configuration(
        "BucketServerSideEncryptionConfiguration",
        "bucket_encryption",
        "ServerSideEncryptionConfiguration",
        item="ServerSideEncryptionConfiguration",
        delete=ApiCall("delete_bucket_encryption"),
        names={"kmsMasterKeyId": "KMSMasterKeyID", "sseAlgorithm": "SSEAlgorithm"},
    ),
    _bucket_configuration("BucketPolicy", "bucket_policy", "", delete=ApiCall("delete_bucket_policy")),
    _bucket_configuration(
        "BucketLifecycleConfiguration",
        "bucket_lifecycle_configuration",
        "LifecycleConfiguration",
        put=ApiCall(
            "put_bucket_lifecycle_configuration",
            nested_in="LifecycleConfiguration",
            full_replace=True,
            extra_args=_lifecycle_args,
            covers_inputs=("transitionDefaultMinimumObjectSize",),
        ),
        delete=ApiCall("delete_bucket_lifecycle"),
        state_only=("timeouts",),
    ),
    _bucket_configuration(
        "BucketLogging",
        "bucket_logging",
        "",
        item="LoggingEnabled",
        put=ApiCall(
            "put_bucket_logging",
            args=_logging_args,
            covers_inputs=("bucket", "targetBucket", "targetPrefix", "targetGrants", "targetObjectKeyFormat"),
        ),
        delete=ApiCall("put_bucket_logging", args=lambda context: {"Bucket": context.id, "BucketLoggingStatus": {}}),
    ),
    _bucket_configuration(
        "BucketOwnershipControls",
        "bucket_ownership_controls",
        "OwnershipControls",
        item="OwnershipControls",
        delete=ApiCall("delete_bucket_ownership_controls"),
    ),
    _bucket_configuration(
        "BucketObjectLockConfiguration",
        "object_lock_configuration",
        "ObjectLockConfiguration",
        item="ObjectLockConfiguration",
        delete=ApiCall("put_object_lock_configuration", args=_remove_lock_rule_args),
        defaults={"objectLockEnabled": "Enabled"},
        state_only=("token",),
    ),
    _bucket_configuration(
        "BucketNotification",
        "bucket_notification_configuration",
        "",
        put=ApiCall(
            "put_bucket_notification_configuration",
            args=_notification_args,
            covers_inputs=("bucket", "eventbridge", "topics", "queues", "lambdaFunctions"),
        ),
        delete=ApiCall(
            "put_bucket_notification_configuration",
            args=lambda context: {"Bucket": context.id, "NotificationConfiguration": {}},
        ),
        outputs={
            "eventbridge": from_response(lambda item: True if "EventBridgeConfiguration" in item else None),
            **{name: _notification_output(key, member, arn) for name, key, member, arn in _DESTINATIONS},
        },
    ),
    _bucket_configuration(
        "BucketReplicationConfig",
        "bucket_replication",
        "ReplicationConfiguration",
        item="ReplicationConfiguration",
        delete=ApiCall("delete_bucket_replication"),
        state_only=("token",),
    ),
)
