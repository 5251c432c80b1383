"""IAM role of one AWS service."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
from pulumi import ResourceOptions
from pulumi_aws import iam

from components.base import ComponentArgs, PlatformComponent
from components.identity.documents import ASSUME, Statement, policy, trust

MANAGED = "arn:aws:iam::aws:policy/"
SERVICES_WITHOUT_SOURCE_ACCOUNT = frozenset({"ec2.amazonaws.com"})
"""Services that do not set `aws:SourceAccount`.

EC2 gives roles only to instances of the same account, so a role for EC2 needs no such condition.
"""


@dataclass(frozen=True, kw_only=True)
class ServiceRoleArgs(ComponentArgs):
    """Service principal and permissions of the role."""

    role: str
    """Purpose of the role; its AWS name is `campus-<env>-<role>`."""
    service: str
    """Service principal, e.g. `eks.amazonaws.com`."""
    managed: Sequence[str] = ()
    """Names of AWS-managed policies."""
    statements: Sequence[Statement] = ()
    """Statements of the inline policy."""
    trust_keys: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """Additional condition keys and values of the trust policy."""
    trust_actions: Sequence[str] = ASSUME
    """Actions of the trust policy.

    A service that tags its sessions also needs `sts:TagSession`.
    """


def _source_account(args: ServiceRoleArgs) -> Mapping[str, str]:
    """Return the source account condition, which prevents the confused deputy problem."""
    return {} if args.service in SERVICES_WITHOUT_SOURCE_ACCOUNT else {"aws:SourceAccount": args.context.account}


class ServiceRole(PlatformComponent):
    """A role with AWS-managed policies and one inline policy.

    Outputs: arn. The ARN resolves only after every policy is attached. Therefore resources that use the role are
    created after its policies and deleted before them.
    """

    def __init__(self, name: str, args: ServiceRoleArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("campus:identity:ServiceRole", name, args.context, opts)
        role = iam.Role(
            name,
            name=args.context.resource_name(args.role),
            permissions_boundary=args.context.boundary,
            assume_role_policy=trust(args.service, {**_source_account(args), **args.trust_keys}, args.trust_actions),
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
