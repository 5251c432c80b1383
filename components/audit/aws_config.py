"""AWS Config: the configuration history of every resource.

Security Hub's controls depend on AWS Config.
"""

from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions
from pulumi_aws import cfg, iam

from components.audit.plan import RECORDER, archive_lifecycle, config_delivery_statements
from components.base import ComponentArgs, PlatformComponent
from components.storage.bucket import BucketArgs, PrivateBucket

SNAPSHOTS = "TwentyFour_Hours"


@dataclass(frozen=True, kw_only=True)
class ConfigurationHistoryArgs(ComponentArgs):
    """Retention and encryption of the configuration history."""

    key: pulumi.Input[str]
    """ARN of a KMS key in the bucket's region that AWS Config may use."""
    years: int
    force_destroy: bool
    access_logs: pulumi.Input[str]
    """Name of the bucket that receives the S3 access logs of the history's bucket."""


class ConfigurationHistory(PlatformComponent):
    """Delivery bucket and IAM role of the configuration recorders in all regions.

    The recorders cannot share the trail's bucket, because AWS Config does not deliver to a bucket whose Object Lock has
    a default retention (AWS Config Developer Guide, "Permissions for the Amazon S3 Bucket for the AWS Config Delivery
    Channel").

    The recorders use AWS Config's service-linked role, because Security Hub's control Config.1 fails with any other
    role. Only AWS Config can assume this role, and AWS adds permissions for new resource types to the role. Each
    account has exactly one service-linked role for AWS Config.

    Outputs: store (PrivateBucket); bucket (bucket name, which resolves after AWS Config may write to it); key;
    role_arn.
    """

    def __init__(self, name: str, args: ConfigurationHistoryArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("campus:audit:ConfigurationHistory", name, args.context, opts)
        role = iam.ServiceLinkedRole(name, aws_service_name=RECORDER, **self.global_child("configuration-recorder"))
        self.store = PrivateBucket(
            name,
            BucketArgs(
                context=args.context,
                role="configuration-history",
                lifecycle=archive_lifecycle(args.years),
                force_destroy=args.force_destroy,
                key=args.key,
                access_logs=args.access_logs,
                grants=lambda arn: config_delivery_statements(arn, args.context.account),
            ),
            self.child_options(),
        )
        self.bucket = self.store.name_after_policy
        self.key = args.key
        self.role_arn = role.arn
        self.register_outputs({})


@dataclass(frozen=True, kw_only=True)
class ConfigurationRecorderArgs(ComponentArgs):
    """Arguments of the configuration recorder in the context's region."""

    history: ConfigurationHistory
    include_global_resources: bool
    """True to record global resources (IAM) in this region.

    Enable it in one region per account to avoid duplicates.
    """


class ConfigurationRecorder(PlatformComponent):
    """Configuration recorder for all resource types in one region.

    The delivery channel is created before recording starts.
    """

    def __init__(self, name: str, args: ConfigurationRecorderArgs, opts: ResourceOptions | None = None) -> None:
        # The type token predates the class name, but it is part of the URN and must not change.
        super().__init__("campus:audit:Recorder", name, args.context, opts)
        recorder = cfg.Recorder(
            name,
            name=args.context.resource_name("recorder"),
            role_arn=args.history.role_arn,
            recording_group=cfg.RecorderRecordingGroupArgs(
                all_supported=True, include_global_resource_types=args.include_global_resources
            ),
            **self.untagged(),
        )
        channel = cfg.DeliveryChannel(
            name,
            name=args.context.resource_name("recorder"),
            s3_bucket_name=args.history.bucket,
            s3_kms_key_arn=args.history.key,
            snapshot_delivery_properties=cfg.DeliveryChannelSnapshotDeliveryPropertiesArgs(
                delivery_frequency=SNAPSHOTS
            ),
            **self.untagged(ResourceOptions(depends_on=[recorder])),
        )
        cfg.RecorderStatus(
            name, name=recorder.name, is_enabled=True, **self.untagged(ResourceOptions(depends_on=[channel]))
        )
        self.register_outputs({})
