"""Permissions of the pipeline's two roles.

`preview` reads state and resource settings, but no other data. `deployer` creates the environment within the
permissions boundary.
"""

import json

from operations.bootstrap.boundary import (
    BILLING_VIEW_DATA,
    PROGRAM_ACTIONS,
    iam_statements,
    state_key,
    state_resources,
)
from operations.bootstrap.context import AccountContext
from operations.bootstrap.policies import with_state_key
from operations.bootstrap.statements import Document, document, statement
from policy_packs.security.iam_actions import CREDENTIAL_ACTIONS
from policy_packs.security.iam_data_actions import WELL_KNOWN_DATA_ACTIONS
from policy_packs.security.patterns import matches

READ_ACTIONS = ("secretsmanager:GetRandomPassword", "sts:GetCallerIdentity")
"""Read access that is not in the generated patterns: the program calls these actions in previews too."""

READ_IAM_ACTIONS = ("iam:GetAccountPasswordPolicy", "iam:GetPolicy*", "iam:GetRole*", "iam:List*")

DATA_SERVICES = frozenset({"dynamodb", "logs", "rds-db", "s3", "secretsmanager", "ssm"})

PARAMETERS = "ssm:GetParameter*"
"""Pattern that stands for four actions, because IAM limits the length of the policy."""
READ_STATE = ("s3:GetObject", "s3:GetObjectVersion")


def preview_permissions(context: AccountContext) -> Document:
    """Return the policy of the preview role, which reads settings and state.

    Refreshing a bucket needs s3:ListBucket, which also lists the names of objects.
    """
    return document(
        statement(
            "Settings", [*_patterns("read_patterns"), *READ_ACTIONS, *READ_IAM_ACTIONS, "dynamodb:DescribeTable"]
        ),
        _billing_view(context),
        statement("State", READ_STATE, f"arn:aws:s3:::{context.bucket}/*"),
        with_state_key(context, "DecryptState", ["kms:Decrypt"], context.region),
    )


def deployer_policies(context: AccountContext) -> tuple[Document, Document]:
    """Return all policies of the deployer.

    Together they are longer than IAM allows in one inline or managed policy.
    """
    return deployer_permissions(context), deployer_reads(context)


def deployer_permissions(context: AccountContext) -> Document:
    """Return the deployer's inline policy.

    The policy allows the program's changes, IAM changes to this environment's roles, and access to the Pulumi state. It
    denies reading other data in `DATA_SERVICES` and decrypting with other keys.
    """
    state, leases = state_resources(context)
    state_actions = ("s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:List*", "s3:PutObject")
    return document(
        statement("Program", [*_patterns("write_patterns"), *READ_ACTIONS]),
        statement("State", state_actions, state),
        statement("Leases", ["dynamodb:*Item", "dynamodb:DescribeTable", "dynamodb:Query"], leases),
        *iam_statements(context),
        _deny("NoData", _data_actions(), NotResource=[state, leases]),
        _deny("NoDecryption", ("kms:Decrypt", "kms:ReEncryptFrom"), Resource="*", Condition=_other_keys(context)),
    )


def deployer_reads(context: AccountContext) -> Document:
    """Return the deployer's managed policy, which allows reading settings."""
    return document(statement("Settings", _patterns("read_patterns")), _billing_view(context))


def _billing_view(context: AccountContext) -> Document:
    primary = f"arn:aws:billing::{context.account}:billingview/primary"
    return statement("BillingView", [BILLING_VIEW_DATA], primary)


def _patterns(key: str) -> list[str]:
    data = json.loads(PROGRAM_ACTIONS.read_text(encoding="utf-8"))
    return [str(pattern) for pattern in data[key]]


def _data_actions() -> list[str]:
    """Return the best-known actions that read data or credentials in `DATA_SERVICES`.

    The statements above allow none of them. IAM limits the length of the policy, so the others are left out.
    """
    actions = {
        each for each in (*WELL_KNOWN_DATA_ACTIONS, *CREDENTIAL_ACTIONS) if each.partition(":")[0] in DATA_SERVICES
    }
    return sorted({PARAMETERS if matches(PARAMETERS, each) else each for each in actions})


def _other_keys(context: AccountContext) -> Document:
    """Return the condition that matches decryption with any key except the state's.

    Decryption by an AWS service on the caller's behalf (`kms:ViaService`) does not match.
    """
    (aliases,) = state_key(context).values()
    return {"ForAllValues:StringNotEquals": aliases, "Null": {"kms:ViaService": "true"}}


def _deny(sid: str, actions: list[str] | tuple[str, ...], **elements: object) -> Document:
    return {"Sid": sid, "Effect": "Deny", "Action": list(actions), **elements}
