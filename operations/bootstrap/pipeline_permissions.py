"""Permissions of the pipeline's two roles.

`preview` reads state and resource settings, but no other data. `deployer` creates the environment within the
permissions boundary.
"""

import json

from operations.bootstrap.boundary import (
    PROGRAM_ACTIONS,
    iam_statements,
    state_key,
    state_resources,
)
from operations.bootstrap.context import AccountContext
from operations.bootstrap.policies import with_state_key
from operations.bootstrap.statements import Document, document, statement
from policy_packs.security.iam_actions import CREDENTIAL_ACTIONS, DATA_ACTIONS

READ_ACTIONS = (
    *("access-analyzer:Get*", "access-analyzer:List*", "acm:Describe*", "acm:List*", "autoscaling:Describe*"),
    *("backup:Describe*", "backup:Get*", "backup:List*", "budgets:ListTagsForResource", "budgets:ViewBudget"),
    *("ce:Describe*", "ce:Get*", "ce:List*", "cloudtrail:DescribeTrails", "cloudtrail:Get*Selectors"),
    *("cloudtrail:GetEventConfiguration", "config:ListTagsForResource", "elasticloadbalancing:GetLoadBalancerWebACL"),
    *("s3:GetAccelerateConfiguration", "s3:ListTagsForResource", "securityhub:ListTagsForResource"),
    *("cloudtrail:GetTrail*", "cloudtrail:ListTags", "cloudwatch:Describe*", "cloudwatch:List*", "config:Describe*"),
    *("dynamodb:DescribeTable", "ec2:Describe*", "ec2:GetEbs*", "ec2:GetInstanceMetadataDefaults"),
    *("ec2:GetSnapshotBlockPublicAccessState", "eks:Describe*", "eks:List*", "elasticache:Describe*"),
    *("elasticache:ListTagsForResource", "elasticloadbalancing:Describe*", "guardduty:GetDetector", "guardduty:List*"),
    *("iam:GetAccountPasswordPolicy", "iam:GetPolicy*", "iam:GetRole*", "iam:List*", "kms:Describe*"),
    *("kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:List*", "logs:Describe*", "logs:ListTags*", "rds:Describe*"),
    *("rds:ListTagsForResource", "route53:Get*", "route53:List*", "s3:GetAccountPublicAccessBlock", "s3:GetBucket*"),
    *("s3:GetEncryptionConfiguration", "s3:GetLifecycleConfiguration", "s3:GetReplicationConfiguration"),
    *("s3:ListAllMyBuckets", "s3:ListBucket", "secretsmanager:GetRandomPassword", "securityhub:Describe*"),
    *("securityhub:GetEnabledStandards", "sns:Get*Attributes", "sns:List*", "sts:GetCallerIdentity", "wafv2:Get*"),
    "wafv2:List*",
)
"""Read access to resource settings. Refreshing a bucket needs s3:ListBucket, which also lists the names of objects."""

DATA_SERVICES = frozenset({"dynamodb", "logs", "rds-db", "s3", "secretsmanager", "ssm"})

READ_STATE = ("s3:GetObject", "s3:GetObjectVersion")


def preview_permissions(context: AccountContext) -> Document:
    """Return the policy of the preview role, which reads settings and state."""
    return document(
        statement("Settings", READ_ACTIONS),
        statement("State", READ_STATE, f"arn:aws:s3:::{context.bucket}/*"),
        with_state_key(context, "DecryptState", ["kms:Decrypt"], context.region),
    )


def deployer_permissions(context: AccountContext) -> Document:
    """Return the deployer's policy.

    The policy allows the program's actions, IAM changes to this environment's roles, and access to the Pulumi state. It
    denies reading other data in `DATA_SERVICES` and decrypting with other keys.
    """
    state, leases = state_resources(context)
    state_actions = ("s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:List*", "s3:PutObject")
    return document(
        statement("Program", [*_program_actions(), "secretsmanager:GetRandomPassword", "sts:GetCallerIdentity"]),
        statement("State", state_actions, state),
        statement("Leases", ["dynamodb:*Item", "dynamodb:DescribeTable", "dynamodb:Query"], leases),
        *iam_statements(context),
        _deny("NoData", _data_actions(), NotResource=[state, leases]),
        _deny("NoDecryption", ("kms:Decrypt", "kms:ReEncryptFrom"), Resource="*", Condition=_other_keys(context)),
    )


def _program_actions() -> list[str]:
    data = json.loads(PROGRAM_ACTIONS.read_text(encoding="utf-8"))
    return [str(pattern) for pattern in data["patterns"]]


def _data_actions() -> list[str]:
    """Return the actions that read data or credentials in `DATA_SERVICES`."""
    actions = (*DATA_ACTIONS, *CREDENTIAL_ACTIONS)
    return sorted({action for action in actions if action.partition(":")[0] in DATA_SERVICES})


def _other_keys(context: AccountContext) -> Document:
    """Return the condition that matches decryption with any key except the state's.

    Decryption by an AWS service on the caller's behalf (`kms:ViaService`) does not match.
    """
    (aliases,) = state_key(context).values()
    return {"ForAllValues:StringNotEquals": aliases, "Null": {"kms:ViaService": "true"}}


def _deny(sid: str, actions: list[str] | tuple[str, ...], **elements: object) -> Document:
    return {"Sid": sid, "Effect": "Deny", "Action": list(actions), **elements}
