"""A role that one AWS service takes on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
from pulumi import ResourceOptions
from pulumi_aws import iam

from components.base import ComponentArgs, PlatformComponent
from components.identity.documents import ASSUME, Statement, policy, trust

MANAGED = "arn:aws:iam::aws:policy/"
SERVICES_WITHOUT_SOURCE_ACCOUNT = frozenset({"ec2.amazonaws.com"})
"""Services that do not say for whom they take a role on; EC2 hands roles to machines of their own account alone."""


@dataclass(frozen=True, kw_only=True)
class ServiceRoleArgs(ComponentArgs):
    """Which service, and what it may do."""

    role: str
    """What the role is for; its AWS name is `campus-<env>-<role>`."""
    service: str
    """Service principal, e.g. `eks.amazonaws.com`."""
    managed: Sequence[str] = ()
    """AWS-managed policies by name."""
    statements: Sequence[Statement] = ()
    """What else it may do."""
    trust_keys: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """Condition keys that must have these values when the role is taken, beside the account's own."""
    trust_actions: Sequence[str] = ASSUME
    """How the service takes it: one that tags its sessions needs `sts:TagSession` too."""


def _own(args: ServiceRoleArgs) -> Mapping[str, str]:
    """The account that the service must act for, against confused deputies."""
    return {} if args.service in SERVICES_WITHOUT_SOURCE_ACCOUNT else {"aws:SourceAccount": args.context.account}


class ServiceRole(PlatformComponent):
    """A role with AWS-managed policies and one inline policy.

    Outputs: arn, which is only known once every policy is attached, so that whoever uses the role waits for what it may
    do, and is deleted before that is taken away.
    """

    def __init__(self, name: str, args: ServiceRoleArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("campus:identity:ServiceRole", name, args.context, opts)
        role = iam.Role(
            name,
            name=args.context.resource_name(args.role),
            permissions_boundary=args.context.boundary,
            assume_role_policy=trust(args.service, {**_own(args), **args.trust_keys}, args.trust_actions),
            **self.global_child(args.role),
        )
        attached = [
            iam.RolePolicyAttachment(
                f"{name}-{managed.rpartition('/')[2]}",
                role=role.name,
                policy_arn=f"{MANAGED}{managed}",
                opts=self.child_options(),
            ).id
            for managed in args.managed
        ]
        if args.statements:
            inline = iam.RolePolicy(
                name, name=args.role, role=role.name, policy=policy(*args.statements), opts=self.child_options()
            )
            attached.append(inline.id)
        self.arn: pulumi.Output[str] = pulumi.Output.all(role.arn, *attached).apply(lambda parts: str(parts[0]))
        self.register_outputs({"arn": self.arn})
