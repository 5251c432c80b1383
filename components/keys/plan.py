"""Who may use an encryption key: one purpose each, through the one service that needs it."""

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
    LOGS = "logs"
    COST = "cost"


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
    if purpose is Purpose.LOGS:
        return (administer, _logs(scope))
    if purpose is Purpose.COST:
        return (administer, _billing(scope))
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


def _logs(scope: Scope) -> Statement:
    return Statement(
        sid="CloudWatchLogs",
        principals={"Service": f"logs.{scope.region}.amazonaws.com"},
        actions=USE,
        resources=["*"],
        conditions={
            "ArnLike": {"kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:{scope.region}:{scope.account}:*"}
        },
    )


def _billing(scope: Scope) -> Statement:
    """AWS Cost Management User Guide, "Creating an Amazon SNS topic for budget notifications"."""
    return Statement(
        sid="BillingServices",
        principals={"Service": list(BILLING_SERVICES)},
        actions=["kms:GenerateDataKey*", "kms:Decrypt"],
        resources=["*"],
        conditions={"StringEquals": {"aws:SourceAccount": scope.account}},
    )
