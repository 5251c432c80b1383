"""The account's trail: every call to AWS in every region, kept where nobody can rewrite it."""

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
    """How long the record is kept, and with which keys."""

    key: pulumi.Input[str]
    """Encrypts the trail's files."""
    logs_key: pulumi.Input[str]
    """Encrypts the log group."""
    log_days: int
    """Days in CloudWatch Logs, where alarms and people look."""
    archive_years: int
    """Years in S3."""
    locked: bool
    """True: nobody, root included, deletes or overwrites the archive within its years."""
    insights: bool
    """Whether CloudTrail looks for unusual rates of calls and errors; it is paid by the event."""


class AuditTrail(PlatformComponent):
    """One trail for all regions, with its archive and its log group.

    Outputs: archive (PrivateBucket); access_logs, the bucket that is told who reads it; arn; log_group, its name.
    """

    def __init__(self, name: str, args: AuditTrailArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("campus:audit:AuditTrail", name, args.context, opts)
        place = args.context
        readers = self._access_logs(name, args)
        self.archive = self._archive(name, args, readers)
        group = cloudwatch.LogGroup(
            name,
            name=f"/campus/{place.environment}/trail",
            kms_key_id=args.logs_key,
            retention_in_days=args.log_days,
            **self.child("trail"),
        )
        trail = cloudtrail.Trail(
            name,
            name=place.resource_name("trail"),
            s3_bucket_name=self.archive.name_after_policy,
            is_multi_region_trail=True,
            include_global_service_events=True,
            enable_log_file_validation=True,
            kms_key_id=args.key,
            cloud_watch_logs_group_arn=pulumi.Output.concat(group.arn, ":*"),
            cloud_watch_logs_role_arn=self._writer(name, group.arn),
            advanced_event_selectors=self._selectors(),
            insight_selectors=[cloudtrail.TrailInsightSelectorArgs(insight_type=each) for each in INSIGHTS]
            if args.insights
            else None,
            **self.child("trail"),
        )
        self.access_logs = readers.name_after_policy
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

    def _archive(self, name: str, args: AuditTrailArgs, readers: PrivateBucket) -> PrivateBucket:
        """The bucket's own encryption is S3's: CloudTrail names the key with every file.

        A default key would also be used for digest files, under an encryption context that the key's policy refuses to
        CloudTrail.
        """
        place = args.context
        return PrivateBucket(
            f"{name}-archive",
            BucketArgs(
                context=place,
                role="trail",
                lifecycle=archive_lifecycle(args.archive_years),
                force_destroy=not args.locked,
                lock_years=args.archive_years if args.locked else None,
                access_logs=readers.name_after_policy,
                grants=lambda arn: trail_delivery_statements(arn, place),
            ),
            self.child_options(),
        )

    def _writer(self, name: str, group_arn: pulumi.Output[str]) -> pulumi.Output[str]:
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
