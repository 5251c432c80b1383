"""Arguments of the cluster components."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.base import ComponentArgs
from components.cluster.plan import Workload
from components.cluster.school_hours import ScheduledMinimum


@dataclass(frozen=True)
class AccessGrant:
    """Who may sign in to the cluster, as members of which Kubernetes groups; RBAC says what the groups may do."""

    label: str
    principal_arn: pulumi.Input[str]
    groups: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class ClusterArgs(ComponentArgs):
    """The control plane: where it is reached from, and who gets in."""

    suffix: str = ""
    """What the second cluster of an environment adds to every name, e.g. `-dr`."""
    version: str
    subnet_ids: Sequence[pulumi.Input[str]]
    secrets_key: pulumi.Input[str]
    """ARN of the key that envelopes Kubernetes secrets."""
    logs_key: pulumi.Input[str]
    log_retention_days: int
    public_access_cidrs: Sequence[str]
    """Empty: the API is reached from within the network only."""
    administrators: Sequence[str]
    """What the administering IAM roles `campus-<env>-…` are for: machines, such as `deployer`."""
    people: Sequence[AccessGrant]
    deletion_protection: bool

    @property
    def cluster_name(self) -> str:
        """Name of the cluster in AWS, e.g. `campus-prod-dr`."""
        return f"campus-{self.context.environment}{self.suffix}"


@dataclass(frozen=True, kw_only=True)
class NodeGroupArgs(ComponentArgs):
    """Machines of one kind."""

    group: str
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
    """True: the program sets the sizes at every change, as a standby's growing into the primary's needs it.

    EKS refuses a smallest size above the desired one, so who leaves the latter to the autoscaler cannot raise the
    former past it.
    """
    scheduled_minimums: Sequence[ScheduledMinimum] = ()
    """Changes of the smallest size through the day."""
    disk_gib: int
    disk_key: pulumi.Input[str]
    """ARN of the key that encrypts the machines' disks."""
