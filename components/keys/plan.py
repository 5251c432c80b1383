"""Key policies by purpose.

A key can be used only through the services that need it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from components.identity.documents import Statement

ADMINISTRATION = (
    *("kms:Create*", "kms:Describe*", "kms:Enable*", "kms:List*", "kms:Put*", "kms:Update*", "kms:Revoke*"),
    *("kms:Disable*", "kms:Get*", "kms:Delete*", "kms:TagResource", "kms:UntagResource"),
    *("kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion", "kms:RotateKeyOnDemand"),
)
"""Administrative actions, which do not include use of the key."""
USE = ("kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey")

BILLING_SERVICES = ("budgets.amazonaws.com", "costalerts.amazonaws.com")
"""AWS Budgets and Cost Anomaly Detection, which publish to an encrypted topic."""
FOR_SERVICES = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
"""Condition that allows grants to AWS services only.

The cluster key's policy does not use this condition, because EKS's CreateCluster would fail.
"""


class Purpose(StrEnum):
    """Purpose of a key."""

    DATABASE = "database"
    EVIDENCE = "evidence"
    CLUSTER = "cluster"
    VOLUMES = "volumes"
    LOGS = "logs"
    CACHE = "cache"
    BACKUP = "backup"
    SNAPSHOTS = "vault-snapshots"
    # The value predates the member's name, but it is part of AWS names and Pulumi names and must not change.
    ALERTS = "notices"
    AUDIT = "audit"
    """CloudTrail files, the AWS Config history and the security alert topic."""
    COST = "cost"


VIA = {
    Purpose.DATABASE: ("rds",),
    Purpose.EVIDENCE: ("s3",),
    Purpose.VOLUMES: ("ec2",),
    Purpose.CACHE: ("elasticache",),
    Purpose.BACKUP: ("backup", "rds"),
    Purpose.SNAPSHOTS: ("s3",),
    Purpose.ALERTS: ("sns",),
}
"""Services through which the account's principals must use each key.

The cluster key is not listed, because EKS calls KMS directly, with the cluster's role. The backup key lists `rds`,
because RDS encrypts a snapshot with the vault's key when AWS Backup copies the snapshot into the vault.
"""

PUBLISHERS = ("backup.amazonaws.com", "s3.amazonaws.com")
"""Services that publish alerts to encrypted topics as service principals."""


@dataclass(frozen=True)
class KeyScope:
    """Account and region of a key."""

    account: str
    region: str

    @property
    def root(self) -> dict[str, str]:
        """Principal for statements that leave the decision to the account's IAM policies."""
        return {"AWS": f"arn:aws:iam::{self.account}:root"}


def key_statements(purpose: Purpose, scope: KeyScope) -> tuple[Statement, ...]:
    """Return the key policy: administration through IAM, and use according to purpose."""
    administer = Statement(sid="Administer", principals=scope.root, actions=ADMINISTRATION, resources=["*"])
    if purpose in SPECIAL:
        return (administer, *SPECIAL[purpose](scope))
    through = _via_service(VIA.get(purpose, ()), scope.region)
    return (
        administer,
        *(EXTRA[purpose](scope) if purpose in EXTRA else ()),
        Statement(sid="Use", principals=scope.root, actions=USE, resources=["*"], conditions=through),
        Statement(
            sid="GrantToServices",
            principals=scope.root,
            actions=["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"],
            resources=["*"],
            conditions={} if purpose is Purpose.CLUSTER else FOR_SERVICES,
        ),
    )


def _via_service(services: tuple[str, ...], region: str) -> dict[str, dict[str, str | list[str]]]:
    names = [f"{service}.{region}.amazonaws.com" for service in services]
    if not names:
        return {}
    return {"StringEquals": {"kms:ViaService": names if len(names) > 1 else names[0]}}


def _for_account(scope: KeyScope, sid: str, services: Sequence[str] | str) -> Statement:
    """Allow services to use the key on behalf of this account.

    Source for publishers to encrypted topics: SNS Developer Guide, "Enable compatibility between event sources from AWS
    services and encrypted topics".
    """
    return Statement(
        sid=sid,
        principals={"Service": services},
        actions=["kms:GenerateDataKey*", "kms:Decrypt"],
        resources=["*"],
        conditions={"StringEquals": {"aws:SourceAccount": scope.account}},
    )


def _alert_publishers(scope: KeyScope) -> tuple[Statement, ...]:
    return (_for_account(scope, "Publishers", list(PUBLISHERS)),)


def _logs(scope: KeyScope) -> tuple[Statement, ...]:
    own = {"kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:{scope.region}:{scope.account}:*"}
    return (
        Statement(
            sid="CloudWatchLogs",
            principals={"Service": f"logs.{scope.region}.amazonaws.com"},
            actions=USE,
            resources=["*"],
            conditions={"ArnLike": own},
        ),
    )


def _auto_scaling(scope: KeyScope) -> tuple[Statement, ...]:
    """Allow encrypted disks of instances that EC2 Auto Scaling starts.

    Source: EC2 Auto Scaling User Guide, "Required AWS KMS key policy for use with encrypted volumes". The guide names
    the role as principal. Here the role is a condition, because KMS rejects a principal that does not exist yet, and
    AWS creates the role with an account's first Auto Scaling group.
    """
    role = f"arn:aws:iam::{scope.account}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
    only = {"aws:PrincipalArn": role, "aws:PrincipalAccount": scope.account}
    return (
        Statement(
            sid="AutoScaling",
            principals={"AWS": "*"},
            actions=USE,
            resources=["*"],
            conditions={"StringEquals": only},
        ),
        Statement(
            sid="AutoScalingGrants",
            principals={"AWS": "*"},
            actions=["kms:CreateGrant"],
            resources=["*"],
            conditions={"StringEquals": only, **FOR_SERVICES},
        ),
    )


def _audit(scope: KeyScope) -> tuple[Statement, ...]:
    """Allow the use of the audit key.

    CloudTrail and AWS Config encrypt their files with the key. Auditors and S3 decrypt the files. CloudWatch alarms and
    S3 publish to a topic that is encrypted with the key.

    Source: CloudTrail User Guide, "Configure AWS KMS key policies for CloudTrail"; AWS Config Developer Guide,
    "Permissions for the KMS Key for the AWS Config Delivery Channel".
    """
    trails = f"arn:aws:cloudtrail:{scope.region}:{scope.account}:trail/*"
    of_trails = {"kms:EncryptionContext:aws:cloudtrail:arn": f"arn:aws:cloudtrail:*:{scope.account}:trail/*"}
    trail_service = {"Service": "cloudtrail.amazonaws.com"}
    return (
        Statement(
            sid="CloudTrailEncrypts",
            principals=trail_service,
            actions=["kms:GenerateDataKey*"],
            resources=["*"],
            conditions={"StringLike": {"aws:SourceArn": trails, **of_trails}},
        ),
        Statement(
            sid="CloudTrailDescribes",
            principals=trail_service,
            actions=["kms:DescribeKey"],
            resources=["*"],
            conditions={"StringLike": {"aws:SourceArn": trails}},
        ),
        Statement(
            sid="AuditorsDecrypt",
            principals=scope.root,
            actions=["kms:Decrypt"],
            resources=["*"],
            conditions={"StringEquals": {"kms:CallerAccount": scope.account}, "StringLike": of_trails},
        ),
        _for_account(scope, "ConfigEncrypts", "config.amazonaws.com"),
        Statement(
            sid="ThroughBuckets",
            principals=scope.root,
            actions=["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey*"],
            resources=["*"],
            conditions=_via_service(("s3",), scope.region),
        ),
        _for_account(scope, "NoticesPublish", ["cloudwatch.amazonaws.com", "s3.amazonaws.com"]),
    )


def _billing(scope: KeyScope) -> tuple[Statement, ...]:
    """Allow the billing services to publish to an encrypted topic.

    Source: AWS Cost Management User Guide, "Creating an Amazon SNS topic for budget notifications".
    """
    return (_for_account(scope, "BillingServices", list(BILLING_SERVICES)),)


SPECIAL: Mapping[Purpose, Callable[[KeyScope], tuple[Statement, ...]]] = {
    Purpose.LOGS: _logs,
    Purpose.AUDIT: _audit,
    Purpose.COST: _billing,
}
"""For each purpose of a key that only AWS services use, the usage statements."""
EXTRA: Mapping[Purpose, Callable[[KeyScope], tuple[Statement, ...]]] = {
    Purpose.VOLUMES: _auto_scaling,
    Purpose.ALERTS: _alert_publishers,
}
"""For each purpose, usage statements for AWS services, added to the one for the account's principals."""
