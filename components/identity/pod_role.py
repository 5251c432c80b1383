"""IAM role for the pods of one service account."""

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
    """Service account and permissions of the role."""

    role: str
    """Purpose of the role; its AWS name is `campus-<env>-<role>`."""
    cluster: pulumi.Input[str]
    """Name of the EKS cluster."""
    namespace: str
    service_account: str
    statements: Sequence[Statement]


class PodRole(PlatformComponent):
    """IAM role whose credentials EKS Pod Identity gives to one service account's pods.

    The trust policy also names the cluster, namespace and service account (EKS user guide, "Pod Identity session
    tags"). Therefore no other association can give the role to other pods.

    Outputs: arn; association. Pods must depend on the association, because a pod that is created before it has no
    credentials.
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
        inline_policy = iam.RolePolicy(
            name, name=args.role, role=role.name, policy=policy(*args.statements), opts=self.child_options()
        )
        self.association = eks.PodIdentityAssociation(
            name,
            cluster_name=args.cluster,
            namespace=args.namespace,
            service_account=args.service_account,
            role_arn=role.arn,
            **self.child(args.role, ResourceOptions(depends_on=[inline_policy])),
        )
        self.arn = role.arn
        self.register_outputs({"arn": self.arn})


def trust(args: PodRoleArgs) -> Statement:
    """Return the trust statement of the role."""
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
