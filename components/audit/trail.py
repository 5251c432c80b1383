"""CloudTrail trail that records the account's API calls in every region.

With `locked`, Object Lock makes the archive tamper-proof.
"""

from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions
from pulumi_aws import cloudtrail, cloudwatch

from components.audit.plan import archive_lifecycle, data_event_arn_prefixes, trail_arn, trail_delivery_statements
from components.base import ComponentArgs, PlatformComponent
from components.identity.documents import Statement
from components.identity.role import ServiceRole, ServiceRoleArgs
from components.storage.bucket import BucketArgs, PrivateBucket, access_log_bucket_args

INSIGHTS = ("ApiCallRateInsight", "ApiErrorRateInsight")


@dataclass(frozen=True, kw_only=True)
class AuditTrailArgs(ComponentArgs):
    """Retention and encryption of the trail."""

    key: pulumi.Input[str]
    """ARN of the KMS key of the trail's files."""
    logs_key: pulumi.Input[str]
    """ARN of the KMS key of the log group."""
    log_days: int
    """Retention in CloudWatch Logs, for alarms and queries."""
    archive_years: int
    """Retention in S3."""
    locked: bool
    """True if Object Lock protects the archive for `archive_years`.

    Not even the root user can bypass the lock.
    """
    insights: bool
    """True to enable CloudTrail Insights for unusual rates of calls and errors.

    AWS charges per event.
    """


class AuditTrail(PlatformComponent):
    """One trail for all regions, with its archive and its log group.

    Outputs: archive (PrivateBucket); access_logs (name of the access log bucket); arn; log_group (its name).
    """

    def __init__(self, name: str, args: AuditTrailArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("campus:audit:AuditTrail", name, args.context, opts)
        context = args.context
        access_log_bucket = self._access_logs(name, args)
        self.archive = self._archive(name, args, access_log_bucket)
        group = cloudwatch.LogGroup(
            name,
            name=f"/campus/{context.environment}/trail",
            kms_key_id=args.logs_key,
            retention_in_days=args.log_days,
            **self.child("trail"),
        )
        trail = cloudtrail.Trail(
            name,
            name=context.resource_name("trail"),
            s3_bucket_name=self.archive.name_after_policy,
            is_multi_region_trail=True,
            include_global_service_events=True,
            enable_log_file_validation=True,
            kms_key_id=args.key,
            cloud_watch_logs_group_arn=pulumi.Output.concat(group.arn, ":*"),
            cloud_watch_logs_role_arn=self._delivery_role_arn(name, group.arn),
            advanced_event_selectors=self._selectors(),
            insight_selectors=[cloudtrail.TrailInsightSelectorArgs(insight_type=insight) for insight in INSIGHTS]
            if args.insights
            else None,
            **self.child("trail"),
        )
        self.access_logs = access_log_bucket.name_after_policy
        self.arn = trail.arn
        self.log_group = group.name
        self.register_outputs({"arn": self.arn})

    def _access_logs(self, name: str, args: AuditTrailArgs) -> PrivateBucket:
        return PrivateBucket(
            f"{name}-access-logs",
            access_log_bucket_args(
                args.context, "trail-access-logs", days=args.log_days, force_destroy=not args.locked
            ),
            self.child_options(),
        )

    def _archive(self, name: str, args: AuditTrailArgs, access_log_bucket: PrivateBucket) -> PrivateBucket:
        """Create the archive with S3-managed default encryption.

        CloudTrail itself specifies the KMS key for each log file, but not for digest files. If the bucket had a default
        KMS key, S3 would use it for the digest files, and the key policy does not allow that: it allows CloudTrail only
        requests with the encryption context of log files.
        """
        context = args.context
        return PrivateBucket(
            f"{name}-archive",
            BucketArgs(
                context=context,
                role="trail",
                lifecycle=archive_lifecycle(args.archive_years),
                force_destroy=not args.locked,
                lock_years=args.archive_years if args.locked else None,
                access_logs=access_log_bucket.name_after_policy,
                grants=lambda arn: trail_delivery_statements(arn, context),
            ),
            self.child_options(),
        )

    def _delivery_role_arn(self, name: str, group_arn: pulumi.Output[str]) -> pulumi.Output[str]:
        return ServiceRole(
            f"{name}-role",
            ServiceRoleArgs(
                context=self.context,
                role="trail",
                service="cloudtrail.amazonaws.com",
                trust_keys={"aws:SourceArn": trail_arn(self.context)},
                statements=[
                    Statement(
                        actions=["logs:CreateLogStream", "logs:PutLogEvents"],
                        resources=[pulumi.Output.concat(group_arn, ":log-stream:*")],
                    )
                ],
            ),
            self.child_options(),
        ).arn

    def _selectors(self) -> list[cloudtrail.TrailAdvancedEventSelectorArgs]:
        select = cloudtrail.TrailAdvancedEventSelectorFieldSelectorArgs
        return [
            cloudtrail.TrailAdvancedEventSelectorArgs(
                name="management events", field_selectors=[select(field="eventCategory", equals=["Management"])]
            ),
            cloudtrail.TrailAdvancedEventSelectorArgs(
                name="objects of watched buckets",
                field_selectors=[
                    select(field="eventCategory", equals=["Data"]),
                    select(field="resources.type", equals=["AWS::S3::Object"]),
                    select(field="resources.ARN", starts_withs=data_event_arn_prefixes(self.context)),
                ],
            ),
        ]
