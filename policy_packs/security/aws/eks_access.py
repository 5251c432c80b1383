"""EKS access policies: who may administer a cluster."""

import re

from policy_packs.kernel.context import Context, reviewed_names
from policy_packs.kernel.registry import Findings, Severity, Stack, StackFindings, rule, stack_rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.accounts import account_of, own_accounts
from policy_packs.security.aws.iam_managed_policies import trusted_principals
from policy_packs.security.iam_permissions import ROLE

ASSOCIATION = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"
READ_ONLY = frozenset({"AmazonEKSViewPolicy"})
"""Access policies that allow neither changes nor reading Secrets.

Every other access policy allows one or both (EKS User Guide).
"""
ACCESS_ENTRY = "aws:eks/accessEntry:AccessEntry"
NODE_TYPES = frozenset({"EC2_LINUX", "EC2_WINDOWS"})
EC2 = "ec2.amazonaws.com"
_ROLE = re.compile(r"arn:[a-z-]+:iam::\d{12}:role/(?P<name>.+)")


@rule(
    "eks-administrators-must-be-known",
    on=ASSOCIATION,
    severity=Severity.CRITICAL,
    settings={
        "administrators": reviewed_names(
            "Names and paths of the IAM roles that may administer a cluster; {environment} "
            "stands for the name of the stack",
            ["campus-{environment}-deployer"],
        )
    },
)
def administrators(association: Resource, context: Context) -> Findings:
    """An administrator of the cluster can read every Secret and act as every pod. Only the pipeline needs that.

    The rule applies to every access policy except AmazonEKSViewPolicy, in every scope. The role must be in one of the
    accounts to which the provider is limited, because a role of the same name can exist in another account.
    """
    policy = (association.text("policyArn") or "").rpartition("/")[2]
    if policy in READ_ONLY:
        return
    principal = association.text("principalArn") or ""
    allowed = {name.replace("{environment}", context.stack) for name in context.settings["administrators"]}
    role = _ROLE.fullmatch(principal)
    if role is None or role["name"] not in allowed:
        label = f"the access policy {policy}" if policy else "an access policy without an ARN"
        yield (
            f"{principal or 'A principal without an ARN'} gets {label}, which "
            f"only administrators may have (allowed roles: {', '.join(sorted(allowed)) or 'none'}). Use "
            f"{' or '.join(sorted(READ_ONLY))}, or give the principal a Kubernetes group that an RBAC role limits."
        )
    elif not (accounts := own_accounts(association, context)):
        yield (
            "The provider is not limited to an account, so the administrator's account cannot be checked. Set "
            "allowed_account_ids."
        )
    elif account_of(principal) not in accounts:
        yield f"{principal} is not in account {', '.join(sorted(accounts))}. Name a role of the provider's account."


@stack_rule("eks-node-access-must-be-of-nodes", severity=Severity.CRITICAL)
def node_access(stack: Stack) -> StackFindings:
    """An access entry for nodes lets its role act as a node, which reads the Secrets of the pods on it.

    An entry of another type than STANDARD must be for a role of the stack that only EC2 can assume. EKS itself makes
    the entries of managed node groups.

    Source: EKS User Guide, "Create access entries".
    """
    for entry in stack.of_type(ACCESS_ENTRY):
        kind = entry.text("type")
        if kind in {None, "STANDARD"}:
            continue
        urns = entry.property_dependencies.get("principalArn", frozenset())
        roles = [role for role in stack.of_type(ROLE) if role.urn in urns]
        if kind not in NODE_TYPES or not roles or any(set(trusted_principals(role)) != {EC2} for role in roles):
            yield (
                entry,
                (
                    f"Access entry {entry.name} has the type {kind}, so its principal can act as a node. Use the type "
                    "STANDARD, or a role of this stack that only EC2 can assume with a type of EC2."
                ),
            )
