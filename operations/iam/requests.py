"""IAM requests behind the AWS calls that a rehearsal recorded.

One call can need several permissions: a call that contains the ARN of a role also needs `iam:PassRole`. Conditions can
refer to properties of resources, such as the boundary of a role or the aliases of a key. These properties are tracked
from call to call.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from operations.iam.evaluation import Request

PREFIXES = {
    "accessanalyzer": "access-analyzer",
    "elbv2": "elasticloadbalancing",
    "s3control": "s3",
}
"""IAM's service prefix by boto3's service name, where the two differ."""

ACTION_NAMES = {
    "budgets:CreateBudget": "budgets:ModifyBudget",
    "budgets:CreateNotification": "budgets:ModifyBudget",
    "budgets:DeleteBudget": "budgets:ModifyBudget",
    "budgets:DescribeBudget": "budgets:ViewBudget",
    "budgets:DescribeNotificationsForBudget": "budgets:ViewBudget",
    "budgets:DescribeSubscribersForNotification": "budgets:ViewBudget",
    "budgets:UpdateBudget": "budgets:ModifyBudget",
    "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "s3:PutBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3:DeleteBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3:GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
    "s3:PutBucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
    "s3:DeleteBucketLifecycle": "s3:PutLifecycleConfiguration",
    "s3:GetBucketNotificationConfiguration": "s3:GetBucketNotification",
    "s3:PutBucketNotificationConfiguration": "s3:PutBucketNotification",
    "s3:GetObjectLockConfiguration": "s3:GetBucketObjectLockConfiguration",
    "s3:PutObjectLockConfiguration": "s3:PutBucketObjectLockConfiguration",
    "s3:GetBucketReplication": "s3:GetReplicationConfiguration",
    "s3:PutBucketReplication": "s3:PutReplicationConfiguration",
    "s3:DeleteBucketReplication": "s3:PutReplicationConfiguration",
    "s3:GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "s3:PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "s3:DeletePublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "s3:DeleteBucketOwnershipControls": "s3:PutBucketOwnershipControls",
    "s3:DeleteBucketTagging": "s3:PutBucketTagging",
    "s3:CopyObject": "s3:PutObject",
    "s3:HeadBucket": "s3:ListBucket",
    "s3:HeadObject": "s3:GetObject",
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:ListObjectVersions": "s3:ListBucketVersions",
    "s3:DeleteObjects": "s3:DeleteObject",
    "s3:UploadPart": "s3:PutObject",
    "s3:ListBuckets": "s3:ListAllMyBuckets",
    "s3control:GetPublicAccessBlock": "s3:GetAccountPublicAccessBlock",
    "s3control:PutPublicAccessBlock": "s3:PutAccountPublicAccessBlock",
    "s3control:DeletePublicAccessBlock": "s3:PutAccountPublicAccessBlock",
}
"""IAM action by operation, where the two names differ. Source: Service Authorization Reference."""

RECEIVERS = {
    "CreatePodIdentityAssociation": "pods.eks.amazonaws.com",
    "UpdatePodIdentityAssociation": "pods.eks.amazonaws.com",
    "CreateDBInstance": "monitoring.rds.amazonaws.com",
    "CreateDBInstanceReadReplica": "monitoring.rds.amazonaws.com",
    "ModifyDBInstance": "monitoring.rds.amazonaws.com",
    "CreateFlowLogs": "vpc-flow-logs.amazonaws.com",
}
"""Service to which an operation passes a role, where it differs from the service of the operation."""

WITHOUT_PERMISSION = frozenset({"sts:GetCallerIdentity"})
"""Actions that need no permission. Source: AWS STS API Reference."""

IDENTITY_MEMBERS = frozenset({"principalArn", "permissionsBoundary"})
"""Arguments that name a role without passing it."""

_ROLE = re.compile(r"arn:aws:iam::\d{12}:role/\S+")
_GLOBAL_REGION = "us-east-1"


@dataclass(frozen=True)
class Call:
    """Recorded AWS call."""

    service: str
    operation: str
    region: str
    arguments: Mapping[str, Any]

    @property
    def action(self) -> str:
        """IAM action of the call."""
        name = f"{self.service}:{self.operation}"
        return ACTION_NAMES.get(name, f"{PREFIXES.get(self.service, self.service)}:{self.operation}")


@dataclass
class AccountRecord:
    """Properties of roles and keys that conditions can refer to.

    They reflect the calls so far.
    """

    account: str
    boundaries: dict[str, str] = field(default_factory=dict)
    """ARN of a role's permissions boundary, by the role's name."""
    aliases: dict[str, list[str]] = field(default_factory=dict)
    """Aliases of a key, by its id."""

    def follow(self, call: Call) -> None:
        """Record the changes that a call makes to boundaries of roles or aliases of keys."""
        arguments = call.arguments
        if call.operation in {"CreateRole", "PutRolePermissionsBoundary"}:
            self.boundaries[arguments["RoleName"]] = arguments.get("PermissionsBoundary", "")
        elif call.action == "kms:CreateAlias":
            self.aliases.setdefault(_key_id(arguments["TargetKeyId"]), []).append(arguments["AliasName"])


def in_account(call: Call, names: Mapping[str, str]) -> Call:
    """Return a copy of a call with the account's names instead of the rehearsal's.

    `names` maps names in the rehearsal to names in the account, for example those of the state bucket.
    """
    arguments = {
        key: names.get(value, value) if isinstance(value, str) else value for key, value in call.arguments.items()
    }
    return replace(call, arguments=arguments)


def read_calls(log: Path) -> Iterator[Call]:
    """Read the call log of a rehearsal."""
    with log.open(encoding="utf-8") as lines:
        for line in lines:
            yield Call(**json.loads(line))


def requests_of(calls: Iterable[Call], account: str, role_arn: str) -> Iterator[Request]:
    """Yield the IAM requests of calls that a role makes."""
    record = AccountRecord(account)
    for call in calls:
        if call.action in WITHOUT_PERMISSION:
            continue
        record.follow(call)
        for resource in _resources(call, account):
            yield Request(role_arn, call.action, resource, _context(call, record))
        for role in _passed_roles(call):
            context = {"iam:PassedToService": (_receiver(call),), **_common(call, account)}
            yield Request(role_arn, "iam:PassRole", role, context)


def _receiver(call: Call) -> str:
    return RECEIVERS.get(call.operation, f"{call.service}.amazonaws.com")


def _context(call: Call, record: AccountRecord) -> dict[str, tuple[str, ...]]:
    context = _common(call, record.account)
    boundary = record.boundaries.get(call.arguments.get("RoleName", ""))
    if call.service == "iam" and boundary:
        context["iam:PermissionsBoundary"] = (boundary,)
    key = call.arguments.get("KeyId") or call.arguments.get("TargetKeyId")
    if call.service == "kms" and key:
        context["kms:ResourceAliases"] = (key,) if _is_alias(key) else tuple(record.aliases.get(_key_id(key), ()))
    for side in ("Accepter", "Requester"):
        if call.operation.endswith("VpcPeeringConnection"):
            context[f"ec2:{side}Vpc"] = (f"arn:aws:ec2:{call.region}:{record.account}:vpc/vpc-1",)
    return context


def _common(call: Call, account: str) -> dict[str, tuple[str, ...]]:
    region = _GLOBAL_REGION if call.service in {"iam", "route53", "budgets", "ce"} else call.region
    return {"aws:RequestedRegion": (region,), "aws:ResourceAccount": (account,)}


def _resources(call: Call, account: str) -> tuple[str, ...]:
    """Return the ARNs of a call's resources.

    ARNs are exact only for services whose ARNs occur in our policies. For other services, return `*`.
    """
    arguments, prefix = call.arguments, call.action.partition(":")[0]
    if call.service == "iam":
        return (_iam_resource(call, account),)
    if call.service == "s3" and "Bucket" in arguments:
        path = f"/{arguments['Key']}" if "Key" in arguments else ""
        return (f"arn:aws:s3:::{arguments['Bucket']}{path}",)
    base = f"arn:aws:{prefix}:{call.region}:{account}"
    if call.service == "kms":
        key = arguments.get("KeyId") or arguments.get("TargetKeyId")
        alias = [f"{base}:{arguments['AliasName']}"] if "AliasName" in arguments else []
        return (*alias, f"{base}:key/{_key_id(key)}") if key else (*alias,) or ("*",)
    if call.operation.endswith("VpcPeeringConnection"):
        return (f"{base}:vpc/vpc-1", f"{base}:vpc-peering-connection/pcx-1")
    return ("*",)


def _iam_resource(call: Call, account: str) -> str:
    arguments = call.arguments
    if call.operation == "CreateServiceLinkedRole":
        return f"arn:aws:iam::{account}:role/aws-service-role/{arguments['AWSServiceName']}/AWSServiceRole"
    if "RoleName" in arguments:
        linked = "aws-service-role/x/" if arguments["RoleName"].startswith("AWSServiceRole") else ""
        return f"arn:aws:iam::{account}:role/{linked}{arguments['RoleName']}"
    return str(arguments.get("PolicyArn") or arguments.get("RoleArn") or "*")


def _passed_roles(call: Call) -> tuple[str, ...]:
    if call.service in {"iam", "sts"} or call.operation.startswith(_READS):
        return ()
    return tuple(dict.fromkeys(_role_arns(call.arguments)))


_READS = ("Describe", "Get", "List")


def _role_arns(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, item in value.items():
            if name not in IDENTITY_MEMBERS:
                yield from _role_arns(item)
    elif isinstance(value, list):
        for item in value:
            yield from _role_arns(item)
    elif isinstance(value, str) and _ROLE.fullmatch(value):
        yield value


def _is_alias(key: str) -> bool:
    return key.startswith("alias/")


def _key_id(key: str) -> str:
    """Return the id of a key, or the last part of its alias."""
    return key.rpartition("/")[2]
