"""Resources that Pulumi needs in an account, in the order of their creation."""

from typing import Any

from operations.bootstrap import policies
from operations.bootstrap.boundary import boundary
from operations.bootstrap.context import GITHUB, AccountContext
from operations.bootstrap.pipeline_permissions import deployer_permissions, deployer_reads, preview_permissions
from operations.bootstrap.plan import Attributes, Resource, ResourceKind
from operations.bootstrap.statements import Document

OLD_STATE_DAYS = 365
"""Days that noncurrent versions of state are kept."""
ABORT_UPLOAD_DAYS = 7
SESSION_SECONDS = 3600
"""Maximum session duration of a pipeline role; the lowest maximum that IAM allows."""
REPLICATION_MINUTES = 15
"""The only value that S3 Replication Time Control accepts."""
LEASE_KEY = "stack"
LEASE_EXPIRY = "expiresAt"
"""Name of the TTL attribute (Unix time in seconds). DynamoDB deletes an expired lease, whose holder has died."""


def desired_resources(context: AccountContext) -> tuple[Resource, ...]:
    """Return all resources and DR copies, each after the resources it refers to."""
    return (*_keys(context), *_buckets(context), _table(context), *_identity(context))


def _tags(context: AccountContext, name: str) -> dict[str, str]:
    return {**dict(context.tags), "Name": name}


def _keys(context: AccountContext) -> tuple[Resource, ...]:
    """Return the multi-region key and its replica in the DR region.

    With the replica, the DR region can decrypt state after the primary region is lost.
    """
    common: Attributes = {
        "policy": policies.key_policy(context),
        "tags": _tags(context, context.named("pulumi")),
        "alias": context.alias,
    }
    primary = Resource(
        ResourceKind.KEY, context.alias, context.region, {"multi-region": True, **common, "rotation": True}
    )
    if not context.recovery_region:
        return (primary,)
    copy = {"primary region": context.region, **common}
    return (primary, Resource(ResourceKind.KEY_COPY, context.alias, context.recovery_region, copy))


def _bucket(context: AccountContext, name: str, region: str) -> dict[str, Any]:
    old = {"NoncurrentDays": OLD_STATE_DAYS}
    rule = {
        "ID": "age",
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "NoncurrentVersionExpiration": old,
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": ABORT_UPLOAD_DAYS},
    }
    return {
        "region": region,
        "public access block": dict.fromkeys(
            ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"),
            True,  # every setting is on
        ),
        "ownership": "BucketOwnerEnforced",
        "policy": policies.bucket_policy(name),
        "versioning": "Enabled",
        "encryption": {"key": context.alias_arn(region), "bucket key": True},
        "lifecycle": [rule],
        "tags": _tags(context, name),
    }


def _buckets(context: AccountContext) -> tuple[Resource, ...]:
    state = _bucket(context, context.bucket, context.region)
    if not context.recovery_region:
        return (Resource(ResourceKind.BUCKET, context.bucket, context.region, state),)
    role = Resource(
        ResourceKind.ROLE,
        context.named("state-replication"),
        "",
        _role(
            context,
            "state-replication",
            policies.replication_trust(context),
            policies.replication_permissions(context),
        ),
    )
    copy = _bucket(context, context.bucket_copy, context.recovery_region)
    replicated = {**state, "replication": {"role": context.iam(f"role/{role.name}"), "rules": [_replication(context)]}}
    return (
        role,
        Resource(ResourceKind.BUCKET, context.bucket_copy, context.recovery_region, copy),
        Resource(ResourceKind.BUCKET, context.bucket, context.region, replicated),
    )


def _replication(context: AccountContext) -> dict[str, Any]:
    minutes = {"Minutes": REPLICATION_MINUTES}
    return {
        "ID": "everything",
        "Priority": 1,
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "DeleteMarkerReplication": {"Status": "Enabled"},
        "SourceSelectionCriteria": {"SseKmsEncryptedObjects": {"Status": "Enabled"}},
        "Destination": {
            "Bucket": f"arn:aws:s3:::{context.bucket_copy}",
            "EncryptionConfiguration": {"ReplicaKmsKeyID": context.alias_arn(context.recovery_region)},
            "ReplicationTime": {"Status": "Enabled", "Time": minutes},
            "Metrics": {"Status": "Enabled", "EventThreshold": minutes},
        },
    }


def _table(context: AccountContext) -> Resource:
    name = context.named("leases")
    attributes: Attributes = {
        "key": LEASE_KEY,
        "encryption": context.alias_arn(context.region),
        "deletion protection": True,
        "point-in-time recovery": True,
        "time to live": LEASE_EXPIRY,
        "tags": _tags(context, name),
    }
    return Resource(ResourceKind.TABLE, name, context.region, attributes)


def _identity(context: AccountContext) -> tuple[Resource, ...]:
    provider: Attributes = {"audiences": [policies.AUDIENCE], "tags": _tags(context, "github")}
    limits: Attributes = {"document": boundary(context), "tags": _tags(context, context.named("boundary"))}
    reads: Attributes = {"document": deployer_reads(context), "tags": _tags(context, context.named("deployer-reads"))}
    rest = {"policies": [context.iam(f"policy/{context.named('deployer-reads')}")], "boundary": context.boundary}
    preview = _role(context, "preview", policies.pipeline_trust(context), preview_permissions(context))
    deployer = _role(context, "deployer", policies.pipeline_trust(context), deployer_permissions(context))
    return (
        Resource(ResourceKind.PROVIDER, GITHUB, "", provider),
        Resource(ResourceKind.POLICY, context.named("boundary"), "", limits),
        Resource(ResourceKind.POLICY, context.named("deployer-reads"), "", reads),
        Resource(ResourceKind.ROLE, context.named("preview"), "", preview),
        Resource(ResourceKind.ROLE, context.named("deployer"), "", {**deployer, **rest}),
    )


def _role(context: AccountContext, role: str, trust: Document, permissions: Document) -> dict[str, Any]:
    return {
        "trust": trust,
        "permissions": permissions,
        "session seconds": SESSION_SECONDS,
        "tags": _tags(context, context.named(role)),
    }
