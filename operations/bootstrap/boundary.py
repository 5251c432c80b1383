"""Permissions boundary of the deployer and of every role that it creates.

The boundary must hold even if an attacker controls a role that has `AdministratorAccess` within this boundary.
`operations/iam/attacks.yaml` lists the attacks that it must stop.
"""

import json
from pathlib import Path
from typing import Any

from operations.bootstrap.context import AccountContext
from operations.bootstrap.statements import Document, document, statement
from policy_packs.security.iam_actions import AUDIT_DISABLING_ACTIONS, SHARING_ACTIONS

SERVICES = (
    *("access-analyzer", "acm", "autoscaling", "backup", "backup-storage", "budgets", "ce", "cloudtrail"),
    *("cloudwatch", "config", "ec2", "eks", "eks-auth", "elasticache", "elasticloadbalancing", "guardduty", "kms"),
    *("logs", "rds", "route53", "s3", "securityhub", "sns", "wafv2"),
)
"""Services whose actions the boundary allows, except actions that a statement denies. Separate statements allow some
actions of IAM and DynamoDB."""

BILLING_VIEW_DATA = "billing:GetBillingViewData"
"""Action that reading a budget also needs, on the budget's billing view: by default, the account's primary view.

Source: Service Authorization Reference, dependent actions of budgets:ViewBudget; handlers of AWS::Budgets::Budget.
"""

WORKLOAD_ACTIONS = (
    *("ecr:Batch*", "ecr:Describe*", "ecr:Get*", "ecr:List*"),
    *("events:*Rule", "events:*Targets*", "secretsmanager:GetRandomPassword", "tag:GetResources"),
    BILLING_VIEW_DATA,
)
"""Allowed actions of other services: nodes pull images from ECR, AWS Backup finds resources by tag and tracks its jobs
with EventBridge rules, the program generates the first master password of a database, and budgets are read."""

GLOBAL_ACTIONS = (
    *(
        "iam:*",
        "sts:*",
        "route53:*",
        "billing:*",
        "budgets:*",
        "ce:*",
        "s3:ListAllMyBuckets",
        "s3:*AccountPublicAccessBlock",
    ),
)
"""Actions of global services, which AWS serves from one region."""

PROGRAM_ACTIONS = Path(__file__).with_name("program_actions.json")
"""Data that `operations.bootstrap.program_actions` generates."""

PASSED_TO = (*("backup", "cloudtrail", "config", "ec2", "eks", "monitoring.rds", "pods.eks", "s3", "vpc-flow-logs"),)
"""Services to which the program passes roles, without `.amazonaws.com`."""

ROLE_ACTIONS = (
    *("iam:*RolePolicy", "iam:CreateRole", "iam:DeleteRole", "iam:PutRolePermissionsBoundary", "iam:UpdateRole*"),
)
"""Actions on roles for which IAM provides the condition key `iam:PermissionsBoundary`. The first pattern includes
`UpdateAssumeRolePolicy`, which sets the trust policy."""

SERVICE_LINKED_ROLE_ACTIONS = ("iam:CreateServiceLinkedRole", "iam:DeleteServiceLinkedRole", "iam:PassRole")
"""Actions on service-linked roles. `PassRole` is included because the program passes AWS Config its service-linked
role."""

NEEDED_BY_THE_PROGRAM = frozenset(
    {
        "cloudtrail:PutEventSelectors",
        "cloudtrail:UpdateTrail",
        "config:PutConfigurationRecorder",
        "config:PutDeliveryChannel",
        "ec2:DeleteFlowLogs",
        "guardduty:UpdateDetector",
        "logs:DeleteLogGroup",
        "logs:PutResourcePolicy",
    }
)
"""Actions that can disable auditing or share resources, but that the program needs to manage its resources.

IAM has no condition keys for the values that these actions set. Alarms report every change to the trail and to AWS
Config.
"""

ENDPOINT_ZONES = "route53:AssociateVPCWithHostedZone"
"""Action that the deployer needs to create an interface endpoint with private DNS. EC2 makes the call for the deployer.
A direct call could redirect DNS names in a VPC. Source: Service Authorization Reference, dependent actions of
CreateVpcEndpoint."""

STATE_ACTIONS = (
    *("s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetBucket*", "s3:GetObject*", "s3:List*", "s3:PutObject"),
    *("dynamodb:*Item", "dynamodb:DescribeTable", "dynamodb:Query"),
)
"""Actions that Pulumi needs on the state buckets and the lease table."""

STATE_KEY_ACTIONS = (*("kms:Decrypt", "kms:Describe*", "kms:Encrypt", "kms:GenerateDataKey*", "kms:Get*", "kms:List*"),)
"""Actions that Pulumi needs on the KMS key of the state."""


def boundary(context: AccountContext) -> Document:
    """Return the permissions boundary of an environment."""
    return document(*_allowed(context), *_confined(context), *_own_resources(context))


def bootstrap_roles(context: AccountContext) -> list[str]:
    """Return the ARNs of the roles that bootstrap creates."""
    return [context.iam(f"role/{context.named(role)}") for role in ("deployer", "preview", "state-replication")]


def state_resources(context: AccountContext) -> list[str]:
    """Return ARN patterns of the state buckets, their objects, and the lease table.

    One pattern matches both buckets, because the name of the DR copy begins with the name of the state bucket.
    """
    return [f"arn:aws:s3:::{context.bucket}*", f"arn:aws:dynamodb:*:{context.account}:table/{context.named('leases')}"]


def state_key(context: AccountContext) -> dict[str, Any]:
    """Return the condition that matches requests for the state's KMS key, by alias."""
    return {"ForAnyValue:StringEquals": {"kms:ResourceAliases": context.alias}}


def disabling_and_sharing_actions() -> tuple[str, ...]:
    """Return the audit-disabling and sharing actions that the boundary denies."""
    allowed = NEEDED_BY_THE_PROGRAM | {ENDPOINT_ZONES}
    return tuple(each for each in (*AUDIT_DISABLING_ACTIONS, *SHARING_ACTIONS) if each not in allowed)


def denied_patterns() -> tuple[str, ...]:
    """Return wildcard patterns that match `disabling_and_sharing_actions()`.

    Patterns take fewer characters than the actions. They also match some actions of audit services that the program
    does not use.
    """
    return tuple(json.loads(PROGRAM_ACTIONS.read_text(encoding="utf-8"))["denied_patterns"])


def iam_statements(context: AccountContext) -> tuple[Document, ...]:
    """Return the only statements that allow the deployer IAM actions."""
    roles = context.iam(f"role/{context.named('*')}")
    linked = context.iam("role/aws-service-role/*")
    bound = {"StringEquals": {"iam:PermissionsBoundary": context.boundary}}
    passed = {"StringEquals": {"iam:PassedToService": [f"{service}.amazonaws.com" for service in PASSED_TO]}}
    return (
        statement("ReadIam", ["iam:Get*", "iam:List*", "iam:*AccountPasswordPolicy"]),
        statement("OwnRoles", ROLE_ACTIONS, roles, Condition=bound),
        statement("TagRoles", ["iam:TagRole", "iam:UntagRole"], [roles, linked]),
        statement("PassRoles", ["iam:PassRole"], roles, Condition=passed),
        statement("ServiceLinkedRoles", SERVICE_LINKED_ROLE_ACTIONS, linked),
    )


def _allowed(context: AccountContext) -> tuple[Document, ...]:
    return (
        statement("Services", [*(f"{service}:*" for service in SERVICES), *WORKLOAD_ACTIONS]),
        statement("Leases", ["dynamodb:*"], state_resources(context)[-1]),
        *iam_statements(context),
    )


def _confined(context: AccountContext) -> tuple[Document, ...]:
    elsewhere = {"StringNotEquals": {"aws:RequestedRegion": context.regions}}
    foreign = {"StringNotEquals": {"aws:ResourceAccount": context.account}, "Null": {"aws:ResourceAccount": "false"}}
    buckets = f"arn:aws:s3:::{context.named('*')}"
    # A resource policy that names a role session takes effect in spite of an implicit denial. These must be explicit.
    return (
        _deny("OwnRegions", NotAction=GLOBAL_ACTIONS, Condition=elsewhere),
        _deny("OwnAccount", Action=("s3:*", "kms:*", "sns:*", "iam:PassRole"), Condition=foreign),
        _deny("OwnBuckets", Action=("s3:*Object*",), NotResource=buckets),
        _deny("NoOtherRole", Action=("sts:Assume*", "sts:Get*Token", "sts:TagSession")),
        _deny("NoPeering", Action="ec2:CreateVpcPeeringConnection", **_foreign_vpc("Accepter", context)),
        _deny("NoGuests", Action="ec2:AcceptVpcPeeringConnection", **_foreign_vpc("Requester", context)),
        _deny("OnlyForEndpoints", Action=ENDPOINT_ZONES, Condition={"BoolIfExists": {"aws:ViaAWSService": "false"}}),
        _deny("Watched", Action=denied_patterns()),
    )


def _own_resources(context: AccountContext) -> tuple[Document, ...]:
    """Deny access to the resources of bootstrap, except the access that Pulumi needs.

    Roles that the deployer creates have no access to the state at all.
    """
    deployer = {"ArnNotEquals": {"aws:PrincipalArn": context.iam(f"role/{context.named('deployer')}")}}
    key = context.alias_arn("*")
    return (
        _deny("NotItself", NotAction=("iam:Get*", "iam:List*"), Resource=[*bootstrap_roles(context), context.boundary]),
        _deny("State", NotAction=STATE_ACTIONS, Resource=state_resources(context)),
        _deny("StateKey", NotAction=STATE_KEY_ACTIONS, Condition=state_key(context)),
        _deny("StateAlias", Action=("kms:*Alias",), Resource=key),
        _deny("OnlyDeployer", Action=("s3:*", "dynamodb:*"), Resource=state_resources(context), Condition=deployer),
        _deny("OnlyDeployersKey", Action=("kms:*",), Condition={**state_key(context), **deployer}),
    )


def _foreign_vpc(side: str, context: AccountContext) -> dict[str, Any]:
    """Return the elements that match peering connections with another account's VPC.

    `side` is the other VPC's side, `Accepter` or `Requester`. The resource is limited to the peering connection: EC2
    also authorizes the action on the caller's VPC, but that request has no condition key for the other VPC.
    """
    own = f"arn:aws:ec2:*:{context.account}:vpc/*"
    return {
        "Resource": "arn:aws:ec2:*:*:vpc-peering-connection/*",
        "Condition": {"ArnNotLike": {f"ec2:{side}Vpc": own}},
    }


def _deny(sid: str, **elements: Any) -> Document:
    listed = {name: list(value) if isinstance(value, tuple) else value for name, value in elements.items()}
    return {"Sid": sid, "Effect": "Deny", **({} if "NotResource" in listed else {"Resource": "*"}), **listed}
