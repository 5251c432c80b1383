"""Who may use an encryption key: one purpose each, through the one service that needs it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from components.identity.documents import Statement

ADMINISTRATION = (
    *("kms:Create*", "kms:Describe*", "kms:Enable*", "kms:List*", "kms:Put*", "kms:Update*", "kms:Revoke*"),
    *("kms:Disable*", "kms:Get*", "kms:Delete*", "kms:TagResource", "kms:UntagResource"),
    *("kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion", "kms:RotateKeyOnDemand"),
)
"""All that looks after a key, and nothing that reads what it encrypts."""
USE = ("kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey")

BILLING_SERVICES = ("budgets.amazonaws.com", "costalerts.amazonaws.com")
"""AWS Budgets and Cost Anomaly Detection, which publish to an encrypted topic."""
FOR_SERVICES = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
"""Only services may be granted a key. EKS's CreateCluster does not know the condition and fails under it."""


class Purpose(StrEnum):
    """What a key encrypts."""

    DATABASE = "database"
    EVIDENCE = "evidence"
    CLUSTER = "cluster"
    VOLUMES = "volumes"
    LOGS = "logs"
    CACHE = "cache"
    BACKUP = "backup"
    SNAPSHOTS = "vault-snapshots"
    ALERTS = "notices"
    AUDIT = "audit"
    """The trail's files, the history of resources, and the topic that alarms are sent to."""
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
"""Services through which alone the account's principals use the key; EKS calls KMS under its own role instead.

RDS encrypts a snapshot that AWS Backup copies into a vault, with that vault's key."""

PUBLISHERS = ("backup.amazonaws.com", "s3.amazonaws.com")
"""Services that publish notices to encrypted topics, as themselves and not for a principal of the account."""


@dataclass(frozen=True)
class KeyScope:
    """Where a key is."""

    account: str
    region: str

    @property
    def root(self) -> dict[str, str]:
        """The account: what its IAM policies allow, within the statement."""
        return {"AWS": f"arn:aws:iam::{self.account}:root"}


def key_statements(purpose: Purpose, scope: KeyScope) -> tuple[Statement, ...]:
    """The key policy: administration by the account's IAM, use as the purpose needs."""
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
    """Let services use the key, as long as they act for this account.

    For those that publish to encrypted topics: SNS Developer Guide, "Enable compatibility between event sources from
    AWS services and encrypted topics".
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


def _machines(scope: KeyScope) -> tuple[Statement, ...]:
    """Disks of machines that EC2 Auto Scaling starts under its own service-linked role.

    (EC2 Auto Scaling User Guide, "Required AWS KMS key policy for use with encrypted volumes".) The guide names the
    role as principal; here it is a condition, since a policy with a principal that does not exist yet is refused, and
    AWS makes the role with an account's first group.
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
    """CloudTrail and AWS Config encrypt their files, auditors read and S3 copies them, alarms and buckets publish.

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
    """AWS Cost Management User Guide, "Creating an Amazon SNS topic for budget notifications"."""
    return (_for_account(scope, "BillingServices", list(BILLING_SERVICES)),)


SPECIAL: Mapping[Purpose, Callable[[KeyScope], tuple[Statement, ...]]] = {
    Purpose.LOGS: _logs,
    Purpose.AUDIT: _audit,
    Purpose.COST: _billing,
}
"""Keys that services alone use, of their own accord, by what each of them needs."""
EXTRA: Mapping[Purpose, Callable[[KeyScope], tuple[Statement, ...]]] = {
    Purpose.VOLUMES: _machines,
    Purpose.ALERTS: _alert_publishers,
}
"""What services need of keys that the account's principals use too."""
