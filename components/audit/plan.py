"""Events, retention, delivery policies and metric filters of the audit trail."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from components.base import DeploymentContext
from components.identity.documents import Statement, deny_plain_http
from components.storage.plan import DAYS_PER_YEAR, LifecyclePlan

MAX_PATTERN_LENGTH = 1024
"""Maximum length of a metric filter's pattern.

Source: CloudWatch Logs API, PutMetricFilter.
"""
RECORDER = "config.amazonaws.com"
"""Service principal of AWS Config."""
COLD_AFTER_DAYS = 90
ARCHIVE_AFTER_DAYS = 365

DATA_EVENT_BUCKETS = ("evidence", "vault-snapshots", "pulumi-state")
"""Buckets whose object-level events the trail records: evidence and Vault's snapshots of both regions, and the Pulumi
state."""


def data_event_arn_prefixes(context: DeploymentContext) -> list[str]:
    """Return the ARN prefixes of the objects whose data events the trail records.

    The prefix of a bucket in the primary region also matches the bucket's copy in the DR region.
    """
    return [f"arn:aws:s3:::{context.resource_name(role)}" for role in DATA_EVENT_BUCKETS]


def archive_lifecycle(years: int) -> LifecyclePlan:
    """Return an audit archive's lifecycle, with transitions to cheaper storage."""
    return LifecyclePlan(years * DAYS_PER_YEAR, COLD_AFTER_DAYS, ARCHIVE_AFTER_DAYS)


def trail_arn(context: DeploymentContext) -> str:
    """Return the trail's ARN, which the bucket policy names before the trail exists."""
    return f"arn:aws:cloudtrail:{context.region}:{context.account}:trail/{context.resource_name('trail')}"


def trail_delivery_statements(bucket: pulumi.Input[str], context: DeploymentContext) -> tuple[Statement, ...]:
    """Return the statements that let only this environment's trail write its files.

    `bucket` is the bucket's ARN.

    Source: CloudTrail User Guide, "Amazon S3 bucket policy for CloudTrail".
    """
    return _delivery(
        bucket,
        name="Trail",
        service="cloudtrail.amazonaws.com",
        condition={"aws:SourceArn": trail_arn(context)},
        check_actions=["s3:GetBucketAcl"],
        folder=f"/AWSLogs/{context.account}/*",
    )


def config_delivery_statements(bucket: pulumi.Input[str], account: str) -> tuple[Statement, ...]:
    """Return the statements that let AWS Config check and write to the bucket.

    They apply to this account only. `bucket` is the bucket's ARN.

    Source: AWS Config Developer Guide, "Permissions for the Amazon S3 Bucket for the AWS Config Delivery Channel", for
    a service-linked role.
    """
    return _delivery(
        bucket,
        name="Config",
        service=RECORDER,
        condition={"aws:SourceAccount": account},
        check_actions=["s3:GetBucketAcl", "s3:ListBucket"],
        folder=f"/AWSLogs/{account}/Config/*",
    )


def _delivery(
    bucket: pulumi.Input[str],
    *,
    name: str,
    service: str,
    condition: Mapping[str, str],
    check_actions: Sequence[str],
    folder: str,
) -> tuple[Statement, ...]:
    """Return the statements that let a service check the bucket and write to a folder.

    The service must give the bucket's owner full control of the objects that it writes.
    """
    principals = {"Service": service}
    return (
        Statement(
            sid=f"{name}Looks",
            principals=principals,
            actions=check_actions,
            resources=[bucket],
            conditions={"StringEquals": condition},
        ),
        Statement(
            sid=f"{name}Writes",
            principals=principals,
            actions=["s3:PutObject"],
            resources=[pulumi.Output.concat(bucket, folder)],
            conditions={"StringEquals": {**condition, "s3:x-amz-acl": "bucket-owner-full-control"}},
        ),
    )


def alert_topic_statements(topic: pulumi.Input[str], context: DeploymentContext) -> tuple[Statement, ...]:
    """Return the statements that let this account's alarms and buckets publish.

    Plain HTTP is denied. `topic` is the topic's ARN.
    """
    alarms = f"arn:aws:cloudwatch:{context.region}:{context.account}:alarm:*"
    return (
        Statement(
            sid="AlarmsPublish",
            principals={"Service": "cloudwatch.amazonaws.com"},
            actions=["sns:Publish"],
            resources=[topic],
            conditions={"ArnLike": {"aws:SourceArn": alarms}, "StringEquals": {"aws:SourceAccount": context.account}},
        ),
        Statement(
            sid="LateCopies",
            principals={"Service": "s3.amazonaws.com"},
            actions=["sns:Publish"],
            resources=[topic],
            conditions={"StringEquals": {"aws:SourceAccount": context.account}},
        ),
        deny_plain_http(["sns:Publish"], [topic]),
    )


DETECTOR_FEATURES = ("S3_DATA_EVENTS", "EKS_AUDIT_LOGS", "RDS_LOGIN_EVENTS", "EBS_MALWARE_PROTECTION")
"""Optional GuardDuty features that are enabled.

GuardDuty always analyzes CloudTrail events, VPC flow logs and DNS logs.
"""

STANDARDS = (
    "standards/aws-foundational-security-best-practices/v/1.0.0",
    "standards/cis-aws-foundations-benchmark/v/3.0.0",
)
"""Security Hub standards that every region subscribes to.

Source: Security Hub User Guide, "Standards reference".
"""


def standard_arn(region: str, standard: str) -> str:
    """Return the ARN of a standard, which is the same in every account."""
    return f"arn:aws:securityhub:{region}::{standard}"


def standard_label(standard: str) -> str:
    """Return the short name of a standard, e.g. `cis-aws-foundations-benchmark`."""
    return standard.split("/")[1]


@dataclass(frozen=True)
class MetricFilterPlan:
    """One metric filter on CloudTrail events, with an alarm."""

    control: str
    """Control of the CIS AWS Foundations Benchmark v3.0.0, section 4."""
    label: str
    """Name of the filter, the metric and the alarm."""
    pattern: str
    """CloudWatch Logs filter pattern for CloudTrail events."""


def any_event(names: Sequence[str], source: str = "") -> str:
    """Return a filter pattern for events with these names, optionally of one source."""
    either = " || ".join(f"($.eventName={name})" for name in names)
    return f"{{($.eventSource={source}) && ({either})}}" if source else f"{{{either}}}"


METRIC_FILTERS = (
    MetricFilterPlan(
        "4.1",
        "unauthorised-calls",
        '{(($.errorCode="*UnauthorizedOperation") || ($.errorCode="AccessDenied*")) && '
        '($.sourceIPAddress!="delivery.logs.amazonaws.com") && ($.eventName!="HeadBucket")}',
    ),
    MetricFilterPlan(
        "4.2",
        "sign-in-without-mfa",
        '{($.eventName="ConsoleLogin") && ($.additionalEventData.MFAUsed!="Yes") && '
        '($.userIdentity.type="IAMUser") && ($.responseElements.ConsoleLogin="Success")}',
    ),
    MetricFilterPlan(
        "4.3",
        "root-used",
        '{$.userIdentity.type="Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType!="AwsServiceEvent"}',
    ),
    MetricFilterPlan(
        "4.4",
        "iam-policy-changed",
        any_event(
            [
                *("DeleteGroupPolicy", "DeleteRolePolicy", "DeleteUserPolicy"),
                *("PutGroupPolicy", "PutRolePolicy", "PutUserPolicy"),
                *("CreatePolicy", "DeletePolicy", "CreatePolicyVersion", "DeletePolicyVersion"),
                *("AttachRolePolicy", "DetachRolePolicy", "AttachUserPolicy", "DetachUserPolicy"),
                *("AttachGroupPolicy", "DetachGroupPolicy"),
            ],
            "iam.amazonaws.com",
        ),
    ),
    MetricFilterPlan(
        "4.5",
        "trail-changed",
        any_event(["CreateTrail", "UpdateTrail", "DeleteTrail", "StartLogging", "StopLogging"]),
    ),
    MetricFilterPlan(
        "4.6",
        "sign-in-failed",
        '{($.eventName=ConsoleLogin) && ($.errorMessage="Failed authentication")}',
    ),
    MetricFilterPlan(
        "4.7",
        "key-disabled-or-deleted",
        any_event(["DisableKey", "ScheduleKeyDeletion"], "kms.amazonaws.com"),
    ),
    MetricFilterPlan(
        "4.8",
        "bucket-policy-changed",
        any_event(
            [
                *("PutBucketAcl", "PutBucketPolicy", "PutBucketCors", "PutBucketLifecycle", "PutBucketReplication"),
                *("DeleteBucketPolicy", "DeleteBucketCors", "DeleteBucketLifecycle", "DeleteBucketReplication"),
            ],
            "s3.amazonaws.com",
        ),
    ),
    MetricFilterPlan(
        "4.9",
        "config-changed",
        any_event(
            [
                *("StopConfigurationRecorder", "DeleteDeliveryChannel"),
                *("PutDeliveryChannel", "PutConfigurationRecorder"),
            ],
            RECORDER,
        ),
    ),
    MetricFilterPlan(
        "4.10",
        "security-group-changed",
        any_event(
            [
                *("AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress"),
                *("RevokeSecurityGroupIngress", "RevokeSecurityGroupEgress"),
                *("CreateSecurityGroup", "DeleteSecurityGroup"),
            ]
        ),
    ),
    MetricFilterPlan(
        "4.11",
        "network-acl-changed",
        any_event(
            [
                *("CreateNetworkAcl", "CreateNetworkAclEntry", "DeleteNetworkAcl", "DeleteNetworkAclEntry"),
                *("ReplaceNetworkAclEntry", "ReplaceNetworkAclAssociation"),
            ]
        ),
    ),
    MetricFilterPlan(
        "4.12",
        "gateway-changed",
        any_event(
            [
                *("CreateCustomerGateway", "DeleteCustomerGateway", "AttachInternetGateway"),
                *("CreateInternetGateway", "DeleteInternetGateway", "DetachInternetGateway"),
            ]
        ),
    ),
    MetricFilterPlan(
        "4.13",
        "route-table-changed",
        any_event(
            [
                *("CreateRoute", "CreateRouteTable", "ReplaceRoute", "ReplaceRouteTableAssociation"),
                *("DeleteRouteTable", "DeleteRoute", "DisassociateRouteTable"),
            ],
            "ec2.amazonaws.com",
        ),
    ),
    MetricFilterPlan(
        "4.14",
        "vpc-changed",
        any_event(
            [
                *("CreateVpc", "DeleteVpc", "ModifyVpcAttribute"),
                *("AcceptVpcPeeringConnection", "CreateVpcPeeringConnection"),
                *("DeleteVpcPeeringConnection", "RejectVpcPeeringConnection"),
                *("AttachClassicLinkVpc", "DetachClassicLinkVpc"),
                *("DisableVpcClassicLink", "EnableVpcClassicLink"),
            ]
        ),
    ),
    MetricFilterPlan(
        "4.15",
        "organisation-changed",
        any_event(
            [
                *("AcceptHandshake", "AttachPolicy", "CreateAccount", "CreateOrganizationalUnit", "CreatePolicy"),
                *("DeclineHandshake", "DeleteOrganization", "DeleteOrganizationalUnit", "DeletePolicy"),
                *("DetachPolicy", "DisablePolicyType", "EnablePolicyType", "InviteAccountToOrganization"),
                *("LeaveOrganization", "MoveAccount", "RemoveAccountFromOrganization"),
                *("UpdatePolicy", "UpdateOrganizationalUnit"),
            ],
            "organizations.amazonaws.com",
        ),
    ),
)
"""Metric filters for section 4 of the CIS AWS Foundations Benchmark.

Control 4.16 needs no metric filter: it requires Security Hub, which `detection` enables.

Source: CIS AWS Foundations Benchmark v3.0.0, 4.1-4.15, and Security Hub User Guide, "CloudWatch controls".
"""
