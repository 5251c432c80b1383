"""Who may use an encryption key: one purpose each, through the one service that needs it."""

from collections.abc import Callable, Mapping
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

FOR_SERVICES = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
"""Only services may be granted a key. EKS's CreateCluster does not know the condition and fails under it."""


class Purpose(StrEnum):
    """What a key encrypts."""

    DATABASE = "database"
    EVIDENCE = "evidence"
    CLUSTER = "cluster"
    LOGS = "logs"
    AUDIT = "audit"
    """The trail's files, and the topic that its alarms are sent to."""
    VOLUMES = "volumes"
    """Every EBS volume that names no key of its own."""


VIA = {Purpose.DATABASE: "rds", Purpose.EVIDENCE: "s3"}
"""Service through which alone the account's principals use the key; EKS calls KMS under its own role instead."""


@dataclass(frozen=True)
class Scope:
    """Where a key is."""

    account: str
    region: str

    @property
    def root(self) -> dict[str, str]:
        """The account: what its IAM policies allow, within the statement."""
        return {"AWS": f"arn:aws:iam::{self.account}:root"}


def key_statements(purpose: Purpose, scope: Scope) -> tuple[Statement, ...]:
    """The key policy: administration by the account's IAM, use as the purpose needs."""
    administer = Statement(sid="Administer", principals=scope.root, actions=ADMINISTRATION, resources=["*"])
    if purpose in SPECIAL:
        return (administer, *SPECIAL[purpose](scope))
    via = VIA.get(purpose)
    through = {"StringEquals": {"kms:ViaService": f"{via}.{scope.region}.amazonaws.com"}} if via else {}
    return (
        administer,
        Statement(sid="Use", principals=scope.root, actions=USE, resources=["*"], conditions=through),
        Statement(
            sid="GrantToServices",
            principals=scope.root,
            actions=["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"],
            resources=["*"],
            conditions={} if purpose is Purpose.CLUSTER else FOR_SERVICES,
        ),
    )


def _logs(scope: Scope) -> tuple[Statement, ...]:
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


def _audit(scope: Scope) -> tuple[Statement, ...]:
    """CloudTrail encrypts its files, auditors decrypt them, CloudWatch publishes to the topic of its alarms.

    Source: CloudTrail User Guide, "Configure AWS KMS key policies for CloudTrail"; SNS Developer Guide, "Enable
    compatibility between event sources from AWS services and encrypted topics".
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
        Statement(
            sid="AlarmsPublish",
            principals={"Service": "cloudwatch.amazonaws.com"},
            actions=["kms:Decrypt", "kms:GenerateDataKey*"],
            resources=["*"],
            conditions={"StringEquals": {"aws:SourceAccount": scope.account}},
        ),
    )


def _volumes(scope: Scope) -> tuple[Statement, ...]:
    """Whoever in the account may use EBS, through EBS: what AWS's own `aws/ebs` key says.

    Naming the principals is not possible: machines are started by Auto Scaling's service-linked role, which a key
    policy may only name once it exists, and which no IAM policy can be attached to.
    Source: KMS Developer Guide, "AWS managed keys"; `aws kms get-key-policy` of any account's alias/aws/ebs.
    """
    own = {"kms:CallerAccount": scope.account, "kms:ViaService": f"ec2.{scope.region}.amazonaws.com"}
    return (
        Statement(
            sid="UseThroughEbs",
            principals={"AWS": "*"},
            actions=[*USE, "kms:CreateGrant"],
            resources=["*"],
            conditions={"StringEquals": own},
        ),
    )


SPECIAL: Mapping[Purpose, Callable[[Scope], tuple[Statement, ...]]] = {
    Purpose.LOGS: _logs,
    Purpose.AUDIT: _audit,
    Purpose.VOLUMES: _volumes,
}
"""Keys that services use of their own accord, by what each of them needs."""
