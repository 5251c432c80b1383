"""EKS access policies: who may administer a cluster."""

import re

from policy_packs.kernel.context import Context, Setting, Tightening
from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.accounts import account_of, own_accounts

ASSOCIATION = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"
READ_ONLY = frozenset({"AmazonEKSViewPolicy"})
"""Access policies that allow neither changes nor reading Secrets.

Every other access policy allows one or both (EKS User Guide).
"""
_ROLE = re.compile(r"arn:[a-z-]+:iam::\d{12}:role/(?P<name>.+)")


@rule(
    "eks-administrators-must-be-known",
    on=ASSOCIATION,
    severity=Severity.CRITICAL,
    settings={
        "administrators": Setting(
            {
                "type": "array",
                "items": {"type": "string"},
                "description": "Names and paths of the IAM roles that may administer a cluster; {environment} "
                "stands for the name of the stack",
            },
            ["campus-{environment}-deployer"],
            Tightening.FEWER,
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
