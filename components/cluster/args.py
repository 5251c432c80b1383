"""Arguments of the cluster components."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.base import PlacedArgs


@dataclass(frozen=True, kw_only=True)
class ClusterArgs(PlacedArgs):
    """The control plane: where it is reached from, and who administers it."""

    version: str
    subnet_ids: Sequence[pulumi.Input[str]]
    secrets_key: pulumi.Input[str]
    """ARN of the key that envelopes Kubernetes secrets."""
    logs_key: pulumi.Input[str]
    log_retention_days: int
    public_access_cidrs: Sequence[str]
    """Empty: the API is reached from within the network only."""
    administrators: Sequence[str]
    """Names of IAM roles in the environment's account."""
    deletion_protection: bool


@dataclass(frozen=True, kw_only=True)
class NodeGroupArgs(PlacedArgs):
    """Machines of one kind."""

    group: str
    cluster_name: pulumi.Input[str]
    version: str
    role_arn: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    security_group_ids: Sequence[pulumi.Input[str]]
    instance_types: Sequence[str]
    spot: bool
    min_size: int
    desired_size: int
    max_size: int
    disk_gib: int
