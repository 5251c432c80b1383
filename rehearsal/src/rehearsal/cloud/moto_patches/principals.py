"""All services: principals of policies, and roles that services assume.

AWS refuses a policy whose principal does not exist, and a role that a service can't assume. A role that was created a
moment ago may also be refused until IAM has propagated it. That is not emulated, because the official provider retries
these calls; a rehearsal would only become slower.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import jmespath
from moto.iam.models import IAMBackend, iam_backends

from rehearsal.cloud.moto_patches.moto_patch import MotoPatch
from rehearsal.cloud.principals import invalid_principal, key_administrators, trusts_service
from rehearsal.cloud.request import RefusedError, Request, RequestCheck


def find_role(account: str, partition: str, arn: str) -> Any:
    """Return a role of the account by ARN, or None."""
    roles = iam_backends[account][partition].roles.values()
    return next((role for role in list(roles) if role.arn == arn), None)


def entity_exists(account: str, partition: str, arn: str) -> bool:
    """Return True if a role or user of the account has this ARN."""
    backend: IAMBackend = iam_backends[account][partition]
    return find_role(account, partition, arn) is not None or any(
        user.arn == arn for user in list(backend.users.values())
    )


@dataclass(frozen=True)
class PolicyArgument:
    """Argument that holds a policy, and the error for invalid principals in it."""

    path: str
    """JMESPath of the policy in the arguments."""
    code: str
    message: str
    """Message; `{principal}` is the invalid principal."""


_IAM = PolicyArgument(
    "AssumeRolePolicyDocument || PolicyDocument",
    "MalformedPolicyDocument",
    'Invalid principal in policy: "AWS":"{principal}"',
)
_KMS = PolicyArgument(
    "Policy",
    "MalformedPolicyDocumentException",
    "Policy contains a statement with one or more invalid principals.",
)
_SNS = PolicyArgument("Attributes.Policy", "InvalidParameter", "Invalid parameter: Policy Error: PrincipalNotFound")
_SQS = PolicyArgument("Attributes.Policy", "InvalidAttributeValue", "Invalid value for the parameter Policy.")
POLICIES: Mapping[tuple[str, str], PolicyArgument] = {
    ("backup", "PutBackupVaultAccessPolicy"): PolicyArgument(
        "Policy", "InvalidParameterValueException", "Invalid principal in policy: {principal}"
    ),
    ("ecr", "SetRepositoryPolicy"): PolicyArgument(
        "policyText",
        "InvalidParameterException",
        "Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid repository policy provided'",
    ),
    ("iam", "CreateRole"): _IAM,
    ("iam", "UpdateAssumeRolePolicy"): _IAM,
    ("kms", "CreateKey"): _KMS,
    ("kms", "PutKeyPolicy"): _KMS,
    ("kms", "ReplicateKey"): _KMS,
    ("secretsmanager", "PutResourcePolicy"): PolicyArgument(
        "ResourcePolicy",
        "MalformedPolicyDocumentException",
        "This resource policy contains an unsupported principal.",
    ),
    ("sns", "CreateTopic"): _SNS,
    ("sns", "SetTopicAttributes"): PolicyArgument(
        "AttributeName == 'Policy' && AttributeValue || null", _SNS.code, _SNS.message
    ),
    ("sqs", "CreateQueue"): _SQS,
    ("sqs", "SetQueueAttributes"): _SQS,
}
"""(service, operation) → argument that holds a policy, and its error.

`rehearsal.cloud.moto_patches.s3` checks the policies of S3.
"""


@dataclass(frozen=True)
class ServiceRole:
    """Argument that names a role, and the error if the service can't assume it."""

    path: str
    """JMESPath of the role's ARN."""
    principal: str
    """Service that must be able to assume the role; empty if AWS checks only that the role exists."""
    code: str
    message: str
    """Message; `{arn}` is the role's ARN."""


_MONITORING = ServiceRole(
    "MonitoringRoleArn",
    "monitoring.rds.amazonaws.com",
    "InvalidParameterValue",
    "IAM role ARN value is invalid or does not include the required permissions for: ENHANCED_MONITORING",
)
_TRAIL = ServiceRole(
    "CloudWatchLogsRoleArn",
    "cloudtrail.amazonaws.com",
    "InvalidCloudWatchLogsRoleArnException",
    "Access denied. Verify in IAM that the role has adequate permissions.",
)
SERVICE_ROLES: Mapping[tuple[str, str], ServiceRole] = {
    ("backup", "CreateBackupSelection"): ServiceRole(
        "BackupSelection.IamRoleArn",
        "backup.amazonaws.com",
        "InvalidParameterValueException",
        "IAM Role {arn} cannot be assumed by AWS Backup",
    ),
    ("cloudtrail", "CreateTrail"): _TRAIL,
    ("cloudtrail", "UpdateTrail"): _TRAIL,
    ("ec2", "CreateFlowLogs"): ServiceRole(
        "DeliverLogsPermissionArn",
        "vpc-flow-logs.amazonaws.com",
        "InvalidParameter",
        "Unable to assume given IAM role {arn}",
    ),
    ("eks", "CreateCluster"): ServiceRole(
        "roleArn",
        "eks.amazonaws.com",
        "InvalidParameterException",
        "Role with arn: {arn}, could not be assumed because it does not exist or the trusted entity is not correct",
    ),
    ("eks", "CreateNodegroup"): ServiceRole(
        "nodeRole",
        "ec2.amazonaws.com",
        "InvalidParameterException",
        "Following required service principals [ec2.amazonaws.com] were not found in the trust relationships of "
        "nodeRole {arn}",
    ),
    ("eks", "CreatePodIdentityAssociation"): ServiceRole(
        "roleArn", "", "InvalidParameterException", "Role provided in the request does not exist."
    ),
    ("rds", "CreateDBInstance"): _MONITORING,
    ("rds", "CreateDBInstanceReadReplica"): _MONITORING,
    ("rds", "ModifyDBInstance"): _MONITORING,
}
"""(service, operation) → argument that names a role, and its error."""


def policy_check(argument: PolicyArgument) -> RequestCheck:
    """Return a check that refuses a policy with an invalid principal."""
    expression = jmespath.compile(argument.path)

    def check(request: Request) -> None:
        principal = invalid_principal(
            expression.search(request.arguments),
            request.account,
            lambda arn: entity_exists(request.account, request.partition, arn),
        )
        if principal is not None:
            raise RefusedError(argument.code, argument.message.format(principal=principal))

    return check


def role_check(argument: ServiceRole) -> RequestCheck:
    """Return a check that refuses a role that the service can't assume."""
    expression = jmespath.compile(argument.path)

    def check(request: Request) -> None:
        arn = expression.search(request.arguments)
        if not arn or f":iam::{request.account}:role/" not in arn:
            return  # the operation validates the format; roles of other accounts are unknown
        role = find_role(request.account, request.partition, arn)
        trusted = role is not None and (
            not argument.principal or trusts_service(role.assume_role_policy_document, argument.principal)
        )
        if not trusted:
            raise RefusedError(argument.code, argument.message.format(arn=arn))

    return check


def check_access_entry(request: Request) -> None:
    """Refuse an access entry of a role or user that does not exist."""
    arn = request.arguments.get("principalArn", "")
    policy = json.dumps({"Statement": {"Principal": {"AWS": arn}}})
    if invalid_principal(policy, request.account, lambda arn: entity_exists(request.account, request.partition, arn)):
        message = "The specified principalArn is invalid: invalid principal."
        raise RefusedError("InvalidParameterException", message)


def check_lockout(request: Request) -> None:
    """Refuse a key policy that lets no principal of the account change the key policy."""
    document = request.arguments.get("Policy")
    if not document or request.arguments.get("BypassPolicyLockoutSafetyCheck"):
        return
    try:
        administrators = key_administrators(document, request.account)
    except (ValueError, AttributeError):
        return  # moto reports malformed documents
    if not administrators:
        message = "The new key policy will not allow you to update the key policy in the future."
        raise RefusedError("MalformedPolicyDocumentException", message)


def request_checks() -> Iterator[tuple[tuple[str, str], RequestCheck]]:
    """Yield the checks of this module, each with its service and operation."""
    for operation, policy in POLICIES.items():
        yield operation, policy_check(policy)
    for operation, role in SERVICE_ROLES.items():
        yield operation, role_check(role)
    yield ("eks", "CreateAccessEntry"), check_access_entry
    for name in ("CreateKey", "PutKeyPolicy", "ReplicateKey"):
        yield ("kms", name), check_lockout


MOTO_PATCHES = (
    MotoPatch(
        name="core-principals",
        moto="accepts resource and trust policies that name principals which do not exist",
        aws="rejects policies that name missing principals of the account, or ARNs with wildcards",
        source="IAM User Guide, AWS JSON policy elements: Principal; Access Denied and Invalid principal in policy",
        upstream="to file: Core: Validate the principals of resource policies and trust policies",
    ),
    MotoPatch(
        name="core-service-roles",
        moto="accepts roles that do not exist or do not trust the service",
        aws="rejects such roles when the service checks them at creation",
        source="EKS CreateCluster, CreateNodegroup; RDS CreateDBInstance, MonitoringRoleArn; EC2 CreateFlowLogs; "
        "Backup CreateBackupSelection; CloudTrail CreateTrail",
        upstream="to file: Core: Validate the roles that services assume",
    ),
    MotoPatch(
        name="core-access-entry-principal",
        moto="lacks access entries",
        aws="rejects an access entry whose principal does not exist",
        source="EKS CreateAccessEntry, principalArn",
        upstream="to file: EKS: Support access entries and access policies",
    ),
    MotoPatch(
        name="core-key-policy-lockout",
        moto="accepts a key policy that lets nobody change the key policy",
        aws="rejects it, unless the request bypasses the check",
        source="KMS PutKeyPolicy, BypassPolicyLockoutSafetyCheck",
        upstream="to file: KMS: Check for lockout in CreateKey and PutKeyPolicy",
    ),
)
