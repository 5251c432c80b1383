"""A role that the pods of one service account take on, and nobody else."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions
from pulumi_aws import eks, iam

from components.base import ComponentArgs, PlatformComponent
from components.identity.documents import Statement, policy
from components.identity.pod_identity_trust import ACTIONS, SERVICE, session_tag_conditions


@dataclass(frozen=True, kw_only=True)
class PodRoleArgs(ComponentArgs):
    """Whose role, and what it may do."""

    role: str
    """What the role is for; its AWS name is `campus-<env>-<role>`."""
    cluster: pulumi.Input[str]
    """Name of the EKS cluster."""
    namespace: str
    service_account: str
    statements: Sequence[Statement]


class PodRole(PlatformComponent):
    """A role by EKS Pod Identity: the agent on the node hands its credentials to pods of the service account.

    The trust policy names cluster, namespace and service account too (EKS user guide, "Pod Identity session tags"), so
    that another association does not open the role to other pods.

    Outputs: arn; association, for pods to wait for: one that was there before it has no credentials.
    """

    def __init__(self, name: str, args: PodRoleArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("campus:identity:PodRole", name, args.context, opts)
        role = iam.Role(
            name,
            name=args.context.resource_name(args.role),
            permissions_boundary=args.context.boundary,
            assume_role_policy=policy(trust(args)),
            **self.global_child(args.role),
        )
        allowed = iam.RolePolicy(
            name, name=args.role, role=role.name, policy=policy(*args.statements), opts=self.child_options()
        )
        self.association = eks.PodIdentityAssociation(
            name,
            cluster_name=args.cluster,
            namespace=args.namespace,
            service_account=args.service_account,
            role_arn=role.arn,
            **self.child(args.role, ResourceOptions(depends_on=[allowed])),
        )
        self.arn = role.arn
        self.register_outputs({"arn": self.arn})


def trust(args: PodRoleArgs) -> Statement:
    """Who may take the role on."""
    return Statement(
        principals={"Service": SERVICE},
        actions=ACTIONS,
        conditions={
            "StringEquals": {
                "aws:SourceAccount": args.context.account,
                **session_tag_conditions(args.cluster, args.namespace, args.service_account),
            }
        },
    )
