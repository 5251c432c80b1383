"""Replication of a bucket to another region within fifteen minutes."""

from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions
from pulumi_aws import s3

from components.base import ComponentArgs, PlatformComponent
from components.identity.documents import Statement
from components.identity.role import ServiceRole, ServiceRoleArgs
from components.storage.bucket import PrivateBucket

MINUTES = 15
"""Minutes of S3 Replication Time Control, which allows no other value.

99.99 % of objects are replicated within this time, and a metric reports it.
"""
LATE = ("s3:Replication:OperationFailedReplication", "s3:Replication:OperationMissedThreshold")
READ_SOURCE = ("s3:GetReplicationConfiguration", "s3:ListBucket")
READ_VERSIONS = (
    *("s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"),
    *("s3:GetObjectRetention", "s3:GetObjectLegalHold"),
)
WRITE_COPIES = ("s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags")


@dataclass(frozen=True, kw_only=True)
class ReplicationArgs(ComponentArgs):
    """Source and target buckets, each with its own region's key."""

    role: str
    source: PrivateBucket
    source_key: pulumi.Input[str]
    target: PrivateBucket
    target_key: pulumi.Input[str]
    topic: pulumi.Input[str]
    """ARN of a topic in the source bucket's region for alerts about failed and late copies."""


def statements(args: ReplicationArgs) -> tuple[Statement, ...]:
    """Return S3's permissions to read the source and write the target."""
    return (
        Statement(actions=READ_SOURCE, resources=[args.source.arn]),
        Statement(actions=READ_VERSIONS, resources=[pulumi.Output.concat(args.source.arn, "/*")]),
        Statement(actions=WRITE_COPIES, resources=[pulumi.Output.concat(args.target.arn, "/*")]),
        Statement(actions=["kms:Decrypt"], resources=[args.source_key], conditions=_via_service(args.source)),
        Statement(
            actions=["kms:Encrypt", "kms:GenerateDataKey"],
            resources=[args.target_key],
            conditions=_via_service(args.target),
        ),
    )


def _via_service(bucket: PrivateBucket) -> dict[str, dict[str, str]]:
    return {"StringEquals": {"kms:ViaService": f"s3.{bucket.context.region}.amazonaws.com"}}


class Replication(PlatformComponent):
    """One-way replication of a whole bucket, including delete markers.

    The topic is notified only of failed and late copies. Notifications of every upload would hide these failures.
    """

    def __init__(self, name: str, args: ReplicationArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("campus:storage:Replication", name, args.context, opts)
        role = ServiceRole(
            f"{name}-role",
            ServiceRoleArgs(
                context=args.context,
                role=f"{args.role}-replication",
                service="s3.amazonaws.com",
                statements=statements(args),
            ),
            self.child_options(),
        )
        s3.BucketReplicationConfig(
            name,
            bucket=args.source.name,
            role=role.arn,
            rules=[self._rule(args)],
            **self.untagged(ResourceOptions(depends_on=[args.source.versioning, args.target.versioning])),
        )
        s3.BucketNotification(
            name,
            bucket=args.source.name,
            topics=[s3.BucketNotificationTopicArgs(id="late-copies", topic_arn=args.topic, events=list(LATE))],
            **self.untagged(),
        )
        self.register_outputs({})

    def _rule(self, args: ReplicationArgs) -> s3.BucketReplicationConfigRuleArgs:
        destination = s3.BucketReplicationConfigRuleDestinationArgs(
            bucket=args.target.arn,
            storage_class="STANDARD_IA",
            encryption_configuration=s3.BucketReplicationConfigRuleDestinationEncryptionConfigurationArgs(
                replica_kms_key_id=args.target_key
            ),
            replication_time=s3.BucketReplicationConfigRuleDestinationReplicationTimeArgs(
                status="Enabled",
                time=s3.BucketReplicationConfigRuleDestinationReplicationTimeTimeArgs(minutes=MINUTES),
            ),
            metrics=s3.BucketReplicationConfigRuleDestinationMetricsArgs(
                status="Enabled",
                event_threshold=s3.BucketReplicationConfigRuleDestinationMetricsEventThresholdArgs(minutes=MINUTES),
            ),
        )
        encrypted = s3.BucketReplicationConfigRuleSourceSelectionCriteriaSseKmsEncryptedObjectsArgs(status="Enabled")
        return s3.BucketReplicationConfigRuleArgs(
            id="everything",
            status="Enabled",
            priority=1,
            filter=s3.BucketReplicationConfigRuleFilterArgs(prefix=""),
            delete_marker_replication=s3.BucketReplicationConfigRuleDeleteMarkerReplicationArgs(status="Enabled"),
            source_selection_criteria=s3.BucketReplicationConfigRuleSourceSelectionCriteriaArgs(
                sse_kms_encrypted_objects=encrypted
            ),
            destination=destination,
        )
