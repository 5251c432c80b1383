"""Vault's audit device and policies."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi_vault as vault
from pulumi import ResourceOptions

from components.base import ComponentArgs, PlatformComponent
from components.secrets.plan import PolicyPlan


@dataclass(frozen=True, kw_only=True)
class AuditAndPoliciesArgs(ComponentArgs):
    """Path of the audit log, and Vault's policies."""

    audit_file: str
    policies: Sequence[PolicyPlan]


class AuditAndPolicies(PlatformComponent):
    """Vault's audit device and policies.

    The audit device is created before the policies. Outputs: audit, policies (resources by name).
    """

    def __init__(self, name: str, args: AuditAndPoliciesArgs, opts: ResourceOptions | None = None) -> None:
        # The type token predates the class name, but it is part of the URN and must not change.
        super().__init__("campus:secrets:HouseRules", name, args.context, opts)
        self.audit = vault.Audit(name, type="file", options={"file_path": args.audit_file}, opts=self.child_options())
        self.policies = {
            plan.name: vault.Policy(
                f"{name}-{plan.name}",
                name=plan.name,
                policy=plan.text(),
                opts=self.child_options(ResourceOptions(depends_on=[self.audit])),
            )
            for plan in args.policies
        }
        self.register_outputs({})
