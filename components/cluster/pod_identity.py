"""IAM roles for pods, one per service account."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions
from pulumi_aws import eks

from components.base import ComponentArgs, PlatformComponent
from components.cluster.pod_identity_plan import ClusterRef, PodIdentityPlan, disk_statements
from components.identity.documents import Statement
from components.identity.pod_identity_trust import ACTIONS, SERVICE
from components.identity.role import ServiceRole, ServiceRoleArgs


@dataclass(frozen=True, kw_only=True)
class PodIdentitiesArgs(ComponentArgs):
    """Pod identities of one cluster."""

    cluster: ClusterRef
    suffix: str
    cluster_name: pulumi.Input[str]
    disk_key: pulumi.Input[str]
    identities: Sequence[PodIdentityPlan]


class PodIdentities(PlatformComponent):
    """One IAM role and one pod identity association per service account.

    Outputs: associations. Workloads must depend on them, because a pod that is created before its association has no
    credentials.
    """

    def __init__(self, name: str, args: PodIdentitiesArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("campus:cluster:PodIdentities", name, args.context, opts)
        self._args = args
        self.associations = [self._associate(f"pods{args.suffix}-{plan.name}", plan) for plan in args.identities]
        self.register_outputs({})

    def _associate(self, name: str, plan: PodIdentityPlan) -> eks.PodIdentityAssociation:
        args = self._args
        label = f"pods{args.suffix}-{plan.name}"
        role = ServiceRole(
            name,
            ServiceRoleArgs(
                context=args.context,
                role=label,
                service=SERVICE,
                managed=plan.managed,
                statements=self._statements(plan),
                trust_keys=plan.trust_keys(args.cluster),
                trust_actions=ACTIONS,
            ),
            self.child_options(),
        )
        return eks.PodIdentityAssociation(
            name,
            cluster_name=args.cluster_name,
            namespace=plan.namespace,
            service_account=plan.service_account,
            role_arn=role.arn,
            **self.child(label),
        )

    def _statements(self, plan: PodIdentityPlan) -> list[Statement]:
        disks = disk_statements(self._args.disk_key) if plan.uses_disk_key else ()
        return [*plan.statements(self._args.cluster), *disks]
