"""Arguments of the cluster components."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.base import ComponentArgs
from components.cluster.plan import Workload
from components.cluster.school_hours import ScheduledMinimum


@dataclass(frozen=True)
class AccessGrant:
    """Membership of one IAM principal in Kubernetes groups.

    RBAC grants permissions to the groups.
    """

    label: str
    principal_arn: pulumi.Input[str]
    groups: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class ClusterArgs(ComponentArgs):
    """Network, encryption and access of the control plane."""

    suffix: str = ""
    """Suffix of all names that belong to the environment's second cluster, e.g. `-dr`."""
    version: str
    subnet_ids: Sequence[pulumi.Input[str]]
    secrets_key: pulumi.Input[str]
    """ARN of the KMS key for envelope encryption of Kubernetes secrets."""
    logs_key: pulumi.Input[str]
    log_retention_days: int
    public_access_cidrs: Sequence[str]
    """CIDR ranges that may reach the public API endpoint; an empty list disables the endpoint."""
    administrators: Sequence[str]
    """IAM roles of the administrators. Each entry is the `<role>` part of a name `campus-<env>-<role>`.

    Only pipelines such as `deployer` are administrators, never people.
    """
    people: Sequence[AccessGrant]
    deletion_protection: bool

    @property
    def cluster_name(self) -> str:
        """AWS name of the cluster, e.g. `campus-prod-dr`."""
        return f"campus-{self.context.environment}{self.suffix}"


@dataclass(frozen=True, kw_only=True)
class NodeGroupArgs(ComponentArgs):
    """Size, instance types and disks of one node group."""

    group: str
    generation: str | None = None
    """Suffix of the group's name in EKS. With another suffix, a new group can exist beside the group it replaces."""
    suffix: str = ""
    cluster_name: pulumi.Input[str]
    version: str
    role_arn: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    security_group_ids: Sequence[pulumi.Input[str]]
    instance_types: Sequence[str]
    workload: Workload
    spot: bool
    min_size: int
    desired_size: int
    max_size: int
    fixed_sizes: bool = False
    """True to set the sizes at every update instead of only at creation.

    A standby cluster needs this to grow to the primary's size. EKS rejects a minimum above the desired size, so an
    update that raises the minimum must be able to raise the desired size too.
    """
    scheduled_minimums: Sequence[ScheduledMinimum] = ()
    """Scheduled changes of the minimum size during the day."""
    disk_gib: int
    disk_key: pulumi.Input[str]
    """ARN of the KMS key for the nodes' disks."""
